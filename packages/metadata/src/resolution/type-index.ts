import { Lazy } from '@ijw/binary';
import type { Metadata } from '../metadata.ts';
import { tryParseSerializedTypeName } from '../names/serialized-type-name.ts';
import type { Column } from '../tables/column.ts';
import { TableId } from '../tables/table-id.ts';
import { type ExportedTypeToken, makeToken, type TypeDefToken, tokenRid, tokenTable } from '../tables/token.ts';
import { parseAssemblyIdentity } from './assembly-identity.ts';
import { assemblyIdentity } from './assembly-references.ts';

/** Rows may share a long name, and an index keeps the names of all; no known assembly needs more than this for them all. */
const MAXIMUM_CHARACTERS = 1 << 25;

/** Scope 0 are the types that stand in no other. Of two types with one name the first counts. */
const keyOf = (scope: number, namespace: string, name: string): string => `${scope}\0${namespace}\0${name}`;

/** The rows of a table by key, the first of those with one key. */
function index(column: Column, key: (rid: number) => string): Map<string, number> {
  const rows = new Map<string, number>();
  let characters = 0;
  for (let rid = column.rowCount; rid >= 1; rid--) {
    const text = key(rid);
    characters += text.length;
    if (characters > MAXIMUM_CHARACTERS)
      throw column.error('NAMES_TOO_LONG', `The names of the types have more than ${MAXIMUM_CHARACTERS} characters`, rid);
    rows.set(text, rid);
  }
  return rows;
}

/** Finds the types that a module defines, and those that its manifest exports, by name. Each of the two indexes is made when first asked. */
export class TypeIndex {
  readonly metadata: Metadata;
  readonly #definitions = new Lazy(() => this.#indexDefinitions());
  readonly #exported = new Lazy(() => this.#indexExported());

  constructor(metadata: Metadata) {
    this.metadata = metadata;
  }

  /** A type definition; `enclosing` is the type that it is nested in. */
  find(namespace: string, name: string, enclosing?: TypeDefToken): TypeDefToken | undefined {
    const rid = this.#definitions.value.get(keyOf(enclosing === undefined ? 0 : tokenRid(enclosing), namespace, name));
    return rid === undefined ? undefined : makeToken(TableId.TypeDef, rid);
  }

  /** A row of ExportedType: a forwarder, or a type in another module of the assembly. */
  findExported(namespace: string, name: string, enclosing?: ExportedTypeToken): ExportedTypeToken | undefined {
    const rid = this.#exported.value.get(keyOf(enclosing === undefined ? 0 : tokenRid(enclosing), namespace, name));
    return rid === undefined ? undefined : makeToken(TableId.ExportedType, rid);
  }

  /** The definition that a serialized name stands for, where it is well-formed and names no assembly or this one, and no constructed type. */
  findSerialized(text: string): TypeDefToken | undefined {
    const { type, assembly } = tryParseSerializedTypeName(text) ?? {};
    if (type?.kind !== 'named') return undefined;
    if (assembly !== undefined && !this.#isOwn(assembly)) return undefined;
    let found = this.find(type.namespace, type.name);
    for (const name of type.nested) found = found && this.find('', name, found);
    return found;
  }

  #isOwn(assembly: string): boolean {
    return assemblyIdentity(this.metadata)?.name.toLowerCase() === parseAssemblyIdentity(assembly).name.toLowerCase();
  }

  #indexDefinitions(): Map<string, number> {
    const { tables, strings } = this.metadata;
    const scopes = new Map<number, number>();
    const nested = tables.NestedClass.column('NestedClass');
    const enclosing = tables.NestedClass.column('EnclosingClass');
    for (let rid = 1; rid <= tables.NestedClass.rowCount; rid++) scopes.set(nested.at(rid), enclosing.at(rid));
    const name = tables.TypeDef.column('Name');
    const namespace = tables.TypeDef.column('Namespace');
    return index(name, (rid) => keyOf(scopes.get(rid) ?? 0, strings.get(namespace.at(rid)), strings.get(name.at(rid))));
  }

  #indexExported(): Map<string, number> {
    const { tables, strings } = this.metadata;
    const table = tables.ExportedType;
    const [name, namespace, implementation] = [table.column('TypeName'), table.column('TypeNamespace'), table.column('Implementation')];
    return index(name, (rid) => {
      const outer = implementation.token(rid);
      const scope = tokenTable(outer) === TableId.ExportedType ? tokenRid(outer) : 0;
      return keyOf(scope, strings.get(namespace.at(rid)), strings.get(name.at(rid)));
    });
  }
}
