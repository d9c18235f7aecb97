import type { Access } from '../../../page-rights.ts';
import { ProcessorSignal } from '../../interpreter/processor-exit.ts';
import type { MicroOp, Operand } from './micro-op.ts';
import { Word, X86State } from './x86-state.ts';

const HIGH = 2 ** 32;

/** Registers and memory as instructions of x86 and x64 see them. */
export class X86Cpu extends X86State {
  /** The low half of an operand's address; the upper half is in `addressHigh`. */
  address(operand: Operand): number {
    const { words } = this;
    let sum = operand.displacement;
    let high = operand.displacementHigh;
    if (operand.base >= 0) {
      sum += words[operand.base]! >>> 0;
      high += words[operand.base + 1]!;
    }
    if (operand.index >= 0) {
      sum += (words[operand.index]! >>> 0) * operand.scale;
      high += Math.imul(words[operand.index + 1]!, operand.scale);
    }
    if (operand.addressMask !== 0) {
      this.addressHigh = 0;
      return (sum & operand.addressMask) >>> 0;
    }
    this.addressHigh = (high + Math.floor(sum / HIGH)) | 0;
    return sum >>> 0;
  }

  /** Where a memory operand lies in the window, its segment included. */
  locate(operand: Operand): number {
    let low = this.address(operand);
    if (operand.segmentBase !== 0) low = this.#inSegment(low, operand.segmentBase);
    const at = this.inWindow(low, 'read');
    this.at = at;
    return at;
  }

  #inSegment(low: number, base: number): number {
    const sum = low + (this.words[base]! >>> 0);
    this.addressHigh = (this.addressHigh + this.words[base + 1]! + (sum >= HIGH ? 1 : 0)) | 0;
    return sum >>> 0;
  }

  /** SDM volume 1, 3.3.7.1: bits 63 to 47 of an address are the same. */
  override fault(low: number, access: Access): never {
    if (this.is64Bit && this.addressHigh >> 15 !== 0 && this.addressHigh >> 15 !== -1) throw new ProcessorSignal('general-protection');
    return super.fault(low, access);
  }

  /** Where the stack pointer plus a distance lies in the window. */
  stack(distance: number): number {
    const sum = (this.words[Word.rsp]! >>> 0) + distance;
    this.addressHigh = (this.words[Word.rsp + 1]! + Math.floor(sum / HIGH)) | 0;
    return this.inWindow(sum >>> 0, 'write');
  }

  moveStack(distance: number): void {
    const { words } = this;
    const sum = (words[Word.rsp]! >>> 0) + distance;
    words[Word.rsp] = sum | 0;
    if (this.is64Bit) words[Word.rsp + 1] = (words[Word.rsp + 1]! + Math.floor(sum / HIGH)) | 0;
  }

  /** Stores first: a push that faults leaves the stack pointer. `size` is 2, 4 or 8 bytes. */
  push(low: number, high: number, size: number): void {
    const at = this.stack(-size);
    if (size === 8) this.store64(at, low, high);
    else if (size === 4) this.store32(at, low);
    else this.store16(at, low);
    this.moveStack(-size);
  }

  /** The low half of what lies on the stack; the upper half is in `high`. The stack pointer stays. */
  peek(size: number): number {
    const at = this.stack(0);
    if (size === 8) return this.load64(at);
    this.high = 0;
    return size === 4 ? this.load32(at) : this.load16(at);
  }

  /** The address of the instruction behind an operation, as CALL pushes it. */
  callFrom(op: MicroOp, low: number, high: number): void {
    const back = op.following + this.windowLow;
    this.push(back, back >= HIGH ? this.windowHigh + 1 : this.windowHigh, op.stackSize);
    this.jump(low, high);
  }
}
