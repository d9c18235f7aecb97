import { hex } from '@ijw/binary';
import type { Fault, Refusal, RefusalCode } from './fault.ts';
import { isFault } from './fault.ts';
import { FlatMemory, type GuestMemory, HOST_AREA_SIZE, WINDOW_SIZE } from './flat-memory.ts';
import { ADDRESS_LIMIT, ALLOCATION_GRANULARITY, PAGE_SIZE, pageCeiling, pageFloor } from './page.ts';
import { type Access, isWriteAndExecute, type PageRightBits, rightFor } from './page-rights.ts';
import { BACKED, createRegion, cutBackings, HELD, type PageFill, RESERVED, type Region, RegionList, UNTOUCHED } from './region.ts';

export interface AddressSpaceOptions {
  /** The first of the 4 GiB of addresses that exist: a multiple of 64 KiB. */
  readonly windowBase?: number;
  /** Where reservations without a wish begin to be placed. */
  readonly lowestAddress?: number;
  /** One past the last address a reservation may use. */
  readonly addressLimit?: number;
  /** Bytes that may be committed at once. */
  readonly commitLimit?: number;
}

export interface PageState {
  readonly state: 'free' | 'reserved' | 'committed';
  readonly rights: PageRightBits;
  /** Base of the reservation the page is in. */
  readonly regionBase?: number;
}

const EXECUTE = rightFor.execute;
const DEFAULT_COMMIT_LIMIT = 0x8000_0000;
const FREE: PageState = { state: 'free', rights: 0 };

const refuse = (code: RefusalCode, address: number, message: string): Refusal => ({ kind: 'refusal', code, address, message });

/**
 * A guest's memory: 4 GiB of addresses below 2^47 as numbers, pages of 4 KiB with rights, reserved and committed as `VirtualAlloc` does.
 * Accesses that the rights forbid give a `Fault`, changes that cannot be made a `Refusal`; neither is thrown. No page is ever
 * writable and executable at once. The byte at address A is the byte at A less the window's base of one `WebAssembly.Memory`; a page is filled there when it is
 * first touched, from what is behind it (`back`) or with zeroes.
 */
export class AddressSpace {
  readonly windowBase: number;
  readonly lowestAddress: number;
  readonly addressLimit: number;
  readonly commitLimit: number;
  /** The bytes, and the rights of the pages that were touched: the memory of a processor. */
  readonly flat = new FlatMemory();
  readonly #regions = new RegionList();
  #committed = 0;
  #held = 0;
  #codeVersion = 0;

  constructor(options: AddressSpaceOptions = {}) {
    this.windowBase = options.windowBase ?? 0;
    this.lowestAddress = Math.max(options.lowestAddress ?? 0, this.windowBase + HOST_AREA_SIZE);
    this.addressLimit = Math.min(options.addressLimit ?? ADDRESS_LIMIT, this.windowBase + WINDOW_SIZE);
    this.commitLimit = options.commitLimit ?? DEFAULT_COMMIT_LIMIT;
  }

  /** The one memory that holds the window. */
  get memory(): GuestMemory {
    return this.flat.memory;
  }

  /** Bytes promised by `commit`. */
  get committedBytes(): number {
    return this.#committed;
  }

  /** Bytes of the pages that were touched. */
  get residentBytes(): number {
    return this.#held * PAGE_SIZE;
  }

  /** Changes whenever a page that may be executed gets other bytes or other rights. */
  get codeVersion(): number {
    return this.#codeVersion;
  }

  /** Reserves `size` bytes, at `at` (a multiple of 64 KiB) or at the lowest gap from `from` on. Returns the base. */
  reserve(size: number, at?: number, from = this.lowestAddress): number | Refusal {
    const bytes = pageCeiling(size);
    if (!(size > 0 && bytes <= WINDOW_SIZE)) return refuse('BAD_RANGE', at ?? 0, `${size} bytes cannot be reserved`);
    const base = at ?? this.#gap(bytes, from);
    if (base === undefined) return refuse('NO_SPACE', 0, `No gap of ${hex(bytes)} bytes is left`);
    const lowest = this.windowBase + HOST_AREA_SIZE;
    if (base % ALLOCATION_GRANULARITY !== 0 || base < lowest || base + bytes > this.addressLimit) {
      return refuse('BAD_RANGE', base, `${hex(base)} is not a valid base for a reservation of ${hex(bytes)} bytes`);
    }
    const taken = this.#regions.overlapping(base, bytes);
    if (taken) return refuse('ADDRESS_TAKEN', base, `${hex(base)} is taken by the reservation at ${hex(taken.base)}`);
    this.#regions.insert(createRegion(base, bytes));
    return base;
  }

  /** Gives pages of a reservation rights. They read as zeroes. Pages that are committed already keep their bytes. */
  commit(address: number, size: number, rights: PageRightBits): Refusal | undefined {
    if (isWriteAndExecute(rights)) return this.#writeAndExecute(address);
    const range = this.#range(address, size);
    if ('kind' in range) return range;
    const { region, first, last } = range;
    const fresh = region.states.subarray(first, last).filter((state) => state === RESERVED).length * PAGE_SIZE;
    if (this.#committed + fresh > this.commitLimit) return refuse('COMMIT_LIMIT', address, `More than ${hex(this.commitLimit)} bytes`);
    this.#committed += fresh;
    for (let page = first; page < last; page++) {
      if (region.states[page] === RESERVED) region.states[page] = UNTOUCHED;
      this.#setRights(region, page, rights);
    }
    return undefined;
  }

  /**
   * Lets committed pages take their bytes from `fill` when they are first touched; a page that has a frame already is filled now. What `fill` answers
   * must not change, and it must leave bytes outside the range alone.
   */
  back(address: number, size: number, fill: PageFill): Refusal | undefined {
    const range = this.#range(address, size);
    if ('kind' in range) return range;
    const { region, first, last } = range;
    const hole = region.states.subarray(first, last).indexOf(RESERVED);
    if (hole >= 0) return refuse('NOT_COMMITTED', region.base + (first + hole) * PAGE_SIZE, 'The page is not committed');
    region.backings.push({ base: address, end: address + size, fill });
    for (let page = first; page < last; page++) {
      if (region.states[page] === UNTOUCHED) region.states[page] = BACKED;
      else if (region.states[page] === HELD) fill(this.flat.page(this.#flatPage(region, page)), region.base + page * PAGE_SIZE);
    }
    this.#codeVersion++;
    return undefined;
  }

  /** Takes pages back to reserved; their bytes are gone. */
  decommit(address: number, size: number): Refusal | undefined {
    const range = this.#range(address, size);
    if ('kind' in range) return range;
    const { region, first, last } = range;
    this.#drop(region, first, last);
    cutBackings(region, region.base + first * PAGE_SIZE, region.base + last * PAGE_SIZE);
    return undefined;
  }

  /** Gives up the whole reservation that begins at `base`. */
  release(base: number): Refusal | undefined {
    const region = this.#regions.find(base);
    if (region?.base !== base) return refuse('NOT_RESERVED', base, `No reservation begins at ${hex(base)}`);
    this.#drop(region, 0, region.states.length);
    this.#regions.remove(region);
    return undefined;
  }

  /** Changes the rights of committed pages. Returns the old rights of the first page, as `VirtualProtect` does. */
  protect(address: number, size: number, rights: PageRightBits): PageRightBits | Refusal {
    if (isWriteAndExecute(rights)) return this.#writeAndExecute(address);
    const range = this.#range(address, size);
    if ('kind' in range) return range;
    const { region, first, last } = range;
    const hole = region.states.subarray(first, last).indexOf(RESERVED);
    if (hole >= 0) return refuse('NOT_COMMITTED', region.base + (first + hole) * PAGE_SIZE, 'The page is not committed');
    const before = region.rights[first]!;
    for (let page = first; page < last; page++) this.#setRights(region, page, rights);
    return before;
  }

  query(address: number): PageState {
    const region = this.#regions.find(address);
    if (!region) return FREE;
    const page = Math.floor((address - region.base) / PAGE_SIZE);
    const reserved = region.states[page] === RESERVED;
    return { state: reserved ? 'reserved' : 'committed', rights: reserved ? 0 : region.rights[page]!, regionBase: region.base };
  }

  /** Offset in `memory` of a guest address, for one access inside one page. Fills an untouched page. */
  translate(address: number, access: Access): number | Fault {
    const region = this.#regions.find(address);
    if (!region) return { kind: 'fault', address, access, lacked: 'region' };
    const offset = address - region.base;
    const page = Math.floor(offset / PAGE_SIZE);
    const state = region.states[page];
    if (state === RESERVED) return { kind: 'fault', address, access, lacked: 'commitment' };
    if ((region.rights[page]! & rightFor[access]) === 0) return { kind: 'fault', address, access, lacked: access };
    if (state !== HELD && !this.#touch(region, page)) return { kind: 'fault', address, access, lacked: 'commitment' };
    return address - this.windowBase;
  }

  /** A copy of `length` bytes. */
  read(address: number, length: number): Uint8Array | Fault {
    return this.#copyOut(address, length, 'read');
  }

  /** A copy of `length` bytes of code: every page must be executable. */
  fetch(address: number, length: number): Uint8Array | Fault {
    return this.#copyOut(address, length, 'execute');
  }

  /** Writes all bytes or none. */
  write(address: number, bytes: Uint8Array): Fault | undefined {
    const fault = this.probe(address, bytes.length, 'write');
    if (fault) return fault;
    for (let done = 0; done < bytes.length; ) {
      const at = this.translate(address + done, 'write');
      if (isFault(at)) return at;
      const part = Math.min(bytes.length - done, PAGE_SIZE - (at % PAGE_SIZE));
      this.flat.bytes.set(bytes.subarray(done, done + part), at);
      done += part;
    }
    return undefined;
  }

  /** Whether every byte of a range may be accessed so, without touching it. */
  probe(address: number, length: number, access: Access): Fault | undefined {
    for (let page = pageFloor(address); page < address + length; page += PAGE_SIZE) {
      const { state, rights } = this.query(page);
      const at = Math.max(page, address);
      if (state === 'free') return { kind: 'fault', address: at, access, lacked: 'region' };
      if (state === 'reserved') return { kind: 'fault', address: at, access, lacked: 'commitment' };
      if ((rights & rightFor[access]) === 0) return { kind: 'fault', address: at, access, lacked: access };
    }
    return undefined;
  }

  readU8(address: number): number | Fault {
    const at = this.translate(address, 'read');
    return isFault(at) ? at : this.flat.bytes[at]!;
  }

  readU16(address: number): number | Fault {
    const at = this.#within(address, 2);
    return isFault(at) ? at : at instanceof DataView ? at.getUint16(0, true) : this.flat.view.getUint16(at, true);
  }

  readU32(address: number): number | Fault {
    const at = this.#within(address, 4);
    return isFault(at) ? at : at instanceof DataView ? at.getUint32(0, true) : this.flat.view.getUint32(at, true);
  }

  readU64(address: number): bigint | Fault {
    const at = this.#within(address, 8);
    return isFault(at) ? at : at instanceof DataView ? at.getBigUint64(0, true) : this.flat.view.getBigUint64(at, true);
  }

  writeU8(address: number, value: number): Fault | undefined {
    return this.write(address, Uint8Array.of(value));
  }

  writeU16(address: number, value: number): Fault | undefined {
    return this.write(address, Uint8Array.of(value, value >>> 8));
  }

  writeU32(address: number, value: number): Fault | undefined {
    if ((address % PAGE_SIZE) + 4 <= PAGE_SIZE) {
      const at = this.translate(address, 'write');
      if (isFault(at)) return at;
      this.flat.view.setUint32(at, value, true);
      return undefined;
    }
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    return this.write(address, bytes);
  }

  writeU64(address: number, value: bigint | number): Fault | undefined {
    if ((address % PAGE_SIZE) + 8 <= PAGE_SIZE) {
      const at = this.translate(address, 'write');
      if (isFault(at)) return at;
      this.flat.view.setBigUint64(at, BigInt(value), true);
      return undefined;
    }
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
    return this.write(address, bytes);
  }

  /** Where a read of `size` bytes finds them: in one page an offset in memory, across two a view of a copy. */
  #within(address: number, size: number): number | DataView | Fault {
    if ((address % PAGE_SIZE) + size <= PAGE_SIZE) return this.translate(address, 'read');
    const bytes = this.read(address, size);
    return isFault(bytes) ? bytes : new DataView(bytes.buffer);
  }

  #copyOut(address: number, length: number, access: Access): Uint8Array | Fault {
    const fault = this.probe(address, length, access);
    if (fault) return fault;
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const part = Math.min(length - done, PAGE_SIZE - ((address + done) % PAGE_SIZE));
      if (!this.#isZero(address + done)) {
        const at = this.translate(address + done, access);
        if (isFault(at)) return at;
        bytes.set(this.flat.bytes.subarray(at, at + part), done);
      }
      done += part;
    }
    return bytes;
  }

  /** Untouched pages without content behind them are read without being touched. */
  #isZero(address: number): boolean {
    const region = this.#regions.find(address);
    return region !== undefined && region.states[Math.floor((address - region.base) / PAGE_SIZE)] === UNTOUCHED;
  }

  #touch(region: Region, page: number): boolean {
    const number = this.#flatPage(region, page);
    if (!this.flat.reach((number + 1) * PAGE_SIZE)) return false;
    const isBacked = region.states[page] === BACKED;
    region.states[page] = HELD;
    this.#held++;
    if (isBacked) this.#fill(region, region.base + page * PAGE_SIZE, this.flat.page(number));
    this.flat.rights[number] = region.rights[page]!;
    return true;
  }

  #fill({ backings }: Region, address: number, page: Uint8Array): void {
    for (const { base, end, fill } of backings) if (base < address + PAGE_SIZE && end > address) fill(page, address);
  }

  #flatPage(region: Region, page: number): number {
    return (region.base - this.windowBase) / PAGE_SIZE + page;
  }

  #setRights(region: Region, page: number, rights: PageRightBits): void {
    const before = region.rights[page]!;
    if (before === rights) return;
    if ((before | rights) & EXECUTE) this.#codeVersion++;
    region.rights[page] = rights;
    if (region.states[page] === HELD) this.flat.rights[this.#flatPage(region, page)] = rights;
  }

  #drop(region: Region, first: number, last: number): void {
    for (let page = first; page < last; page++) {
      if (region.states[page] === RESERVED) continue;
      this.#setRights(region, page, 0);
      if (region.states[page] === HELD) {
        this.flat.page(this.#flatPage(region, page)).fill(0);
        this.#held--;
      }
      region.states[page] = RESERVED;
      this.#committed -= PAGE_SIZE;
    }
  }

  #range(address: number, size: number): Refusal | { readonly region: Region; readonly first: number; readonly last: number } {
    if (!(size > 0)) return refuse('BAD_RANGE', address, 'An empty range');
    const region = this.#regions.find(address);
    if (!region) return refuse('NOT_RESERVED', address, `${hex(address)} is not in a reservation`);
    const end = pageCeiling(address + size);
    if (end > region.end) return refuse('NOT_RESERVED', region.end, `The reservation ends at ${hex(region.end)}`);
    return { region, first: (pageFloor(address) - region.base) / PAGE_SIZE, last: (end - region.base) / PAGE_SIZE };
  }

  #writeAndExecute(address: number): Refusal {
    return refuse('WRITE_AND_EXECUTE', address, 'A page is writable or executable, never both');
  }

  #gap(size: number, from: number): number | undefined {
    const up = (address: number): number => Math.ceil(address / ALLOCATION_GRANULARITY) * ALLOCATION_GRANULARITY;
    let base = up(Math.max(from, this.lowestAddress));
    for (const region of this.#regions.all) {
      if (region.end <= base) continue;
      if (region.base >= base + size) break;
      base = up(region.end);
    }
    return base + size <= this.addressLimit ? base : undefined;
  }
}
