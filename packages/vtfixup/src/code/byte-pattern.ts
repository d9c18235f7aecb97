import type { CodeRegion } from './code-region.ts';
import { rvaOfAddress, wrapRva } from './jump.ts';

/** How an operand is stored: relative to the end of the operand, or an absolute address. */
export type OperandKind = 'rel8' | 'rel32' | 'abs32' | 'abs64';

/** What the address of an operand is for. */
export type OperandRole = 'target' | 'pointer';

/** A place in a pattern that holds an address. */
export interface OperandPattern {
  readonly kind: OperandKind;
  readonly role: OperandRole;
}

/** The bytes of some instructions, with their operands left open. */
export interface BytePattern<K extends string> {
  readonly kind: K;
  readonly parts: readonly (number | OperandPattern)[];
  /** The instructions as text: `%target`, `%pointer` are replaced. */
  readonly text: string;
}

const sizes: Readonly<Record<OperandKind, number>> = { rel8: 1, rel32: 4, abs32: 4, abs64: 8 };

/** Patterns are written as one writes them down: `FF 25 pointer:rel32`. */
export function bytePattern<K extends string>(kind: K, pattern: string, text: string): BytePattern<K> {
  const parts = pattern.split(' ').map((part): number | OperandPattern => {
    const [role, operand] = part.split(':');
    return operand === undefined ? Number.parseInt(part, 16) : { role: role as OperandRole, kind: operand as OperandKind };
  });
  return { kind, parts, text };
}

/** Where a pattern's operands point, in RVAs. */
export interface PatternMatch {
  readonly length: number;
  readonly target: number | undefined;
  readonly pointer: number | undefined;
}

function operandAddress(region: CodeRegion, offset: number, kind: OperandKind): number | undefined {
  const { view, rva, imageBase } = region;
  switch (kind) {
    case 'rel8':
      return wrapRva(rva + offset + 1 + view.getInt8(offset));
    case 'rel32':
      return wrapRva(rva + offset + 4 + view.getInt32(offset, true));
    case 'abs32':
      return rvaOfAddress(BigInt(view.getUint32(offset, true)), imageBase);
    case 'abs64':
      return rvaOfAddress(view.getBigUint64(offset, true), imageBase);
  }
}

/** Matches a pattern at an offset in a region; `undefined` when the bytes differ, end, or an absolute operand is not an address of the image. */
export function matchPattern(region: CodeRegion, start: number, parts: readonly (number | OperandPattern)[]): PatternMatch | undefined {
  let offset = start;
  let target: number | undefined;
  let pointer: number | undefined;
  for (const part of parts) {
    if (typeof part === 'number') {
      if (region.bytes[offset++] !== part) return undefined;
      continue;
    }
    if (offset + sizes[part.kind] > region.bytes.length) return undefined;
    const address = operandAddress(region, offset, part.kind);
    if (address === undefined) return undefined;
    if (part.role === 'target') target = address;
    else pointer = address;
    offset += sizes[part.kind];
  }
  return { length: offset - start, target, pointer };
}
