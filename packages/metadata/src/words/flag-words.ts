import { bitNames, hex } from '@ijw/binary';
import {
  AssemblyFlags,
  AssemblyHashAlgorithm,
  EventAttributes,
  FieldAttributes,
  FileAttributes,
  GenericParamAttributes,
  ManifestResourceAttributes,
  MethodAttributes,
  MethodImplAttributes,
  MethodSemanticsAttributes,
  ParamAttributes,
  PInvokeAttributes,
  PropertyAttributes,
  TypeAttributes,
} from '../tables/metadata-flags.ts';

type Names = Readonly<Record<string, number>>;

/** The columns of flags (ECMA-335 II.22), by `Table.Column`. */
const COLUMNS: Readonly<Record<string, Names>> = {
  'TypeDef.Flags': TypeAttributes,
  'ExportedType.Flags': TypeAttributes,
  'MethodDef.Flags': MethodAttributes,
  'MethodDef.ImplFlags': MethodImplAttributes,
  'Field.Flags': FieldAttributes,
  'Param.Flags': ParamAttributes,
  'Property.Flags': PropertyAttributes,
  'Event.EventFlags': EventAttributes,
  'MethodSemantics.Semantics': MethodSemanticsAttributes,
  'ImplMap.MappingFlags': PInvokeAttributes,
  'Assembly.Flags': AssemblyFlags,
  'Assembly.HashAlgId': AssemblyHashAlgorithm,
  'AssemblyRef.Flags': AssemblyFlags,
  'File.Flags': FileAttributes,
  'ManifestResource.Flags': ManifestResourceAttributes,
  'GenericParam.Flags': GenericParamAttributes,
};

/** The name of a whole value under a mask: `Public` of 6 under `FieldAccessMask`. */
function valueUnder(mask: number, value: number, entries: readonly (readonly [string, number])[]): string | undefined {
  return entries.find(([name, one]) => one !== 0 && one === value && (one & ~mask) === 0 && !name.endsWith('Mask'))?.[0];
}

/** The names of flags, `Public | Static`: values under a mask as a whole, other bits one by one, what has no name as a number. */
export function flagWords(flags: number, names: Names): string {
  const entries = Object.entries(names);
  const words: string[] = [];
  let rest = flags >>> 0;
  for (const [, mask] of entries.filter(([name]) => name.endsWith('Mask'))) {
    const word = valueUnder(mask, (rest & mask) >>> 0, entries);
    if (word === undefined) continue;
    words.push(word);
    rest = (rest & ~mask) >>> 0;
  }
  const bits = Object.fromEntries(entries.filter(([name]) => !name.endsWith('Mask')));
  return [...words, bitNames(rest, bits)].filter((word) => word !== '').join(' | ') || hex(flags);
}

/** The words of a column of flags; `undefined` for any other column. */
export function flagColumn(table: string, column: string): ((value: number) => string) | undefined {
  const names = COLUMNS[`${table}.${column}`];
  if (names === undefined) return undefined;
  // One algorithm, not bits.
  if (names === AssemblyHashAlgorithm) return (value) => Object.keys(names).find((name) => names[name] === value) ?? hex(value);
  return (value) => flagWords(value, names);
}
