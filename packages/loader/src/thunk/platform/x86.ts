// Intel SDM volume 2. The record is at esp; the managed side gets its address in ecx.

import { alignUp } from '@ijw/binary';
import { CodeWriter } from '@ijw/machine';
import type { Piece, PlacedResult } from '@ijw/marshalling';
import type { ReverseStub, ReverseStubWriter } from '../frame/reverse-stub.ts';

/** Saved ebp and the return address are between ebp and the argument base. */
const ARGUMENT_BASE = 8;
const SLOT = 4;
const PAGE = 0x1000;
/** Larger structures are copied by a string instruction. */
const WORD_BY_WORD = 64;

const NUMBERS: Readonly<Record<string, number>> = { eax: 0, ecx: 1, edx: 2 };

class Code extends CodeWriter {
  /** mov [esp+offset], register */
  store(register: string, offset: number): this {
    return this.op(0x89, 0x84 | (NUMBERS[register]! << 3), 0x24).u32(offset);
  }

  /** mov eax, [ebp+offset] */
  loadFromCaller(offset: number): this {
    return this.op(0x8b, 0x85).u32(offset);
  }

  spill({ place, size }: Piece, offset: number): void {
    if (place.kind === 'register') this.store(place.register, offset);
    else if (size > WORD_BY_WORD) this.copyBlock(place.offset, offset, size);
    else for (let done = 0; done < size; done += SLOT) this.loadFromCaller(ARGUMENT_BASE + place.offset + done).store('eax', offset + done);
  }

  copyBlock(from: number, to: number, size: number): void {
    this.op(0x8d, 0xb5).u32(ARGUMENT_BASE + from); // lea esi, [ebp+from]
    this.op(0x8d, 0xbc, 0x24).u32(to); // lea edi, [esp+to]
    this.op(0xb9).u32(alignUp(size, SLOT) / SLOT); // mov ecx, words
    this.op(0xf3, 0xa5); // rep movsd
  }

  loadResult(result: PlacedResult, resultOffset: number, bufferOffset: number): void {
    if (result.kind === 'buffer') this.op(0x8b, 0x84, 0x24).u32(bufferOffset); // mov eax, [esp+bufferOffset]
    if (result.kind !== 'registers') return;
    for (const { place, offset, size } of result.pieces) {
      if (place.kind !== 'register') continue;
      if (place.register === 'st0')
        this.op(size === 4 ? 0xd9 : 0xdd, 0x84, 0x24).u32(resultOffset); // fld [esp+resultOffset]
      else this.op(0x8b, 0x84 | (NUMBERS[place.register]! << 3), 0x24).u32(resultOffset + offset); // mov register, [esp+…]
    }
  }
}

const copiesBlocks = ({ placement }: ReverseStub): boolean =>
  placement.arguments.some(({ pieces }) => pieces.some(({ place, size }) => place.kind === 'stack' && size > WORD_BY_WORD));

/** Registers first: copies need ecx. */
function spillArguments(code: Code, { placement, record }: ReverseStub): void {
  for (const kind of ['register', 'stack'] as const) {
    for (const [index, { pieces }] of placement.arguments.entries()) {
      for (const piece of pieces) if (piece.place.kind === kind) code.spill(piece, record.arguments[index]! + piece.offset);
    }
    if (placement.result.kind === 'buffer' && placement.result.address.kind === kind) {
      code.spill({ place: placement.result.address, offset: 0, size: SLOT }, record.returnBuffer);
    }
  }
}

export const writeReverseStubX86: ReverseStubWriter = (stub, _address, data) => {
  const { placement, record } = stub;
  const blocks = copiesBlocks(stub);
  const code = new Code();
  code.op(0x55); // push ebp
  code.op(0x8b, 0xec); // mov ebp, esp
  if (blocks) code.op(0x56, 0x57); // push esi; push edi
  for (let page = PAGE; page < record.size; page += PAGE)
    code
      .op(0x83, 0x8c, 0x24)
      .u32(-page >>> 0)
      .op(0); // or dword ptr [esp-page], 0
  code.op(0x81, 0xec).u32(record.size); // sub esp, size
  code.store('eax', record.method);
  spillArguments(code, stub);
  code.op(0x8d, 0x85).u32(ARGUMENT_BASE); // lea eax, [ebp+8]
  code.store('eax', record.argumentBase);
  code.op(0x8b, 0xcc); // mov ecx, esp
  code.op(0xff, 0x15).u32(data); // call [data]
  code.loadResult(placement.result, record.result, record.returnBuffer);
  if (blocks) {
    code.op(0x8d, 0x65, 0xf8); // lea esp, [ebp-8]
    code.op(0x5f, 0x5e); // pop edi; pop esi
  } else code.op(0x8b, 0xe5); // mov esp, ebp
  code.op(0x5d); // pop ebp
  if (placement.calleePops === 0)
    code.op(0xc3); // ret
  else code.op(0xc2).u16(placement.calleePops); // ret calleePops
  return code.toBytes();
};
