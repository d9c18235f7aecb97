import type { Metadata } from '@ijw/metadata';

/** `String.Compare` of .NET with an English culture; it goes by Unicode's collation, not by code units. Made when it is first used: it loads data. */
const compare = (): ((one: string, other: string) => number) => new Intl.Collator('en-US').compare;

/**
 * What the TypeRefHash is the SHA-256 of: `Namespace-Name` of every TypeRef, by namespace and name, with commas between (G DATA, "Introducing the TypeRefHash";
 * PeNet `TypeRefHash.ComputeHash`). `undefined` where the assembly refers to no type. Throws `BadImageError`.
 */
export function typeRefNames(metadata: Metadata): string | undefined {
  const { TypeRef } = metadata.tables;
  if (TypeRef.rowCount === 0) return undefined;
  const [namespaces, names] = [TypeRef.column('Namespace'), TypeRef.column('Name')];
  const order = compare();
  const types = Array.from({ length: TypeRef.rowCount }, (_, index) => ({
    namespace: metadata.strings.get(namespaces.at(index + 1)),
    name: metadata.strings.get(names.at(index + 1)),
  }));
  types.sort((one, other) => order(one.namespace, other.namespace) || order(one.name, other.name));
  return types.map(({ namespace, name }) => `${namespace}-${name}`).join(',');
}
