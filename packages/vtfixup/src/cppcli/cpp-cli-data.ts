import type { Diagnostics } from '@ijw/binary';
import { type Metadata, makeToken, TableId, type TypeDefToken } from '@ijw/metadata';
import { type FieldReading, type MappedField, readMappedField, withoutUnnamedNamespace } from './mapped-field.ts';
import { readStartupLists, type StartupList } from './startup-list.ts';

/** A type that C++/CLI describes by its size: `$ArrayType$…` and native classes. */
export interface SizedType {
  readonly token: TypeDefToken;
  readonly name: string;
  readonly size: number;
  readonly isArray: boolean;
}

/** What a C++/CLI compiler and its library leave in an image beside methods. */
export interface CppCliData {
  /** Fields with an address, in the order of the FieldRVA table. */
  readonly fields: readonly MappedField[];
  readonly startupLists: readonly StartupList[];
  readonly sizedTypes: readonly SizedType[];
}

function readSizedTypes(metadata: Metadata, diagnostics: Diagnostics): readonly SizedType[] {
  const { ClassLayout, TypeDef } = metadata.tables;
  const types: SizedType[] = [];
  for (let rid = 1; rid <= ClassLayout.rowCount; rid++) {
    const type = diagnostics.attempt(() => {
      const parent = ClassLayout.get(rid, 'Parent');
      const name = metadata.strings.get(TypeDef.get(parent, 'Name'));
      return {
        token: makeToken(TableId.TypeDef, parent),
        name,
        size: ClassLayout.get(rid, 'ClassSize'),
        isArray: name.startsWith('$ArrayType$'),
      };
    });
    if (type !== undefined) types.push(type);
  }
  return types;
}

/** Addresses of fields by their plain name; the first of a name counts. */
function symbolsOf(fields: readonly MappedField[]): ReadonlyMap<string, number> {
  const symbols = new Map<string, number>();
  for (const { name, rva } of fields) {
    const plain = withoutUnnamedNamespace(name.slice(name.indexOf('::') + 2));
    if (!symbols.has(plain)) symbols.set(plain, rva);
  }
  return symbols;
}

/** What cannot be read is reported and left out. */
export function readCppCliData(reading: FieldReading, diagnostics: Diagnostics): CppCliData {
  const { image, metadata } = reading;
  const fields: MappedField[] = [];
  for (let rid = 1; rid <= metadata.tables.FieldRVA.rowCount; rid++) {
    const field = diagnostics.attempt(() => readMappedField(reading, rid));
    if (field !== undefined) fields.push(field);
  }
  return {
    fields,
    startupLists: readStartupLists(image, metadata, symbolsOf(fields), diagnostics),
    sizedTypes: readSizedTypes(metadata, diagnostics),
  };
}
