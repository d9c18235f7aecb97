import { ifReadable, UsageError } from '@ijw/binary';
import { type Metadata, makeToken, TableId, type Token, tokenRid, tokenTable, typeFullName } from '@ijw/metadata';

/** What a user names to see only that: a type, a member, a token. */
export type MemberFilter =
  | { readonly kind: 'type'; readonly rids: readonly number[] }
  | { readonly kind: 'methods' | 'fields'; readonly rids: readonly number[] };

const TOKEN = /^(0x)?0*([0-9a-f]{7,8})$/i;

/** Reads `NS.Type`, `NS.Type::Method`, `::Method` or a token. @throws UsageError when nothing has the name; BadImageError */
export function parseMemberFilter(metadata: Metadata, text: string): MemberFilter {
  const digits = TOKEN.exec(text)?.[2];
  if (digits !== undefined) return tokenFilter(metadata, Number.parseInt(digits, 16) as Token, text);
  const split = text.indexOf('::');
  const typeName = split < 0 ? text : text.slice(0, split);
  const types = typesNamed(metadata, typeName === '' ? '<Module>' : typeName);
  if (types.length === 0) throw new UsageError(`There is no type "${typeName}"`);
  if (split < 0) return { kind: 'type', rids: types };
  return memberNamed(metadata, types, text.slice(split + 2));
}

function tokenFilter(metadata: Metadata, token: Token, text: string): MemberFilter {
  const { TypeDef, MethodDef, Field } = metadata.tables;
  const rid = tokenRid(token);
  switch (tokenTable(token)) {
    case TableId.TypeDef:
      if (TypeDef.has(rid)) return { kind: 'type', rids: [rid] };
      break;
    case TableId.MethodDef:
      if (MethodDef.has(rid)) return { kind: 'methods', rids: [rid] };
      break;
    case TableId.Field:
      if (Field.has(rid)) return { kind: 'fields', rids: [rid] };
      break;
  }
  throw new UsageError(`The token ${text} names no type, method or field of this file`);
}

/** A name that cannot be read is none that was asked for. */
const hasName = ({ strings }: Metadata, offset: number, name: string): boolean => ifReadable(() => strings.get(offset)) === name;

/** By full name, or by the name without namespace where that is all that was given. */
function typesNamed(metadata: Metadata, name: string): readonly number[] {
  const { TypeDef } = metadata.tables;
  const wanted = name.replaceAll('+', '/');
  const exact: number[] = [];
  const simple: number[] = [];
  for (let rid = 1; rid <= TypeDef.rowCount; rid++) {
    const full = ifReadable(() => typeFullName(metadata, makeToken(TableId.TypeDef, rid)));
    if (full === wanted) exact.push(rid);
    else if (hasName(metadata, TypeDef.get(rid, 'Name'), wanted)) simple.push(rid);
  }
  return exact.length > 0 ? exact : simple;
}

function memberNamed(metadata: Metadata, types: readonly number[], name: string): MemberFilter {
  const { MethodDef, Field } = metadata.tables;
  const methods = types.flatMap((type) =>
    [...metadata.methodsOf(type)].filter((rid) => hasName(metadata, MethodDef.get(rid, 'Name'), name)),
  );
  if (methods.length > 0) return { kind: 'methods', rids: methods };
  const fields = types.flatMap((type) => [...metadata.fieldsOf(type)].filter((rid) => hasName(metadata, Field.get(rid, 'Name'), name)));
  if (fields.length > 0) return { kind: 'fields', rids: fields };
  throw new UsageError(`The type has no method or field "${name}"`);
}
