// Files that Windows or the CLR refuse by their headers, as packers for Mono make them, and files that are cut: they are read with a diagnostic, and `load` refuses them.
import { managedSample } from '@ijw/fixtures';
import { Metadata, type Table } from '@ijw/metadata';
import { PEImage, readCliHeader } from '@ijw/pe';
import { describe, expect, it } from 'vitest';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const original = managedSample();
const image = PEImage.parse(original);
const cliHeader = image.rvaToOffset(image.directory('cliHeader')!.rva)!;
const optionalHeader = image.signatureOffset + 24;
const sectionTable = optionalHeader + image.coffHeader.sizeOfOptionalHeader;

function changed(change: (view: DataView, bytes: Uint8Array) => void): Uint8Array {
  const bytes = original.slice();
  change(new DataView(bytes.buffer), bytes);
  return bytes;
}

async function ijw(bytes: Uint8Array, ...words: readonly [string, ...string[]]) {
  const io = memoryIo({ 'a.dll': bytes });
  const exitCode = await run([words[0], 'a.dll', ...words.slice(1)], io);
  return { exitCode, text: io.output.text, errors: io.errors.text };
}

const methodsOf = (text: string): number => text.split('} // end of method').length - 1;

describe.each([
  ['the PE signature PE 0 1', 'BAD_PE_SIGNATURE', 'peSignature', changed((_, bytes) => bytes.set([0, 1], image.signatureOffset + 2))],
  ['the PE signature PE M 0', 'BAD_PE_SIGNATURE', 'peSignature', changed((_, bytes) => bytes.set([0x4d, 0], image.signatureOffset + 2))],
  ['a CLI header of 0 bytes', 'BAD_CLI_HEADER_SIZE', 'cliHeaderSize', changed((view) => view.setUint32(cliHeader, 0, true))],
  ['a CLI header of 71 bytes', 'BAD_CLI_HEADER_SIZE', 'cliHeaderSize', changed((view) => view.setUint32(cliHeader, 71, true))],
  ['metadata of 0 bytes', 'BAD_METADATA_SIZE', 'metadataRoot', changed((view) => view.setUint32(cliHeader + 12, 0, true))],
  ['metadata of 64 bytes', 'BAD_METADATA_SIZE', 'metadataRoot', changed((view) => view.setUint32(cliHeader + 12, 64, true))],
])('%s', (_, code, rule, bytes) => {
  it('headers, tables and IL are read, with a diagnostic', async () => {
    const headers = await ijw(bytes, 'headers', '--json');
    expect(JSON.parse(headers.text)).toMatchObject({ cli: { metaData: {} }, sections: [{ name: '.text' }] });
    const tables = await ijw(bytes, 'tables', '--raw');
    expect(tables.text).toBe((await ijw(original, 'tables', '--raw')).text);
    const dis = await ijw(bytes, 'dis');
    expect(methodsOf(dis.text)).toBe(24);
    expect([dis.exitCode, dis.errors]).toEqual([1, expect.stringContaining(code)]);
    const listing = await ijw(bytes, 'dis', '--listing');
    expect(listing.text).toBe((await ijw(original, 'dis', '--listing')).text);
    expect([listing.exitCode, listing.errors]).toEqual([1, expect.stringContaining(code)]);
  });

  it('load refuses it', async () => {
    const { text } = await ijw(bytes, 'load', '--json');
    expect(JSON.parse(text)).toMatchObject({ outcome: 'refused', rule });
  });
});

describe.each([
  ['at its start', sectionTable],
  ['within its header', sectionTable + 25],
])('a file that ends in the section table, %s', (_, length) => {
  const bytes = original.subarray(0, length);

  it('shows DOS, COFF and optional header', async () => {
    const document = JSON.parse((await ijw(bytes, 'headers', '--json')).text);
    expect(document).toMatchObject({ dos: { magic: 0x5a4d }, coff: { numberOfSections: 1 }, optional: { magic: 0x10b }, sections: [] });
    expect(document.directories).toHaveLength(16);
    expect(document.diagnostics).toContainEqual(expect.objectContaining({ code: 'TRUNCATED', reading: 'the section table' }));
  });

  it('load refuses it', async () => {
    expect(JSON.parse((await ijw(bytes, 'load', '--json')).text)).toMatchObject({ outcome: 'refused' });
  });
});

it('methods and fields that belong to no type are printed, and said to', async () => {
  const metadata = Metadata.of(image)!;
  const table: Table = metadata.tables.TypeDef;
  const column = (name: string) => table.columns.find((each) => each.name === name)!;
  const tables = image.rvaToOffset(readCliHeader(image)!.metaData.rva)! + metadata.root.streams.find(({ name }) => name === '#~')!.offset;
  const bytes = changed((view) => {
    for (const rid of [1, 2])
      for (const name of ['MethodList', 'FieldList'])
        view.setUint16(tables + table.offset + (rid - 1) * table.rowSize + column(name).offset, name === 'MethodList' ? 3 : 2, true);
  });
  const { exitCode, text } = await ijw(bytes, 'dis');
  expect(exitCode).toBe(1);
  expect(methodsOf(text)).toBe(24);
  for (const member of ['method 0x06000001', 'method 0x06000002', 'field 0x04000001'])
    expect(text).toContain(`//@error NO_OWNER: The ${member} does not belong to a type`);
});
