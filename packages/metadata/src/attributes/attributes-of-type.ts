import type { Metadata } from '../metadata.ts';
import { encodeCodedIndex } from '../tables/coded-index.ts';
import { TableId } from '../tables/table-id.ts';
import { makeToken, type Token, tokenRid, tokenTable } from '../tables/token.ts';

/** Whether a row of TypeDef or TypeRef has that name; others have none. */
function isNamed(metadata: Metadata, type: Token, namespace: string, name: string): boolean {
  const rid = tokenRid(type);
  const { strings, tables } = metadata;
  if (rid === 0) return false;
  const id = tokenTable(type);
  if (id !== TableId.TypeDef && id !== TableId.TypeRef) return false;
  const table = id === TableId.TypeDef ? tables.TypeDef : tables.TypeRef;
  return table.has(rid) && strings.get(table.get(rid, 'Name')) === name && strings.get(table.get(rid, 'Namespace')) === namespace;
}

/** The constructors of an attribute type, as the column CustomAttribute.Type names them. */
function constructorsOf(metadata: Metadata, namespace: string, name: string): ReadonlySet<number> {
  const { MemberRef, TypeDef } = metadata.tables;
  const constructors = new Set<number>();
  const parent = MemberRef.column('Class');
  for (let rid = 1; rid <= MemberRef.rowCount; rid++) {
    const type = parent.tokenOrBad(rid);
    if (type !== -1 && isNamed(metadata, type, namespace, name)) {
      constructors.add(encodeCodedIndex('CustomAttributeType', makeToken(TableId.MemberRef, rid)));
    }
  }
  for (let rid = 1; rid <= TypeDef.rowCount; rid++) {
    if (!isNamed(metadata, makeToken(TableId.TypeDef, rid), namespace, name)) continue;
    for (const method of metadata.methodsOf(rid))
      constructors.add(encodeCodedIndex('CustomAttributeType', makeToken(TableId.MethodDef, method)));
  }
  return constructors;
}

/** Row numbers of the custom attributes of one type, such as `System.Runtime.Versioning`, `TargetFrameworkAttribute`; wherever that type is defined. Throws `BadImageError`. */
export function customAttributesOfType(metadata: Metadata, namespace: string, name: string): readonly number[] {
  const { CustomAttribute } = metadata.tables;
  if (CustomAttribute.rowCount === 0) return [];
  const constructors = constructorsOf(metadata, namespace, name);
  if (constructors.size === 0) return [];
  const type = CustomAttribute.column('Type');
  const rids: number[] = [];
  for (let rid = 1; rid <= CustomAttribute.rowCount; rid++) if (constructors.has(type.at(rid))) rids.push(rid);
  return rids;
}
