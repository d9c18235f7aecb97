import type { Metadata } from '../metadata.ts';
import { encodeCodedIndex } from '../tables/coded-index.ts';
import { TableId } from '../tables/table-id.ts';
import { makeToken, type Token, tokenRid, tokenTable } from '../tables/token.ts';

/** Full names by their last part: a row has its name and its namespace apart. */
type WantedNames<Name extends string> = ReadonlyMap<string, readonly { readonly fullName: Name; readonly namespace: string }[]>;

function wantedNames<Name extends string>(fullNames: readonly Name[]): WantedNames<Name> {
  const wanted = new Map<string, { readonly fullName: Name; readonly namespace: string }[]>();
  for (const fullName of fullNames) {
    const dot = fullName.lastIndexOf('.');
    const name = fullName.slice(dot + 1);
    const known = wanted.get(name) ?? [];
    known.push({ fullName, namespace: fullName.slice(0, Math.max(dot, 0)) });
    wanted.set(name, known);
  }
  return wanted;
}

/** The name that a row of TypeDef or TypeRef has, where it is wanted; others have none. */
function wantedName<Name extends string>(metadata: Metadata, type: Token, wanted: WantedNames<Name>): Name | undefined {
  const rid = tokenRid(type);
  const { strings, tables } = metadata;
  const id = tokenTable(type);
  if (rid === 0 || (id !== TableId.TypeDef && id !== TableId.TypeRef)) return undefined;
  const table = id === TableId.TypeDef ? tables.TypeDef : tables.TypeRef;
  if (!table.has(rid)) return undefined;
  const known = wanted.get(strings.get(table.get(rid, 'Name')));
  return known?.find(({ namespace }) => strings.get(table.get(rid, 'Namespace')) === namespace)?.fullName;
}

/** The constructors of attribute types, as the column CustomAttribute.Type names them. */
function constructorsOf<Name extends string>(metadata: Metadata, wanted: WantedNames<Name>): ReadonlyMap<number, Name> {
  const { MemberRef, TypeDef } = metadata.tables;
  const constructors = new Map<number, Name>();
  const parent = MemberRef.column('Class');
  for (let rid = 1; rid <= MemberRef.rowCount; rid++) {
    const type = parent.tokenOrBad(rid);
    const name = type === -1 ? undefined : wantedName(metadata, type, wanted);
    if (name !== undefined) constructors.set(encodeCodedIndex('CustomAttributeType', makeToken(TableId.MemberRef, rid)), name);
  }
  for (let rid = 1; rid <= TypeDef.rowCount; rid++) {
    const name = wantedName(metadata, makeToken(TableId.TypeDef, rid), wanted);
    if (name === undefined) continue;
    for (const method of metadata.methodsOf(rid))
      constructors.set(encodeCodedIndex('CustomAttributeType', makeToken(TableId.MethodDef, method)), name);
  }
  return constructors;
}

/**
 * Row numbers of the custom attributes of some types, by the full name of the type, wherever that is defined. The tables are read once for all of them.
 * @throws BadImageError
 */
export function customAttributesOfTypes<Name extends string>(
  metadata: Metadata,
  fullNames: readonly Name[],
): Readonly<Record<Name, readonly number[]>> {
  const rids = Object.fromEntries(fullNames.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  const { CustomAttribute } = metadata.tables;
  if (CustomAttribute.rowCount === 0) return rids;
  const constructors = constructorsOf(metadata, wantedNames(fullNames));
  if (constructors.size === 0) return rids;
  const type = CustomAttribute.column('Type');
  for (let rid = 1; rid <= CustomAttribute.rowCount; rid++) {
    const name = constructors.get(type.at(rid));
    if (name !== undefined) rids[name].push(rid);
  }
  return rids;
}

/** Row numbers of the custom attributes of one type, such as `System.Runtime.Versioning.TargetFrameworkAttribute`. @throws BadImageError */
export const customAttributesOfType = <Name extends string>(metadata: Metadata, fullName: Name): readonly number[] =>
  customAttributesOfTypes(metadata, [fullName])[fullName];
