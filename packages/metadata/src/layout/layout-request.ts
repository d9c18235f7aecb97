import type { Metadata } from '../metadata.ts';
import { TypeAttributes } from '../tables/metadata-flags.ts';
import { type TypeDefToken, tokenRid } from '../tables/token.ts';
import type { LayoutRequest } from './field-placement.ts';

const layoutKinds: Readonly<Record<number, LayoutRequest['kind']>> = {
  [TypeAttributes.SequentialLayout]: 'sequential',
  [TypeAttributes.ExplicitLayout]: 'explicit',
};

/** The requested layout of a type: its flags, and its ClassLayout row (ECMA-335 II.22.8). Throws `BadImageError`. */
export function layoutRequestOf(metadata: Metadata, token: TypeDefToken): LayoutRequest {
  const { TypeDef, ClassLayout } = metadata.tables;
  const row = metadata.findClassLayout(token);
  return {
    kind: layoutKinds[TypeDef.get(tokenRid(token), 'Flags') & TypeAttributes.LayoutMask] ?? 'auto',
    packing: row === undefined ? 0 : ClassLayout.get(row, 'PackingSize'),
    classSize: row === undefined ? 0 : ClassLayout.get(row, 'ClassSize'),
  };
}
