import { type CliHeader, type DataDirectory, type PEImage, readCliHeader } from '@ijw/pe';
import type { Metadata } from '../metadata.ts';
import { TableId, tableNames } from '../tables/table-id.ts';
import { escapeName } from './escape.ts';

const hex = (value: number | bigint): string => value.toString(16);

const rvaAndSize = ({ rva, size }: DataDirectory): string => `${hex(rva)}/${hex(size)}`;

/** A section's name as the reference reader gives it: eight bytes without the NULs at their end, no COFF string table looked into. */
function sectionName(bytes: Uint8Array): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return escapeName(new TextDecoder().decode(bytes.subarray(0, end)));
}

function optionalHeaderLine({ optionalHeader: o }: PEImage): string {
  const fields: readonly (readonly [string, number | bigint])[] = [
    ['magic', o.magic],
    ['entry', o.addressOfEntryPoint],
    ['base', o.imageBase],
    ['salign', o.sectionAlignment],
    ['falign', o.fileAlignment],
    ['size', o.sizeOfImage],
    ['headers', o.sizeOfHeaders],
    ['checksum', o.checkSum],
    ['subsystem', o.subsystem],
    ['dllchars', o.dllCharacteristics],
  ];
  const sizes = `stack=${hex(o.sizeOfStackReserve)}/${hex(o.sizeOfStackCommit)} heap=${hex(o.sizeOfHeapReserve)}/${hex(o.sizeOfHeapCommit)}`;
  return `H opt ${fields.map(([name, value]) => `${name}=${hex(value)}`).join(' ')} ${sizes}`;
}

function cliHeaderLine(cli: CliHeader): string {
  const directories = [
    `md=${rvaAndSize(cli.metaData)}`,
    `res=${rvaAndSize(cli.resources)}`,
    `sn=${rvaAndSize(cli.strongNameSignature)}`,
    `cm=${rvaAndSize(cli.codeManagerTable)}`,
    `vtf=${rvaAndSize(cli.vTableFixups)}`,
    `eat=${rvaAndSize(cli.exportAddressTableJumps)}`,
    `mnh=${rvaAndSize(cli.managedNativeHeader)}`,
  ];
  const version = `${cli.majorRuntimeVersion}.${cli.minorRuntimeVersion}`;
  return `H cor rt=${version} flags=${hex(cli.flags)} entry=${hex(cli.entryPointTokenOrRva)} ${directories.join(' ')}`;
}

/** The `H` lines of a PE image up to its CLI header. */
function* imageLines(image: PEImage): Generator<string> {
  const { coffHeader: coff } = image;
  yield `H file size=${image.bytes.length}`;
  const coffFields = `machine=${hex(coff.machine)} sections=${coff.numberOfSections} time=${hex(coff.timeDateStamp)}`;
  yield `H coff ${coffFields} chars=${hex(coff.characteristics)}`;
  yield optionalHeaderLine(image);
  for (const [index, { rva, size }] of image.dataDirectories.slice(0, 16).entries()) {
    yield `H dir ${index} rva=${hex(rva)} size=${hex(size)}`;
  }
  for (const section of image.sections) {
    const place = `va=${hex(section.virtualAddress)} vsize=${hex(section.virtualSize)}`;
    const raw = `raw=${hex(section.pointerToRawData)} rsize=${hex(section.sizeOfRawData)}`;
    yield `H section name=${sectionName(section.nameBytes)} ${place} ${raw} chars=${hex(section.characteristics)}`;
  }
  const cli = readCliHeader(image);
  if (cli !== undefined) yield cliHeaderLine(cli);
}

/** The `H` lines of metadata: root, streams, tables header, row counts. */
function* metadataLines({ root, tablesHeader, tables }: Metadata): Generator<string> {
  yield `H md version=${escapeName(root.version)} storage=${root.majorVersion}.${root.minorVersion} flags=${hex(root.flags)}`;
  for (const { name, offset, size } of root.streams) yield `H stream name=${escapeName(name)} off=${hex(offset)} size=${hex(size)}`;
  const { majorVersion, minorVersion, heapSizes, valid, sorted } = tablesHeader;
  yield `H tables version=${majorVersion}.${minorVersion} heaps=${hex(heapSizes)} valid=${hex(valid)} sorted=${hex(sorted)}`;
  for (const name of tableNames) {
    const { rowCount, rowSize } = tables[name];
    const id = TableId[name].toString(16).padStart(2, '0');
    if (rowCount > 0) yield `H rows ${id} ${name} n=${rowCount} size=${rowSize}`;
  }
}

/** The `H` lines of the canonical format, without their line ends. @param image left out for metadata that stands alone */
export function* headerLines(metadata: Metadata, image?: PEImage): Generator<string> {
  if (image !== undefined) yield* imageLines(image);
  yield* metadataLines(metadata);
}
