import { ifReadable, UsageError } from '@ijw/binary';
import { type Metadata, makeToken, TableId, type Token, tokenRid, tokenTable, typeFullName } from '@ijw/metadata';

/** What a user names to see only that: a type, a member, a token. */
export type MemberFilter =
  | { readonly kind: 'type'; readonly rids: readonly number[] }
  | { readonly kind: 'methods' | 'fields'; readonly rids: readonly number[] };

const TOKEN = /^(0x)?0*([0-9a-f]{7,8})$/i;

/** Finds what `NS.Type`, `NS.Type::Method`, `::Method` or a token names; `undefined` where nothing has the name. Throws `BadImageError`. */
export function findMembers(metadata: Metadata, text: string): MemberFilter | undefined {
  const found = lookUp(metadata, text);
  return typeof found === 'string' ? undefined : found;
}

/** As `findMembers`. @throws UsageError when nothing has the name; BadImageError */
export function parseMemberFilter(metadata: Metadata, text: string): MemberFilter {
  const found = lookUp(metadata, text);
  if (typeof found === 'string') throw new UsageError(found);
  return found;
}

/** What the text names, or what it fails to name. */
function lookUp(metadata: Metadata, text: string): MemberFilter | string {
  const digits = TOKEN.exec(text)?.[2];
  if (digits !== undefined)
    return tokenFilter(metadata, Number.parseInt(digits, 16) as Token) ?? `The token ${text} names no type, method or field of this file`;
  const split = text.indexOf('::');
  const typeName = split < 0 ? text : text.slice(0, split);
  const types = typesNamed(metadata, typeName === '' ? '<Module>' : typeName);
  if (types.length === 0) return `There is no type "${typeName}"`;
  if (split < 0) return { kind: 'type', rids: types };
  const name = text.slice(split + 2);
  return membersNamed(metadata, types, name) ?? `The type has no method or field "${name}"`;
}

function tokenFilter(metadata: Metadata, token: Token): MemberFilter | undefined {
  const { TypeDef, MethodDef, Field } = metadata.tables;
  const rid = tokenRid(token);
  switch (tokenTable(token)) {
    case TableId.TypeDef:
      return TypeDef.has(rid) ? { kind: 'type', rids: [rid] } : undefined;
    case TableId.MethodDef:
      return MethodDef.has(rid) ? { kind: 'methods', rids: [rid] } : undefined;
    case TableId.Field:
      return Field.has(rid) ? { kind: 'fields', rids: [rid] } : undefined;
    default:
      return undefined;
  }
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

function membersNamed(metadata: Metadata, types: readonly number[], name: string): MemberFilter | undefined {
  const { MethodDef, Field } = metadata.tables;
  const methods = types.flatMap((type) =>
    [...metadata.methodsOf(type)].filter((rid) => hasName(metadata, MethodDef.get(rid, 'Name'), name)),
  );
  if (methods.length > 0) return { kind: 'methods', rids: methods };
  const fields = types.flatMap((type) => [...metadata.fieldsOf(type)].filter((rid) => hasName(metadata, Field.get(rid, 'Name'), name)));
  return fields.length > 0 ? { kind: 'fields', rids: fields } : undefined;
}
