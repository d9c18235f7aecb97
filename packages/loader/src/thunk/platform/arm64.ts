// Arm ARM C6. The record is at sp; the managed side gets its address in x0.

import { CodeWriter } from '@ijw/machine';
import type { Piece, PlacedResult } from '@ijw/marshalling';
import type { ReverseStub, ReverseStubWriter } from '../frame/reverse-stub.ts';

const PAGE = 0x1000;
/** Registers of arguments, and their room in the frame of a variadic function. */
const REGISTERS = 8;
const HOMES = REGISTERS * 8;
const SP = 31;
const FP = 29;
/** The offsets of the unsigned-offset form end here, for words of eight bytes. */
const OFFSET_LIMIT = 0x8000;

const numberOf = (register: string): number => Number(register.slice(1));

class Code extends CodeWriter {
  word(value: number): this {
    return this.u32(value >>> 0);
  }

  /** str or ldr xN, [base, offset] */
  integer(load: boolean, register: number, base: number, offset: number): this {
    return this.word((load ? 0xf9400000 : 0xf9000000) | ((offset / 8) << 10) | (base << 5) | register);
  }

  /** str or ldr sN or dN, [base, offset] */
  vector(load: boolean, register: number, base: number, offset: number, size: number): this {
    const opcode = size === 4 ? 0xbd000000 : 0xfd000000;
    return this.word(opcode | (load ? 0x400000 : 0) | ((offset / size) << 10) | (base << 5) | register);
  }

  /** Copies a piece into the record: str, or ldr x9 and str x9 for what is on the stack. */
  spill({ place, size }: Piece, offset: number, argumentBase: number): void {
    if (place.kind === 'stack') {
      for (let done = 0; done < size; done += 8) {
        this.integer(true, 9, FP, argumentBase + place.offset + done).integer(false, 9, SP, offset + done);
      }
    } else if (place.register.startsWith('v')) this.vector(false, numberOf(place.register), SP, offset, size);
    else this.integer(false, numberOf(place.register), SP, offset);
  }

  loadResult(result: PlacedResult, resultOffset: number, bufferOffset: number): void {
    if (result.kind === 'buffer' && result.returnedIn) this.integer(true, numberOf(result.returnedIn), SP, bufferOffset);
    if (result.kind !== 'registers') return;
    for (const { place, offset, size } of result.pieces) {
      if (place.kind !== 'register') continue;
      const number = numberOf(place.register);
      if (place.register.startsWith('v')) this.vector(true, number, SP, resultOffset + offset, size);
      else this.integer(true, number, SP, resultOffset + offset);
    }
  }

  /** sub sp, sp, #size, touching every page on the way */
  enlargeFrame(size: number): void {
    let left = size;
    for (; left >= PAGE; left -= PAGE) {
      this.word(0xd14007ff); // sub sp, sp, #1, lsl #12
      this.word(0xf90003ff); // str xzr, [sp]
    }
    if (left > 0) this.word(0xd10003ff | (left << 10)); // sub sp, sp, #left
  }
}

/** The instructions of a prologue or epilogue as far as the stack pointer goes: by how much it changes, or what else they do. */
export type FrameSteps = readonly (number | 'saveFrame' | 'setFrame' | 'nothing')[];

/** What `writeReverseStubArm64` does before and after everything else. */
export function frameStepsArm64({ record, variadic }: ReverseStub): { readonly prologue: FrameSteps; readonly epilogue: FrameSteps } {
  const pages = Array.from({ length: Math.floor(record.size / PAGE) }, () => [PAGE, 'nothing'] as const).flat();
  const left = record.size % PAGE;
  const homes = variadic ? [HOMES, ...Array<'nothing'>(REGISTERS).fill('nothing')] : [];
  return {
    prologue: [...homes, 'saveFrame', 'setFrame', ...pages, ...(left > 0 ? [left] : [])],
    epilogue: ['setFrame', 'saveFrame', ...(variadic ? [HOMES] : [])],
  };
}

/** Whether every offset of the frame has an encoding. */
export const fitsArm64 = ({ placement, record }: ReverseStub): boolean =>
  record.size < OFFSET_LIMIT && placement.stackBytes + 96 < OFFSET_LIMIT;

export const writeReverseStubArm64: ReverseStubWriter = ({ placement, record, variadic }, address, data) => {
  const code = new Code();
  const homes = variadic ? 64 : 0;
  if (variadic) {
    code.word(0xd10103ff); // sub sp, sp, #64
    for (let register = 0; register < 8; register++) code.integer(false, register, SP, register * 8); // str xN, [sp, #8N]
  }
  code.word(0xa9bf7bfd); // stp x29, x30, [sp, #-16]!
  code.word(0x910003fd); // mov x29, sp
  code.enlargeFrame(record.size);
  code.integer(false, 12, SP, record.method);
  for (const [index, { pieces }] of placement.arguments.entries()) {
    for (const piece of pieces) code.spill(piece, record.arguments[index]! + piece.offset, 16 + homes);
  }
  if (placement.result.kind === 'buffer')
    code.spill({ place: placement.result.address, offset: 0, size: 8 }, record.returnBuffer, 16 + homes);
  code.word(0x910043a9); // add x9, x29, #16
  code.integer(false, 9, SP, record.argumentBase);
  code.word(0x910003e0); // mov x0, sp
  code.word(0x58000000 | ((((data - (address + code.length)) >> 2) & 0x7ffff) << 5) | 16); // ldr x16, data
  code.word(0xd63f0200); // blr x16
  code.loadResult(placement.result, record.result, record.returnBuffer);
  code.word(0x910003bf); // mov sp, x29
  code.word(0xa8c17bfd); // ldp x29, x30, [sp], #16
  if (variadic) code.word(0x910103ff); // add sp, sp, #64
  code.word(0xd65f03c0); // ret
  return code.toBytes();
};
