import { hex, ifReadable } from '@ijw/binary';
import { type HeapName, heapEntries, heapNames, type Metadata, makeToken, type Table, tableNames } from '@ijw/metadata';
import { TokenText } from '@ijw/metadata/canonical';
import { cellWords } from '@ijw/metadata/words';
import type { MappedField, MappedStructure } from './mapped-structure.ts';

/** ECMA-335 II.24.2.1: signature, version numbers, reserved, length of the version. */
const ROOT_FIXED = 16;

/** The root, the heaps and the rows of all tables of metadata that starts at `base` in the file. */
export function* metadataStructures(metadata: Metadata, base: number): Generator<MappedStructure> {
  yield rootStructure(metadata, base);
  for (const { name, offset, size } of metadata.root.streams) {
    const start = base + offset;
    const heap = heapNames.find((one) => one === name);
    if (heap !== undefined && metadata.selected.find(heap)?.offset === offset)
      yield { name, offset: start, size, fields: () => heapFields(metadata, heap, start) };
    else if (offset === metadata.selected.tables?.offset) yield* tableStructures(metadata, name, start);
    else yield { name, offset: start, size, fields: () => [] };
  }
}

function rootStructure({ root }: Metadata, base: number): MappedStructure {
  const first = root.streams.reduce(
    (least, { offset }) => Math.min(least, offset),
    root.streams.length === 0 ? ROOT_FIXED : Number.MAX_SAFE_INTEGER,
  );
  const version = base + ROOT_FIXED;
  const fields: readonly MappedField[] = [
    { name: 'signature', offset: base, size: 4, value: 'BSJB' },
    { name: 'majorVersion', offset: base + 4, size: 2, value: String(root.majorVersion) },
    { name: 'minorVersion', offset: base + 6, size: 2, value: String(root.minorVersion) },
    { name: 'reserved', offset: base + 8, size: 4 },
    { name: 'length', offset: base + 12, size: 4, value: String(root.versionLength) },
    { name: 'version', offset: version, size: root.versionLength, value: root.version },
    { name: 'flags', offset: version + root.versionLength, size: 2 },
    { name: 'streams', offset: version + root.versionLength + 2, size: 2, value: String(root.streams.length) },
  ];
  return { name: 'metadata root', offset: base, size: first, fields: () => fields };
}

function* tableStructures(metadata: Metadata, stream: string, start: number): Generator<MappedStructure> {
  const header = ifReadable(() => metadata.tablesHeader);
  if (header === undefined) return;
  const fields: readonly MappedField[] = [
    { name: 'reserved', offset: start, size: 4 },
    { name: 'majorVersion', offset: start + 4, size: 1, value: String(header.majorVersion) },
    { name: 'minorVersion', offset: start + 5, size: 1, value: String(header.minorVersion) },
    { name: 'heapSizes', offset: start + 6, size: 1, value: hex(header.heapSizes) },
    { name: 'reserved', offset: start + 7, size: 1 },
    { name: 'valid', offset: start + 8, size: 8, value: hex(header.valid) },
    { name: 'sorted', offset: start + 16, size: 8, value: hex(header.sorted) },
    { name: 'rows', offset: start + 24, size: header.size - 24 },
  ];
  yield { name: `${stream} header`, offset: start, size: header.size, fields: () => fields };
  const { tables } = metadata;
  for (const name of tableNames) {
    const table: Table = tables[name];
    if (table.rowCount > 0)
      yield {
        name,
        offset: start + table.offset,
        size: table.rowCount * table.rowSize,
        fields: () => rowFields(metadata, table, start + table.offset),
      };
  }
}

function* rowFields(metadata: Metadata, table: Table, start: number): Generator<MappedField> {
  const text = new TokenText(metadata);
  const columns = table.columns.map((column) => ({ column, words: cellWords(column, metadata, text) }));
  for (let rid = 1; rid <= table.rowCount; rid++) {
    const row = start + (rid - 1) * table.rowSize;
    for (const { column, words } of columns)
      yield {
        name: `${hex(makeToken(table.id, rid), 8)}.${column.name}`,
        offset: row + column.offset,
        size: column.width,
        value: ifReadable(() => words(rid)) ?? '?',
      };
  }
}

/** A GUID's place is its number. */
const GUID_SIZE = 16;

function* heapFields(metadata: Metadata, heap: HeapName, start: number): Generator<MappedField> {
  let last: MappedField | undefined;
  const entries = heapEntries(metadata, heap)[Symbol.iterator]();
  for (;;) {
    const next = ifReadable(() => entries.next());
    if (next === undefined || next.done === true) break;
    const { offset, text } = next.value;
    const at = start + (heap === '#GUID' ? (offset - 1) * GUID_SIZE : offset);
    if (last !== undefined) yield { ...last, size: at - last.offset };
    last = { name: hex(offset), offset: at, size: GUID_SIZE, value: heap === '#Strings' || heap === '#US' ? JSON.stringify(text) : text };
  }
  if (last !== undefined)
    yield { ...last, size: heap === '#GUID' ? GUID_SIZE : (metadata.stream(heap)?.length ?? 0) - (last.offset - start) };
}
