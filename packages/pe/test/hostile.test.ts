// Mutated images: a value or a BadImageError, with bounded work.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { BadImageError } from '@ijw/binary';
import { describe, expect, test } from 'vitest';
import { PEBuilder } from '../src/builder/index.ts';
import { readCertificates } from '../src/certificates/index.ts';
import { readSingleFileBundle, readWebcil, webcilOfWasm } from '../src/containers/index.ts';
import { readDebugDirectory } from '../src/debug/index.ts';
import { readExceptionDirectory, readUnwindInformation, readUnwoundFunctions } from '../src/exceptions/index.ts';
import { readExportDirectory } from '../src/exports/index.ts';
import { readBoundImportDirectory, readDelayImportDirectory, readImportDirectory } from '../src/imports/index.ts';
import { detectContainer, imageChecksum, imageKind, Machine, overlayOf, PEImage, readCliHeader, readRichHeader } from '../src/index.ts';
import { readGuardTable, readLoadConfig } from '../src/load-config/index.ts';
import { readReadyToRunHeader } from '../src/ready-to-run/index.ts';
import { readBaseRelocations } from '../src/relocations/index.ts';
import {
  decodeIconGroup,
  decodeManifest,
  decodeMessageTable,
  decodeStringTable,
  decodeVersionInfo,
  listResources,
  readResourceDirectory,
  resourceBytes,
} from '../src/resources/index.ts';
import { readCoffSymbolTable } from '../src/symbols/index.ts';
import { readTlsDirectory } from '../src/tls/index.ts';
import { buildEverything } from './everything-image.ts';

/** A deterministic sequence (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

/** Anything but `BadImageError` is a defect. */
function endsWell(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof BadImageError)) throw error;
  }
}

function readResources(image: PEImage): void {
  const root = readResourceDirectory(image);
  if (root === undefined) return;
  for (const resource of listResources(root)) {
    endsWell(() => {
      const bytes = resourceBytes(image, resource);
      for (const decode of [decodeVersionInfo, decodeMessageTable, decodeIconGroup, decodeManifest]) endsWell(() => decode(bytes));
      endsWell(() => decodeStringTable(bytes, 1));
    });
  }
}

function readUnwinding(image: PEImage): void {
  const directory = readExceptionDirectory(image);
  for (const entry of directory?.functions.slice(0, 50) ?? []) {
    endsWell(() => readUnwindInformation(image, directory!.format, entry));
  }
}

const guardTables = ['seHandler', 'guardCFFunction', 'guardAddressTakenIatEntry', 'guardLongJumpTarget', 'guardEHContinuation'] as const;

const readers: readonly ((image: PEImage) => unknown)[] = [
  imageChecksum,
  imageKind,
  overlayOf,
  readRichHeader,
  readCliHeader,
  readImportDirectory,
  readDelayImportDirectory,
  readBoundImportDirectory,
  readExportDirectory,
  readBaseRelocations,
  readDebugDirectory,
  readTlsDirectory,
  readLoadConfig,
  ...guardTables.map((name) => (image: PEImage) => readGuardTable(image, name)),
  readReadyToRunHeader,
  readCertificates,
  readCoffSymbolTable,
  readResources,
  readUnwinding,
  (image) => image.sections.map((section) => image.sectionBytes(section)),
  (image) => image.sections.map((section) => image.bytesAt(section.virtualAddress, section.virtualSize)),
];

/** The whole of the package over some bytes. */
function readEverything(bytes: Uint8Array): void {
  detectContainer(bytes);
  endsWell(() => readSingleFileBundle(bytes));
  endsWell(() => readWebcil(webcilOfWasm(bytes)?.bytes ?? bytes));
  for (const layout of ['file', 'mapped'] as const) {
    endsWell(() => {
      const image = PEImage.parse(bytes, { layout });
      for (const read of readers) endsWell(() => read(image));
    });
  }
}

const extremes = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];

/** One of: bytes flipped, a word set to an extreme or to an address of the image, a truncation. */
function mutate(original: Uint8Array, random: () => number): Uint8Array {
  const pick = (limit: number): number => Math.floor(random() * limit);
  const bytes = original.slice();
  const view = new DataView(bytes.buffer);
  if (random() < 0.1) return bytes.subarray(0, pick(bytes.length));
  for (let count = 1 + pick(6); count > 0; count--) {
    const area = random() < 0.4 ? Math.min(bytes.length, 1024) : bytes.length;
    const at = pick(area - 4);
    const kind = random();
    if (kind < 0.4) bytes[at] = pick(256);
    else if (kind < 0.7) view.setUint32(at & ~3, extremes[pick(extremes.length)]!, true);
    else if (kind < 0.85) view.setUint16(at & ~1, extremes[pick(8)]!, true);
    else view.setUint32(at & ~3, 0x1000 + pick(0x8000), true);
  }
  return bytes;
}

const edge = join(dirname(createRequire(import.meta.url).resolve('edge-js/package.json')), 'lib/native/win32');
const realFiles = ['x64/24', 'ia32/22', 'arm64/24']
  .map((folder) => join(edge, folder, 'edge_nativeclr.node'))
  .filter((file) => existsSync(file));

describe('hostile images end in a value or a BadImageError', () => {
  test.each([
    ['x64', 0x8664],
    ['x86', 0x14c],
    ['arm64', 0xaa64],
    ['arm', 0x1c4],
  ] as const)('1 000 mutations of an image for %s with every directory', (_, machine) => {
    const { bytes } = buildEverything(machine);
    const random = randomOf(machine);
    for (let index = 0; index < 1000; index++) readEverything(mutate(bytes, random));
  });

  test.each(realFiles.map((file) => [file.slice(edge.length + 1), file]))('200 mutations of %s', (_, file) => {
    const bytes = new Uint8Array(readFileSync(file));
    const random = randomOf(42);
    for (let index = 0; index < 200; index++) readEverything(mutate(bytes, random));
  });

  test('every truncation of a small image', () => {
    const { bytes } = buildEverything(0x8664);
    for (let length = 0; length < 2048; length++) readEverything(bytes.subarray(0, length));
  });
});

describe('hostile structures cost no more than their file', () => {
  test('65 535 sections over each other', () => {
    const { builder } = buildEverything(0x8664);
    const first = builder.layout().sections.length;
    for (let index = first; index < 65_535; index++) builder.addSection('x', { rva: 0x1000, virtualSize: 0x10000 + index });
    const image = PEImage.parse(builder.build());
    expect(image.sections).toHaveLength(65_535);
    expect(image.sectionAt(0x1000)).toBe(image.sections[first]);
    expect(image.segments.length).toBeLessThan(140_000);
    for (let rva = 0; rva < 200_000; rva++) image.rvaToOffset(rva);
  });

  test('import descriptors that share one long table of names', () => {
    const bytes = new Uint8Array(0x200000);
    const { builder } = buildEverything(0x14c);
    const view = new DataView(bytes.buffer);
    const start = 0x400000;
    const table = 0x100000;
    const name = 0x1c0000;
    for (let at = 0; at + 40 < table; at += 20) {
      view.setUint32(at, start + table, true);
      view.setUint32(at + 12, start + name, true);
      view.setUint32(at + 16, start + table, true);
    }
    for (let at = table; at + 8 < name; at += 4) view.setUint32(at, start + name, true);
    bytes.fill(0x41, name, name + 0x3000);
    builder.addSection('evil', { rva: start }).add(bytes);
    builder.setDirectory('import', { rva: start, size: 0x100 });
    const image = PEImage.parse(builder.build());
    readImportDirectory(image);
    expect(image.diagnostics.entries.at(-1)).toMatchObject({ code: 'TOO_MUCH_DATA' });
  });

  test('unwind information that all functions share', () => {
    const builder = new PEBuilder({ machine: Machine.ARMNT });
    const count = 0x8000;
    const entries = new Uint8Array(count * 8 + 0x400);
    const view = new DataView(entries.buffer);
    for (let index = 0; index < count; index++) view.setUint32(index * 8 + 4, 0x10000 + count * 8, true);
    view.setUint32(count * 8 + 4, 200 << 16, true);
    builder.addSection('.pdata', { rva: 0x10000 }).add(entries);
    builder.setDirectory('exception', { rva: 0x10000, size: count * 8 });
    const image = PEImage.parse(builder.build());
    expect(readUnwoundFunctions(image, readExceptionDirectory(image)!).length).toBeLessThan(count / 10);
    expect(image.diagnostics.entries).toMatchObject([{ code: 'TOO_MUCH_DATA', reading: 'unwind information' }]);
  });

  test('a resource table that contains itself', () => {
    const { builder } = buildEverything(0x8664);
    const table = new Uint8Array(16 + 100 * 8);
    const view = new DataView(table.buffer);
    view.setUint16(14, 100, true);
    for (let at = 16; at < table.length; at += 8) view.setUint32(at + 4, 0x80000000, true);
    const rva = 0x500000;
    builder.addSection('evil', { rva }).add(table);
    builder.setDirectory('resource', { rva, size: table.length });
    const image = PEImage.parse(builder.build());
    readResourceDirectory(image);
    expect(new Set(image.diagnostics.entries.map(({ code }) => code))).toEqual(new Set(['RESOURCES_TOO_DEEP', 'TOO_MUCH_DATA']));
  });

  test('a virtual size of 4 GiB is not allocated', () => {
    const { builder } = buildEverything(0x8664);
    const rva = 0x600000;
    builder.addSection('big', { rva, header: { virtualSize: 0xf0000000 } }).add(new Uint8Array(16));
    const image = PEImage.parse(builder.build());
    expect(() => image.bytesAt(rva, 0xe0000000)).toThrow(expect.objectContaining({ code: 'COUNT_TOO_LARGE' }));
    expect(image.readerAt(rva + 0x80000000).u32()).toBe(0);
  });
});
