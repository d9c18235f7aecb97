import type { Metadata } from '../metadata.ts';
import { type TypeDefToken, tokenRid } from '../tables/token.ts';
import type { LayoutRequest } from './field-placement.ts';

/** ECMA-335 II.23.1.15. */
const LAYOUT_MASK = 0x18;
const layoutKinds: Readonly<Record<number, LayoutRequest['kind']>> = { 8: 'sequential', 16: 'explicit' };

/** How a type asks to be laid out: its flags, and its ClassLayout row (ECMA-335 II.22.8). Throws `BadImageError`. */
export function layoutRequestOf(metadata: Metadata, token: TypeDefToken): LayoutRequest {
  const { TypeDef, ClassLayout } = metadata.tables;
  const row = metadata.findClassLayout(token);
  return {
    kind: layoutKinds[TypeDef.get(tokenRid(token), 'Flags') & LAYOUT_MASK] ?? 'auto',
    packing: row === undefined ? 0 : ClassLayout.get(row, 'PackingSize'),
    classSize: row === undefined ? 0 : ClassLayout.get(row, 'ClassSize'),
  };
}
