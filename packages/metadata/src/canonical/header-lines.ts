import { hexDigits } from '@ijw/binary';
import { type CliHeader, type DataDirectory, type PEImage, readCliHeader } from '@ijw/pe';
import type { Metadata } from '../metadata.ts';
import { TableId, tableNames } from '../tables/table-id.ts';
import { escapeName } from './escape.ts';

const rvaAndSize = ({ rva, size }: DataDirectory): string => `${hexDigits(rva)}/${hexDigits(size)}`;

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
  const sizes = `stack=${hexDigits(o.sizeOfStackReserve)}/${hexDigits(o.sizeOfStackCommit)} heap=${hexDigits(o.sizeOfHeapReserve)}/${hexDigits(o.sizeOfHeapCommit)}`;
  return `H opt ${fields.map(([name, value]) => `${name}=${hexDigits(value)}`).join(' ')} ${sizes}`;
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
  return `H cor rt=${version} flags=${hexDigits(cli.flags)} entry=${hexDigits(cli.entryPointTokenOrRva)} ${directories.join(' ')}`;
}

/** The `H` lines of a PE image up to its CLI header. */
function* imageLines(image: PEImage): Generator<string> {
  const { coffHeader: coff } = image;
  yield `H file size=${image.bytes.length}`;
  const coffFields = `machine=${hexDigits(coff.machine)} sections=${coff.numberOfSections} time=${hexDigits(coff.timeDateStamp)}`;
  yield `H coff ${coffFields} chars=${hexDigits(coff.characteristics)}`;
  yield optionalHeaderLine(image);
  for (const [index, { rva, size }] of image.dataDirectories.slice(0, 16).entries()) {
    yield `H dir ${index} rva=${hexDigits(rva)} size=${hexDigits(size)}`;
  }
  for (const section of image.sections) {
    const place = `va=${hexDigits(section.virtualAddress)} vsize=${hexDigits(section.virtualSize)}`;
    const raw = `raw=${hexDigits(section.pointerToRawData)} rsize=${hexDigits(section.sizeOfRawData)}`;
    yield `H section name=${sectionName(section.nameBytes)} ${place} ${raw} chars=${hexDigits(section.characteristics)}`;
  }
  const cli = readCliHeader(image);
  if (cli !== undefined) yield cliHeaderLine(cli);
}

/** The `H` lines of metadata: root, streams, tables header, row counts. */
function* metadataLines({ root, tablesHeader, tables }: Metadata): Generator<string> {
  yield `H md version=${escapeName(root.version)} storage=${root.majorVersion}.${root.minorVersion} flags=${hexDigits(root.flags)}`;
  for (const { name, offset, size } of root.streams)
    yield `H stream name=${escapeName(name)} off=${hexDigits(offset)} size=${hexDigits(size)}`;
  const { majorVersion, minorVersion, heapSizes, valid, sorted } = tablesHeader;
  yield `H tables version=${majorVersion}.${minorVersion} heaps=${hexDigits(heapSizes)} valid=${hexDigits(valid)} sorted=${hexDigits(sorted)}`;
  for (const name of tableNames) {
    const { rowCount, rowSize } = tables[name];
    const id = hexDigits(TableId[name], 2);
    if (rowCount > 0) yield `H rows ${id} ${name} n=${rowCount} size=${rowSize}`;
  }
}

/** The `H` lines of the canonical format, without their line ends. @param image left out for metadata that stands alone */
export function* headerLines(metadata: Metadata, image?: PEImage): Generator<string> {
  if (image !== undefined) yield* imageLines(image);
  yield* metadataLines(metadata);
}
