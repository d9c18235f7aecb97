// What x86 and x64 have in common. Intel SDM volume 2: JMP, CALL, MOV, NOP.
import { hex } from '@ijw/binary';

import { type BytePattern, matchPattern } from '../code/byte-pattern.ts';
import type { CodeRegion } from '../code/code-region.ts';
import { type Jump, type TransferKind, wrapRva } from '../code/jump.ts';
import type { Platform } from './platform.ts';

export type JumpPattern = BytePattern<Jump['kind']>;

/** Instructions that do nothing and stand where code may be entered: `-hotpatch` leaves them, CET asks for them. */
const padding: readonly (readonly number[])[] = [
  [0x8b, 0xff], // mov edi, edi
  [0x66, 0x90], // xchg ax, ax
  [0x90], // nop
  [0xf3, 0x0f, 0x1e, 0xfa], // endbr64
  [0xf3, 0x0f, 0x1e, 0xfb], // endbr32
  [0x48, 0x8d, 0xa4, 0x24, 0, 0, 0, 0], // lea rsp, [rsp+0]
  [0x8d, 0x64, 0x24, 0], // lea esp, [esp+0]
];

/** No more padding than this is looked through. */
const MAX_PADDING = 32;

const startsWith = (bytes: Uint8Array, offset: number, prefix: readonly number[]): boolean =>
  prefix.every((byte, index) => bytes[offset + index] === byte);

function skipPadding(region: CodeRegion, start: number): number {
  let offset = start;
  while (offset - start < MAX_PADDING) {
    const found = padding.find((instruction) => startsWith(region.bytes, offset, instruction));
    if (found === undefined) break;
    offset += found.length;
  }
  return offset;
}

function jumpOf(pattern: JumpPattern, region: CodeRegion, offset: number): Jump | undefined {
  const match = matchPattern(region, offset, pattern.parts);
  if (match === undefined) return undefined;
  const { length, target, pointer } = match;
  const text = pattern.text.replace('%target', hex(target ?? 0)).replace('%pointer', hex(pointer ?? 0));
  const place = { rva: region.rva + offset, length, text };
  if (pattern.kind === 'direct') return target === undefined ? undefined : { kind: 'direct', ...place, target };
  if (pointer === undefined) return undefined;
  if (pattern.kind === 'indirect') return { kind: 'indirect', ...place, pointer };
  return target === undefined ? undefined : { kind: 'delayLoad', ...place, pointer, target };
}

/** Patterns by their first byte, in the order in which they are tried. */
export function indexPatterns(patterns: readonly JumpPattern[]): ReadonlyMap<number, readonly JumpPattern[]> {
  const index = new Map<number, JumpPattern[]>();
  for (const pattern of patterns) {
    const first = pattern.parts[0] as number;
    index.set(first, [...(index.get(first) ?? []), pattern]);
  }
  return index;
}

type PatternIndex = ReadonlyMap<number, readonly JumpPattern[]>;

function decodeAt(patterns: PatternIndex, region: CodeRegion, offset: number): Jump | undefined {
  for (const pattern of patterns.get(region.bytes[offset] ?? -1) ?? []) {
    const jump = jumpOf(pattern, region, offset);
    if (jump !== undefined) return jump;
  }
  return undefined;
}

export const decodeX86Jump = (patterns: PatternIndex, region: CodeRegion, offset: number): Jump | undefined =>
  decodeAt(patterns, region, skipPadding(region, offset));

/** A table of 256 flags for a scan's inner loop. */
const firstBytes = (patterns: PatternIndex): Uint8Array => {
  const flags = new Uint8Array(256);
  for (const byte of patterns.keys()) flags[byte] = 1;
  return flags;
};

/** FF 15: `call [disp32]` on x86, `call [rip+disp32]` on x64. */
const CALL_MEMORY = [0xff, 0x15] as const;

/** A scan that tries every byte, because where instructions begin is not known: what is wanted of the pointers makes it exact. */
export function scanX86Indirect(patterns: PatternIndex, operand: 'rel32' | 'abs32'): Platform['scanIndirect'] {
  const indirect = new Map([...patterns].map(([first, list]) => [first, list.filter(({ kind }) => kind === 'indirect')] as const));
  const flags = firstBytes(new Map([...indirect].filter(([, list]) => list.length > 0)));
  const callPattern = [...CALL_MEMORY, { role: 'pointer', kind: operand } as const];
  return (region, wanted, sink) => {
    const { bytes } = region;
    for (let offset = 0; offset < bytes.length; offset++) {
      if (flags[bytes[offset]!] === 0) continue;
      const jump = decodeAt(indirect, region, offset);
      if (jump?.kind === 'indirect') {
        if (!wanted(jump.pointer)) continue;
        sink.jump(jump);
        offset += jump.length - 1;
      } else if (bytes[offset] === 0xff && bytes[offset + 1] === 0x15) {
        const pointer = matchPattern(region, offset, callPattern)?.pointer;
        if (pointer !== undefined && wanted(pointer)) sink.indirectCall({ rva: region.rva + offset, pointer });
      }
    }
  };
}

/** Opcodes with a 32-bit displacement that transfer control. */
const transferOf = (bytes: Uint8Array, offset: number): { readonly kind: TransferKind; readonly operand: number } | undefined => {
  const opcode = bytes[offset];
  if (opcode === 0xe8) return { kind: 'call', operand: 1 };
  if (opcode === 0xe9) return { kind: 'jump', operand: 1 };
  // 0F 80…8F: the conditional jumps.
  if (opcode === 0x0f && (bytes[offset + 1]! & 0xf0) === 0x80) return { kind: 'jump', operand: 2 };
  return undefined;
};

/** Direct transfers, and on x64 `lea reg, [rip+disp32]`: REX.W 8D with mod 00 and r/m 101. */
export function scanX86Direct(takesAddresses: boolean): Platform['scanDirect'] {
  return (region, wanted, found) => {
    const { bytes, view, rva } = region;
    const end = bytes.length - 4;
    for (let offset = 0; offset < end; offset++) {
      const opcode = bytes[offset]!;
      let kind: TransferKind | undefined;
      let operand = 0;
      if (opcode === 0xe8 || opcode === 0xe9 || opcode === 0x0f) {
        const transfer = transferOf(bytes, offset);
        if (transfer) ({ kind, operand } = transfer);
      } else if (takesAddresses && (opcode & 0xf8) === 0x48 && bytes[offset + 1] === 0x8d && (bytes[offset + 2]! & 0xc7) === 0x05) {
        kind = 'address';
        operand = 3;
      }
      if (kind === undefined || offset + operand + 4 > bytes.length) continue;
      const target = wrapRva(rva + offset + operand + 4 + view.getInt32(offset + operand, true));
      if (wanted(target)) found({ kind, rva: rva + offset, target });
    }
  };
}
