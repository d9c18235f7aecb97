import { makeToken, TableId, tokenRid } from '@ijw/metadata';
import type { Disassembly } from './disassembly.ts';

/** ildasm's three letters for each of the eight visibilities of types and of members. */
const TYPE_VISIBILITY = ['PRI', 'PUB', 'PUB', 'PRI', 'FAM', 'ASM', 'FAA', 'FOA'];
const MEMBER_VISIBILITY = ['PSC', 'PRI', 'FAA', 'ASM', 'FAM', 'FOA', 'PUB', 'PUB'];

export function isVisibleType({ metadata, options }: Disassembly, rid: number): boolean {
  const { visibility } = options;
  if (visibility === undefined) return true;
  for (let current = rid, depth = 0; current !== 0 && depth < 100; depth++) {
    if (!visibility.has(TYPE_VISIBILITY[metadata.tables.TypeDef.get(current, 'Flags') & 7]!)) return false;
    current = tokenRid(metadata.enclosingType(makeToken(TableId.TypeDef, current)));
  }
  return true;
}

export function isVisibleMember(
  { metadata, options }: Disassembly,
  table: typeof TableId.Field | typeof TableId.MethodDef,
  rid: number,
): boolean {
  const { visibility } = options;
  if (visibility === undefined) return true;
  const { Field, MethodDef } = metadata.tables;
  const flags = table === TableId.Field ? Field.get(rid, 'Flags') : MethodDef.get(rid, 'Flags');
  return visibility.has(MEMBER_VISIBILITY[flags & 7]!);
}
