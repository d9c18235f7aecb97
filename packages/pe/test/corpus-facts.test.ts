// Headers and directories of the corpus against recorded facts (skipped without ../shared).
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readDebugDirectory } from '../src/debug/index.ts';
import { functionAt, readArm64UnwindInfo, readExceptionDirectory, readX64UnwindInfo, UnwindFlags } from '../src/exceptions/index.ts';
import { readExportDirectory } from '../src/exports/index.ts';
import { readDelayImportDirectory, readImportDirectory } from '../src/imports/index.ts';
import { PEImage, readCliHeader, readRichHeader } from '../src/index.ts';
import { readLoadConfig } from '../src/load-config/index.ts';
import { readReadyToRunHeader } from '../src/ready-to-run/index.ts';
import { readBaseRelocations, relocationTypeName } from '../src/relocations/index.ts';
import { readTlsDirectory } from '../src/tls/index.ts';

const folder = fileURLToPath(new URL('../../../../shared/corpus/', import.meta.url));
const manifestFile = `${folder}manifest.json`;

interface Facts {
  readonly file: string;
  readonly pdata: { readonly functions: number; readonly handlers?: Readonly<Record<string, number>> } | null;
  readonly exports: readonly { readonly ordinal: number; readonly name?: string; readonly rva?: string }[];
  readonly [key: string]: unknown;
}

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;
const hex4 = (value: number): string => `0x${value.toString(16).padStart(4, '0')}`;

const symbolText = (symbol: { name?: string; ordinal?: number }): string => symbol.name ?? `#${symbol.ordinal}`;

const importsOf = (modules: readonly { name: string; symbols: readonly { name?: string; ordinal?: number }[] }[] | undefined) =>
  Object.fromEntries((modules ?? []).map(({ name, symbols }) => [name, symbols.map(symbolText).sort()]));

const countsOf = (modules: readonly { name: string; symbols: readonly unknown[] }[]) =>
  Object.fromEntries(modules.map(({ name, symbols }) => [name, symbols.length]));

function relocationsOf(image: PEImage) {
  const counts: Record<string, number> = {};
  for (const block of readBaseRelocations(image) ?? []) {
    for (const { type } of block.entries) {
      const name = relocationTypeName(type, image.machine).replace('ABSOLUTE', 'ABS');
      counts[name] = (counts[name] ?? 0) + 1;
    }
  }
  return counts;
}

function tlsOf(image: PEImage) {
  const tls = readTlsDirectory(image);
  return (
    tls && {
      rawSize: Number(tls.endAddressOfRawData - tls.startAddressOfRawData),
      indexRva: hex(image.vaToRva(tls.addressOfIndex)!),
      callbacks: tls.callbacks.map(hex),
      zeroFill: tls.sizeOfZeroFill,
      characteristics: hex(tls.characteristics),
    }
  );
}

function loadConfigOf(image: PEImage) {
  const config = readLoadConfig(image);
  return (
    config && {
      size: config.size,
      ...(config.securityCookie && { cookieRva: hex(image.vaToRva(config.securityCookie)!) }),
      ...(config.seHandlerCount && { seHandlerCount: Number(config.seHandlerCount) }),
      ...(config.guardFlags !== undefined && { guardFlags: hex(config.guardFlags), guardCFCount: Number(config.guardCFFunctionCount) }),
    }
  );
}

function pdataOf(image: PEImage) {
  const directory = readExceptionDirectory(image);
  if (directory === undefined) return null;
  const counts = { functions: directory.functions.length };
  if (directory.format === 'arm64') {
    const infos = directory.functions.map((entry) => readArm64UnwindInfo(image, entry));
    const packed = infos.filter((info) => info.packed).length;
    return { ...counts, packed, xdata: infos.length - packed, withHandler: infos.filter((info) => info.handler).length };
  }
  if (image.machineOs !== undefined) return counts;
  const infos = directory.functions.map((entry) => readX64UnwindInfo(image, entry));
  const handlers: Record<string, number> = {};
  for (const { handler } of infos) if (handler) handlers[hex(handler.rva)] = (handlers[hex(handler.rva)] ?? 0) + 1;
  return {
    ...counts,
    ehHandler: infos.filter(({ flags }) => flags & UnwindFlags.EHANDLER).length,
    unwindHandler: infos.filter(({ flags }) => flags & UnwindFlags.UHANDLER).length,
    chained: infos.filter(({ chained }) => chained).length,
    handlers,
  };
}

/** The manifest names what a handler's stub leads to; where the stub is, is ours. */
const expectedPdata = (pdata: Facts['pdata']) =>
  pdata?.handlers
    ? { ...pdata, handlers: Object.fromEntries(Object.entries(pdata.handlers).map(([key, count]) => [key.split(' ')[0], count])) }
    : pdata;

const debugNames: Readonly<Record<number, string>> = {
  2: 'CODEVIEW',
  10: 'RSVD10',
  12: 'VC_FEATURE',
  13: 'POGO',
  14: 'ILTCG',
  16: 'REPRO',
  17: 'EMBEDDED_PPDB',
  19: 'PDBCHECKSUM',
  20: 'EX_DLLCHARS',
};

function debugOf(image: PEImage) {
  return (readDebugDirectory(image) ?? []).map((entry) => ({
    type: debugNames[entry.type] ?? String(entry.type),
    size: entry.sizeOfData,
    rva: entry.addressOfRawData,
    ptr: entry.pointerToRawData,
    ...(entry.data?.kind === 'rsds' && { pdb: entry.data.path, age: entry.data.age, minor: minorOf(entry.minorVersion) }),
    ...(entry.data?.kind === 'vcFeature' && {
      vc_feature: [
        entry.data.preVC11,
        entry.data.cAndCpp,
        entry.data.gs,
        entry.data.sdl,
        ...(entry.data.guardN === undefined ? [] : [entry.data.guardN]),
      ],
    }),
    ...(entry.data?.kind === 'extendedDllCharacteristics' && { value: entry.data.value }),
  }));
}

const minorOf = (minor: number): string => hex4(minor);

function cliOf(image: PEImage) {
  const cli = readCliHeader(image);
  if (cli === undefined) return null;
  const place = ({ rva, size }: { rva: number; size: number }): unknown => [hex(rva), size];
  return {
    rva: hex(image.directory('cliHeader')!.rva),
    cb: cli.cb,
    runtime: `${cli.majorRuntimeVersion}.${String(cli.minorRuntimeVersion).padStart(2, '0')}`,
    corFlags: hex(cli.flags),
    entryPoint: hex(cli.entryPointTokenOrRva),
    resources: place(cli.resources),
    strongName: place(cli.strongNameSignature),
    vtFixups: place(cli.vTableFixups),
    exportAddressTable: place(cli.exportAddressTableJumps),
    managedNativeHeader: place(cli.managedNativeHeader),
  };
}

function readyToRunOf(image: PEImage) {
  const header = readReadyToRunHeader(image);
  return header?.kind === 'readyToRun'
    ? { sig: 'RTR\0', version: `${header.majorVersion}.${header.minorVersion}`, flags: hex(header.flags) }
    : undefined;
}

const sortedValues = (value: unknown): unknown =>
  Object.fromEntries(Object.entries(value as Record<string, readonly string[]>).map(([key, list]) => [key, [...list].sort()]));

/** For each fact of the manifest, how this library says it. */
const facts: Readonly<Record<string, (image: PEImage) => unknown>> = {
  machine: (image) => (image.machineOs === undefined ? image.machine : `${image.machine}^${image.machineOs}`),
  pe: (image) => (image.is64Bit ? 'PE32+' : 'PE32'),
  linker: ({ optionalHeader }) => `${optionalHeader.majorLinkerVersion}.${String(optionalHeader.minorLinkerVersion).padStart(2, '0')}`,
  rich: (image) => readRichHeader(image)?.entries.map(({ productId, build, count }) => [productId, build, count]) ?? null,
  timestamp: (image) => hex(image.coffHeader.timeDateStamp),
  coffChars: (image) => hex(image.coffHeader.characteristics),
  imageBase: (image) => hex(image.optionalHeader.imageBase),
  sizeOfImage: (image) => hex(image.optionalHeader.sizeOfImage),
  align: ({ optionalHeader }) => [hex(optionalHeader.sectionAlignment), hex(optionalHeader.fileAlignment)],
  subsystem: ({ optionalHeader }) =>
    `${optionalHeader.subsystem} v${optionalHeader.majorSubsystemVersion}.${optionalHeader.minorSubsystemVersion}`,
  dllChars: (image) => hex(image.optionalHeader.dllCharacteristics),
  sections: (image) =>
    image.sections.map((section) => [
      section.name,
      hex(section.virtualAddress),
      section.virtualSize,
      section.sizeOfRawData,
      hex(section.characteristics),
    ]),
  peEntryRva: (image) => hex(image.optionalHeader.addressOfEntryPoint),
  imports: (image) => importsOf(readImportDirectory(image)?.modules),
  importCounts: (image) => countsOf(readImportDirectory(image)?.modules ?? []),
  delayImports: (image) => importsOf(readDelayImportDirectory(image)?.modules),
  corMainImport: (image) =>
    (readImportDirectory(image)?.modules ?? []).flatMap(({ name, symbols }) =>
      symbols.filter((symbol) => symbol.name === '_CorDllMain' || symbol.name === '_CorExeMain').map((symbol) => `${name}!${symbol.name}`),
    ),
  exportDll: (image) => readExportDirectory(image)?.moduleName ?? null,
  exportCount: (image) => readExportDirectory(image)?.symbols.length ?? 0,
  relocs: relocationsOf,
  tls: (image) => tlsOf(image) ?? null,
  loadConfig: (image) => loadConfigOf(image) ?? null,
  pdata: pdataOf,
  debug: debugOf,
  cli: cliOf,
  r2r: readyToRunOf,
};

const expected: Readonly<Record<string, (value: unknown, entry: Facts) => unknown>> = {
  imports: sortedValues,
  delayImports: sortedValues,
  pdata: (_, entry) => expectedPdata(entry.pdata),
  cli: (value) => {
    if (value === null) return null;
    const { corFlagsText: _, ...rest } = value as Record<string, unknown>;
    return rest;
  },
};

describe.skipIf(!existsSync(manifestFile))('the facts of the 40 files of ../shared/corpus', () => {
  const { files } = existsSync(manifestFile) ? (JSON.parse(readFileSync(manifestFile, 'utf8')) as { files: Facts[] }) : { files: [] };

  test('are all here', () => {
    expect(files).toHaveLength(40);
  });

  test.each(files.map((entry) => [entry.file, entry] as const))('%s', (file, entry) => {
    const image = PEImage.parse(readFileSync(folder + file));
    for (const [name, say] of Object.entries(facts)) {
      const want = expected[name] ? expected[name](entry[name], entry) : entry[name];
      expect({ [name]: say(image) }).toEqual({ [name]: want });
    }
    const exported = readExportDirectory(image)?.symbols.map(({ ordinal, name, rva }) => ({
      ordinal,
      name,
      rva: rva === undefined ? undefined : hex(rva),
    }));
    if (entry.exports !== undefined)
      expect(exported ?? []).toEqual(entry.exports.map(({ ordinal, name, rva }) => ({ ordinal, name, rva })));
    expect(image.diagnostics.entries).toEqual([]);
  });

  test('a function is found by any address within it', () => {
    const image = PEImage.parse(readFileSync(`${folder}msvcp140-x64.dll`));
    const directory = readExceptionDirectory(image)!;
    const [first] = directory.functions;
    expect(functionAt(directory, first!.begin)).toBe(first);
    expect(functionAt(directory, first!.end! - 1)).toBe(first);
    expect(functionAt(directory, 0)).toBeUndefined();
  });
});
