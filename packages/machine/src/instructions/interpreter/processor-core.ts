import type { AddressSpace } from '../../address-space.ts';
import { isFault } from '../../fault.ts';
import { PAGE_SIZE } from '../../page.ts';
import type { Access } from '../../page-rights.ts';
import { rightFor } from '../../page-rights.ts';
import { ProcessorSignal } from './processor-exit.ts';

const PAGE_MASK = 0xfff;
const PAGE_SHIFT = 12;
const HIGH = 2 ** 32;
const READ = rightFor.read;
const WRITE = rightFor.write;

/**
 * What all processors have: memory as instructions see it, the place where code goes on, and a budget. Memory is named by its offset in the window (a number below
 * 2^32); an access that may not be done, or not yet, leaves by an exception before it has had an effect.
 */
export class ProcessorCore {
  readonly is64Bit: boolean;
  /** The address of the next instruction, between runs. */
  ip = 0;
  readonly space: AddressSpace;
  /** What pages held, by number, where writes may be taken back. */
  #journal: Map<number, Uint8Array> | undefined;
  /** Halves of the address that the window begins at. */
  readonly windowLow: number;
  readonly windowHigh: number;
  /** Views of the space's memory, renewed when it grows. */
  bytes: Uint8Array;
  view: DataView;
  rights: Uint8Array;
  /** Upper half of a 64-bit value that was read last. */
  high = 0;
  /** Where the memory operand of this instruction lies. */
  at = 0;
  /** The upper half of the address that `address` computed. */
  addressHigh = 0;
  /** Set by an instruction that does not go on with the next one; then `next` is where in the window, but if `isFar`: then it is the low half, `nextHigh` the upper one. */
  isTaken = false;
  isFar = false;
  next = 0;
  nextHigh = 0;
  /** Instructions done so far, for RDTSC. */
  get clock(): number {
    return this.started - this.budget;
  }
  /** The sum of all budgets given. */
  started = 0;
  /** Instructions, and repetitions of string instructions, that may still be done. */
  budget = 0;

  constructor(space: AddressSpace, is64Bit: boolean) {
    this.is64Bit = is64Bit;
    this.space = space;
    this.windowLow = space.windowBase % HIGH;
    this.windowHigh = Math.floor(space.windowBase / HIGH);
    this.bytes = space.flat.bytes;
    this.view = space.flat.view;
    this.rights = space.flat.rights;
  }

  /** The memory may have grown while the host ran. */
  refresh(): void {
    this.bytes = this.space.flat.bytes;
    this.view = this.space.flat.view;
    if (this.#journal === undefined) this.rights = this.space.flat.rights;
    else if (this.rights.length < this.#pagesReached) {
      const before = this.rights;
      this.rights = new Uint8Array(this.#pagesReached);
      this.rights.set(before);
    }
  }

  /** The memory ends long before the window does. Pages behind it have no rights yet. */
  get #pagesReached(): number {
    return this.bytes.length / PAGE_SIZE;
  }

  /** From now on pages are kept as they were before they are written, for `rollBack`. */
  beginJournal(): void {
    this.#journal = new Map();
    // Rights of its own, none yet: the first write of each page is looked at closely.
    this.rights = new Uint8Array(this.#pagesReached);
  }

  /** Restores the content that pages had when the journal began. */
  rollBack(): void {
    this.refresh();
    for (const [page, before] of this.#journal ?? []) this.bytes.set(before, page * PAGE_SIZE);
    this.#journal = new Map();
  }

  #admitted(at: number, access: Access): void {
    const journal = this.#journal;
    if (journal === undefined) return;
    const page = at >>> PAGE_SHIFT;
    if (access === 'write' && !journal.has(page)) journal.set(page, this.bytes.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE));
    this.rights[page]! |= rightFor[access];
  }

  /** Goes on at an address. */
  jump(low: number, high: number): void {
    let at = low - this.windowLow;
    let windowHigh = this.windowHigh;
    if (at < 0) {
      at += HIGH;
      windowHigh++;
    }
    this.isTaken = true;
    this.isFar = this.is64Bit && high !== windowHigh;
    this.next = this.isFar ? low : at;
    this.nextHigh = high;
  }

  /** Goes on at a place in the window. */
  goTo(at: number): void {
    this.isTaken = true;
    this.isFar = false;
    this.next = at;
  }

  /** Where the address of `addressHigh` and a low half lies in the window. 32-bit code has no other addresses. */
  inWindow(low: number, access: Access): number {
    let at = low - this.windowLow;
    let windowHigh = this.windowHigh;
    if (at < 0) {
      at += HIGH;
      windowHigh++;
    }
    if (this.is64Bit && this.addressHigh !== windowHigh) this.fault(low, access);
    return at;
  }

  /** An access outside the window, at the address of `addressHigh` and a low half. @throws ProcessorSignal */
  fault(low: number, access: Access): never {
    const high = this.is64Bit ? this.addressHigh >>> 0 : 0;
    throw new ProcessorSignal({ kind: 'fault', address: high * HIGH + low, access, lacked: 'region' });
  }

  /** Looks closely at an access that the rights in the memory do not allow: touches the pages, or leaves. */
  admit(at: number, size: number, access: Access): void {
    if (at + size > HIGH) this.#leaveWindow(access);
    const address = this.addressOf(at);
    const fault = this.space.probe(address, size, access);
    if (fault) throw new ProcessorSignal(fault);
    for (let page = address - (address % PAGE_SIZE); page < address + size; page += PAGE_SIZE) {
      const offset = this.space.translate(page, access);
      if (isFault(offset)) throw new ProcessorSignal(offset);
      this.refresh();
      this.#admitted(offset, access);
    }
  }

  /** The address of a place in the window. The addresses of 32-bit code go round. */
  addressOf(at: number): number {
    const address = this.space.windowBase + at;
    return this.is64Bit ? address : address % HIGH;
  }

  #leaveWindow(access: Access): never {
    throw new ProcessorSignal({ kind: 'fault', address: this.addressOf(HIGH), access, lacked: 'region' });
  }

  #isReady(at: number, size: number, right: number): boolean {
    const last = at + size - 1;
    if ((this.rights[at >>> PAGE_SHIFT]! & right) === 0) return false;
    return (at & PAGE_MASK) + size <= PAGE_MASK + 1 || (last < HIGH && (this.rights[last >>> PAGE_SHIFT]! & right) !== 0);
  }

  /** `size` bytes from `at` may be read. */
  readable(at: number, size: number): void {
    if (!this.#isReady(at, size, READ)) this.admit(at, size, 'read');
  }

  writable(at: number, size: number): void {
    if (!this.#isReady(at, size, WRITE)) this.admit(at, size, 'write');
  }

  load8(at: number): number {
    if ((this.rights[at >>> PAGE_SHIFT]! & READ) === 0) this.admit(at, 1, 'read');
    return this.bytes[at]!;
  }

  load16(at: number): number {
    if ((this.rights[at >>> PAGE_SHIFT]! & READ) === 0 || (at & PAGE_MASK) > 0xffe) this.readable(at, 2);
    return this.view.getUint16(at, true);
  }

  load32(at: number): number {
    if ((this.rights[at >>> PAGE_SHIFT]! & READ) === 0 || (at & PAGE_MASK) > 0xffc) this.readable(at, 4);
    return this.view.getInt32(at, true);
  }

  /** The low half; the upper half is in `high`. */
  load64(at: number): number {
    if ((this.rights[at >>> PAGE_SHIFT]! & READ) === 0 || (at & PAGE_MASK) > 0xff8) this.readable(at, 8);
    this.high = this.view.getInt32(at + 4, true);
    return this.view.getInt32(at, true);
  }

  store8(at: number, value: number): void {
    if ((this.rights[at >>> PAGE_SHIFT]! & WRITE) === 0) this.admit(at, 1, 'write');
    this.bytes[at] = value;
  }

  store16(at: number, value: number): void {
    if ((this.rights[at >>> PAGE_SHIFT]! & WRITE) === 0 || (at & PAGE_MASK) > 0xffe) this.writable(at, 2);
    this.view.setInt16(at, value, true);
  }

  store32(at: number, value: number): void {
    if ((this.rights[at >>> PAGE_SHIFT]! & WRITE) === 0 || (at & PAGE_MASK) > 0xffc) this.writable(at, 4);
    this.view.setInt32(at, value, true);
  }

  store64(at: number, low: number, high: number): void {
    if ((this.rights[at >>> PAGE_SHIFT]! & WRITE) === 0 || (at & PAGE_MASK) > 0xff8) this.writable(at, 8);
    this.view.setInt32(at, low, true);
    this.view.setInt32(at + 4, high, true);
  }
}
