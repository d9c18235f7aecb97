// Intel SDM volume 2. The record is at rsp+32, above the shadow space of the call.

import { CodeWriter } from '@ijw/machine';
import type { Piece, PlacedResult } from '@ijw/marshalling';
import type { ReverseStub, ReverseStubWriter } from '../frame/reverse-stub.ts';

const SHADOW_SPACE = 32;
/** Saved rbp and the return address are between rbp and the argument base. */
const ARGUMENT_BASE = 16;
const PAGE = 0x1000;
/** Of `or dword ptr [rsp-page], 0`. */
const PROBE_SIZE = 8;

const NUMBERS: Readonly<Record<string, number>> = { rax: 0, rcx: 1, rdx: 2, r8: 8, r9: 9, r10: 10 };
const isVector = (register: string): boolean => register.startsWith('xmm');
const vectorNumber = (register: string): number => Number(register.slice(3));

class Code extends CodeWriter {
  /** mov [rsp+offset], register */
  store(register: string, offset: number): this {
    const number = NUMBERS[register]!;
    return this.op(0x48 | ((number >> 3) << 2), 0x89, 0x84 | ((number & 7) << 3), 0x24).u32(offset);
  }

  /** movss or movsd [rsp+offset], register */
  storeVector(register: string, offset: number, size: number): this {
    return this.op(size === 4 ? 0xf3 : 0xf2, 0x0f, 0x11, 0x84 | (vectorNumber(register) << 3), 0x24).u32(offset);
  }

  /** mov rax, [rbp+offset] */
  loadFromCaller(offset: number): this {
    return this.op(0x48, 0x8b, 0x85).u32(offset);
  }

  spill({ place, size }: Piece, offset: number): void {
    if (place.kind === 'stack') this.loadFromCaller(ARGUMENT_BASE + place.offset).store('rax', offset);
    else if (isVector(place.register)) this.storeVector(place.register, offset, size);
    else this.store(place.register, offset);
  }

  /** The register arguments of a variadic call, so that all of them lie in a row. */
  home(): void {
    this.op(0x48, 0x89, 0x4d, 0x10); // mov [rbp+16], rcx
    this.op(0x48, 0x89, 0x55, 0x18); // mov [rbp+24], rdx
    this.op(0x4c, 0x89, 0x45, 0x20); // mov [rbp+32], r8
    this.op(0x4c, 0x89, 0x4d, 0x28); // mov [rbp+40], r9
  }

  loadResult(result: PlacedResult, resultOffset: number, bufferOffset: number): void {
    if (result.kind === 'buffer') this.op(0x48, 0x8b, 0x84, 0x24).u32(bufferOffset); // mov rax, [rsp+bufferOffset]
    if (result.kind !== 'registers') return;
    const [{ place, size }] = result.pieces as readonly [Piece];
    const isFloat = place.kind === 'register' && isVector(place.register);
    if (isFloat)
      this.op(size === 4 ? 0xf3 : 0xf2, 0x0f, 0x10, 0x84, 0x24).u32(resultOffset); // movss or movsd xmm0, [rsp+resultOffset]
    else this.op(0x48, 0x8b, 0x84, 0x24).u32(resultOffset); // mov rax, [rsp+resultOffset]
  }
}

function spillArguments(code: Code, { placement, record }: ReverseStub): void {
  for (const [index, { pieces }] of placement.arguments.entries()) {
    for (const piece of pieces) code.spill(piece, SHADOW_SPACE + record.arguments[index]! + piece.offset);
  }
  if (placement.result.kind === 'buffer') {
    code.spill({ place: placement.result.address, offset: 0, size: 8 }, SHADOW_SPACE + record.returnBuffer);
  }
}

/** Offsets behind the instructions that make the frame, and how much is allocated below rbp. */
export function frameOffsetsX64({ record }: ReverseStub) {
  const size = SHADOW_SPACE + record.size;
  const probes = Math.max(0, Math.ceil(size / PAGE) - 1);
  return { pushed: 1, framed: 4, allocated: 4 + probes * PROBE_SIZE + 7, size };
}

export const writeReverseStubX64: ReverseStubWriter = (stub, address, data) => {
  const { placement, record, variadic } = stub;
  const frame = SHADOW_SPACE + record.size;
  const code = new Code();
  code.op(0x55); // push rbp
  code.op(0x48, 0x8b, 0xec); // mov rbp, rsp
  for (let page = PAGE; page < frame; page += PAGE)
    code
      .op(0x83, 0x8c, 0x24)
      .u32(-page >>> 0)
      .op(0); // or dword ptr [rsp-page], 0
  code.op(0x48, 0x81, 0xec).u32(frame); // sub rsp, frame
  if (variadic) code.home();
  code.store('r10', SHADOW_SPACE + record.method);
  spillArguments(code, stub);
  code.op(0x48, 0x8d, 0x85).u32(ARGUMENT_BASE); // lea rax, [rbp+16]
  code.store('rax', SHADOW_SPACE + record.argumentBase);
  code.op(0x48, 0x8d, 0x8c, 0x24).u32(SHADOW_SPACE); // lea rcx, [rsp+32]
  code.op(0xff, 0x15).relative32(address, data); // call [data]
  code.loadResult(placement.result, SHADOW_SPACE + record.result, SHADOW_SPACE + record.returnBuffer);
  code.op(0x48, 0x8b, 0xe5); // mov rsp, rbp
  code.op(0x5d); // pop rbp
  code.op(0xc3); // ret
  return code.toBytes();
};
