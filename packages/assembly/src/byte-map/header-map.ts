import { hex } from '@ijw/binary';
import { headerStructures, type PEImage, readCliHeader } from '@ijw/pe';
import { readVTableFixups, readVTableSlots, slotToken, VTABLE_FIXUP_SIZE, vtableFixupTypeText } from '@ijw/vtfixup';
import type { MappedField, MappedStructure } from './mapped-structure.ts';

/** The headers of fixed layout, the data directories as a whole, the records and slots of the vtable fixups. */
export function* imageStructures(image: PEImage): Generator<MappedStructure> {
  for (const { name, offset, size, fields } of headerStructures(image))
    yield { name, offset, size, fields: () => fields.map((field) => ({ ...field, value: numberAt(image, field) })) };
  for (const [index, directory] of image.dataDirectories.entries()) {
    const name = DIRECTORIES[index];
    const offset = name === 'certificates' ? directory.rva : image.rvaToOffset(directory.rva);
    if (name === undefined || directory.rva === 0 || directory.size === 0 || offset === undefined) continue;
    yield { name, offset, size: directory.size, fields: () => [] };
  }
  yield* fixupStructures(image);
}

/** Directories whose content is not mapped by field, in the order of the table (PE/COFF "Optional Header Data Directories"). */
const DIRECTORIES: readonly (string | undefined)[] = [
  'export directory',
  'import directory',
  'resource directory',
  'exception directory',
  'certificates',
  'base relocations',
  'debug directory',
  undefined,
  undefined,
  'TLS directory',
  'load configuration',
  'bound imports',
  'import address table',
  'delay imports',
];

function numberAt({ bytes }: PEImage, { offset, size }: MappedField): string | undefined {
  if (offset + size > bytes.length || size > 8 || size === 3) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, size);
  if (size === 8) return hex(view.getBigUint64(0, true));
  return hex(size === 4 ? view.getUint32(0, true) : size === 2 ? view.getUint16(0, true) : view.getUint8(0));
}

function* fixupStructures(image: PEImage): Generator<MappedStructure> {
  const fixups = readVTableFixups(image, image.diagnostics);
  const table = fixups.length === 0 ? undefined : readCliHeader(image)?.vTableFixups.rva;
  for (const [index, { rva, count, type }] of fixups.entries()) {
    const offset = table === undefined ? undefined : image.rvaToOffset(table + index * VTABLE_FIXUP_SIZE);
    if (offset === undefined) continue;
    const fields = [
      { name: 'rva', offset, size: 4, value: hex(rva) },
      { name: 'count', offset: offset + 4, size: 2, value: String(count) },
      { name: 'type', offset: offset + 6, size: 2, value: vtableFixupTypeText(type) },
    ];
    yield { name: `vtable fixup ${index}`, offset, size: VTABLE_FIXUP_SIZE, fields: () => fields };
  }
  for (const slot of readVTableSlots(image, fixups, image.diagnostics)) {
    const { rva, width } = slot;
    const offset = image.rvaToOffset(rva);
    if (offset === undefined) continue;
    yield {
      name: `slot ${hex(rva)}`,
      offset,
      size: width,
      fields: () => [{ name: 'token', offset, size: width, value: hex(slotToken(slot), 8) }],
    };
  }
}
