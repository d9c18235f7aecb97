import { ifReadable } from '@ijw/binary';
import { type Metadata, makeToken, methodFullName, TableId, type TableName, type Token, tokenRid, typeFullName } from '@ijw/metadata';
import { readExportDirectory } from '@ijw/pe/exports';
import { importedName, readImportedFunctions } from '@ijw/vtfixup';
import { ownerText } from '../members/owner-text.ts';
import type { FoundMatch, MatchKind, SearchedContent } from './found-match.ts';
import type { TextPattern } from './text-pattern.ts';

/** The tables whose rows have a name, by what they are. */
const NAMED: readonly (readonly [MatchKind, TableName])[] = [
  ['type', 'TypeDef'],
  ['method', 'MethodDef'],
  ['field', 'Field'],
  ['property', 'Property'],
  ['event', 'Event'],
  ['parameter', 'Param'],
  ['genericParameter', 'GenericParam'],
  ['typeReference', 'TypeRef'],
  ['memberReference', 'MemberRef'],
  ['assemblyReference', 'AssemblyRef'],
  ['moduleReference', 'ModuleRef'],
  ['forwarder', 'ExportedType'],
  ['resource', 'ManifestResource'],
];

/** Names of one of the kinds that fit a pattern. Rows that cannot be read are passed over. */
export function* findNames(
  { image, metadata }: SearchedContent,
  pattern: TextPattern,
  kinds: ReadonlySet<MatchKind>,
): Generator<FoundMatch> {
  if (metadata !== undefined) {
    for (const [kind, table] of NAMED) if (kinds.has(kind)) yield* namedRows(metadata, kind, table, pattern);
    if (kinds.has('namespace')) yield* namespaces(metadata, pattern);
  }
  if (image === undefined) return;
  if (kinds.has('import'))
    for (const { module, name, ordinal, iatRva } of readImportedFunctions(image, image.diagnostics).values())
      yield* fitting(pattern, 'import', importedName({ name, ordinal }), `${module}!${importedName({ name, ordinal })}`, { rva: iatRva });
  if (kinds.has('export'))
    for (const { name, ordinal, rva } of ifReadable(() => readExportDirectory(image))?.symbols ?? [])
      yield* fitting(pattern, 'export', name ?? `#${ordinal}`, name ?? `#${ordinal}`, rva === undefined ? {} : { rva });
}

function* fitting(
  { test, ofFullNames }: TextPattern,
  kind: MatchKind,
  simple: string,
  full: string,
  place: Partial<FoundMatch>,
): Generator<FoundMatch> {
  if (test(simple) || (ofFullNames && test(full))) yield { kind, text: full, ...place };
}

function* namedRows(metadata: Metadata, kind: MatchKind, table: TableName, { test, ofFullNames }: TextPattern): Generator<FoundMatch> {
  const name = nameColumn(metadata, table);
  for (let rid = 1; rid <= name.rowCount; rid++) {
    const token: Token = makeToken(TableId[table], rid);
    const simple = ifReadable(() => metadata.strings.get(name.at(rid)));
    if (simple === undefined) continue;
    const fits = test(simple);
    if (!fits && !ofFullNames) continue;
    const text = fullText(metadata, table, token, simple);
    if (fits || test(text)) yield { kind, text, token };
  }
}

const nameColumn = ({ tables }: Metadata, table: TableName) =>
  table === 'ExportedType' ? tables.ExportedType.column('TypeName') : tables[table as 'TypeDef'].column('Name');

function fullText(metadata: Metadata, table: TableName, token: Token, simple: string): string {
  switch (table) {
    case 'AssemblyRef':
    case 'ModuleRef':
    case 'ManifestResource':
      return simple;
    case 'ExportedType':
      return ifReadable(() => typeFullName(metadata, token)) ?? simple;
    case 'Param':
      return `${ifReadable(() => methodFullName(metadata, metadata.declaringMethod(makeToken(TableId.Param, tokenRid(token))))) ?? '?'}, ${simple}`;
    default:
      return ownerText(metadata, token);
  }
}

function* namespaces(metadata: Metadata, { test }: TextPattern): Generator<FoundMatch> {
  const { TypeDef } = metadata.tables;
  const seen = new Set<number>();
  for (let rid = 1; rid <= TypeDef.rowCount; rid++) {
    const offset = TypeDef.get(rid, 'Namespace');
    if (offset === 0 || seen.has(offset)) continue;
    seen.add(offset);
    const text = ifReadable(() => metadata.strings.get(offset));
    if (text !== undefined && test(text)) yield { kind: 'namespace', text };
  }
}
