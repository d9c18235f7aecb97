import { ByteWriter } from '@ijw/binary';
import { PEBuilder } from '../src/builder/index.ts';
import { buildDebugDirectory, codeViewEntry, pdbChecksumEntry, pogoEntry } from '../src/debug/index.ts';
import {
  packArm64Unwind,
  packArmUnwind,
  UnwindFlags,
  writeArm64UnwindInfo,
  writeArmUnwindInfo,
  writeX64UnwindInfo,
} from '../src/exceptions/index.ts';
import { exportDirectoryPart } from '../src/exports/index.ts';
import { buildDelayImports, buildImports, writeBoundImports } from '../src/imports/index.ts';
import { CorFlags, cliHeaderPart, Machine, SectionCharacteristics } from '../src/index.ts';
import { writeLoadConfig } from '../src/load-config/index.ts';
import { writeReadyToRunHeader } from '../src/ready-to-run/index.ts';
import {
  encodeIconGroup,
  encodeMessageTable,
  encodeStringTable,
  encodeVersionInfo,
  ResourceType,
  resourceDirectoryPart,
} from '../src/resources/index.ts';
import { type CoffSymbolInput, StorageClass, writeCoffSymbolTable } from '../src/symbols/index.ts';
import { tlsDirectoryPart } from '../src/tls/index.ts';

const versionInfo = {
  fixed: { fileVersion: '1.2.3.4', productVersion: '5.6.7.8', fileFlagsMask: 63, fileFlags: 0, fileOs: 4, fileType: 2, fileSubtype: 0 },
  stringTables: [
    {
      language: '040904b0',
      strings: [
        { name: 'CompanyName', value: 'Ünï' },
        { name: 'Empty', value: '' },
      ],
    },
  ],
  translations: [{ language: 0x409, codePage: 1200 }],
};

export const sampleResources = {
  versionInfo,
  messages: [
    { id: 1, text: 'One\r\n' },
    { id: 2, text: 'Two' },
    { id: 0x1000, text: 'Far' },
  ],
  strings: [
    { id: 16, text: 'sixteen' },
    { id: 31, text: 'thirty-one' },
  ],
  icons: { kind: 'icon' as const, entries: [{ width: 256, height: 16, colors: 0, planes: 1, bitCount: 32, size: 4, id: 7 }] },
};

/** One of every form of auxiliary record. */
export const sampleSymbols = [
  {
    name: '.file',
    value: 0,
    section: -2,
    type: 0,
    storageClass: StorageClass.FILE,
    auxiliaries: [{ kind: 'file', fileName: 'a-name-of-more-than-18.c' }],
  },
  {
    name: 'a_function_with_a_long_name',
    value: 16,
    section: 1,
    type: 0x20,
    storageClass: StorageClass.EXTERNAL,
    auxiliaries: [{ kind: 'function', tagIndex: 4, totalSize: 8, pointerToLineNumber: 0, pointerToNextFunction: 0 }],
  },
  {
    name: '.bf',
    value: 0,
    section: 1,
    type: 0,
    storageClass: StorageClass.FUNCTION,
    auxiliaries: [{ kind: 'functionBoundary', lineNumber: 12, pointerToNextFunction: 0 }],
  },
  {
    name: '.text',
    value: 0,
    section: 1,
    type: 0,
    storageClass: StorageClass.STATIC,
    auxiliaries: [{ kind: 'section', length: 8, numberOfRelocations: 1, numberOfLineNumbers: 2, checkSum: 3, number: 4, selection: 5 }],
  },
  {
    name: 'weak',
    value: 0,
    section: 0,
    type: 0,
    storageClass: StorageClass.WEAK_EXTERNAL,
    auxiliaries: [{ kind: 'weakExternal', tagIndex: 2, characteristics: 3 }],
  },
  {
    name: '@feat.00',
    value: 0xffffffff,
    section: -1,
    type: 0,
    storageClass: StorageClass.STATIC,
    auxiliaries: [],
  },
  {
    name: 'token',
    value: 0x06000001,
    section: 0,
    type: 0,
    storageClass: StorageClass.CLR_TOKEN,
    auxiliaries: [
      { kind: 'clrToken', auxiliaryType: 1, symbolTableIndex: 7 },
      { kind: 'unknown', bytes: Uint8Array.from({ length: 18 }, (_, index) => index) },
    ],
  },
] as const satisfies readonly CoffSymbolInput[];

const resources = () => [
  { type: ResourceType.VERSION, name: 1, language: 1033, bytes: encodeVersionInfo(versionInfo) },
  { type: ResourceType.MANIFEST, name: 2, language: 1033, bytes: new TextEncoder().encode('<assembly/>') },
  { type: ResourceType.STRING, name: 2, language: 1033, bytes: encodeStringTable(sampleResources.strings, 2) },
  { type: ResourceType.MESSAGETABLE, name: 1, language: 1033, bytes: encodeMessageTable(sampleResources.messages) },
  { type: ResourceType.GROUP_ICON, name: 'APP', language: 0, bytes: encodeIconGroup(sampleResources.icons) },
  { type: ResourceType.ICON, name: 7, language: 0, bytes: Uint8Array.of(1, 2, 3, 4) },
];

function exceptionData(builder: PEBuilder, machine: number): void {
  const writer = new ByteWriter();
  const section = builder.addSection('.pdata', { rva: 0x20000 });
  if (machine === Machine.AMD64) {
    const operations = [
      { codeOffset: 8, operation: 'allocate', size: 0x28 },
      { codeOffset: 4, operation: 'pushNonvolatile', register: 3 },
    ] as const;
    const base = { version: 1, sizeOfPrologue: 8, frameOffset: 0, operations };
    const first = writeX64UnwindInfo({ ...base, flags: UnwindFlags.EHANDLER, handlerRva: 0x1000 });
    const chained = { begin: 0x1000, end: 0x1008, unwindData: 0x20020 };
    const second = writeX64UnwindInfo({ ...base, flags: UnwindFlags.CHAININFO, chained });
    writer.u32(0x1000).u32(0x1008).u32(0x20020).u32(0x1008).u32(0x1010).u32(0x20040).fill(8);
    writer
      .bytes(first)
      .fill(0x40 - writer.length)
      .bytes(second);
    builder.setDirectory('exception', { rva: 0x20000, size: 24 });
  } else if (machine === Machine.ARMNT) {
    const packed = {
      fragment: false,
      functionLength: 16,
      return: 0,
      homes: true,
      reg: 2,
      floats: false,
      link: true,
      chain: true,
      stackAdjust: 4,
    } as const;
    const record = writeArmUnwindInfo({
      functionLength: 32,
      prologue: [
        { code: 'add_sp', size: 24, width: 16 },
        { code: 'pop', registers: ['r4', 'r5', 'lr'], width: 16 },
      ],
      epilogues: [{ startOffset: 24, condition: 14, operations: [{ code: 'end', width: 32 }] }],
      handlerRva: 0x1000,
    });
    writer.u32(0x1000).u32(packArmUnwind(packed)).u32(0x1010).u32(0x20020).fill(16).bytes(record);
    builder.setDirectory('exception', { rva: 0x20000, size: 16 });
  } else {
    const packed = { fragment: false, functionLength: 16, regF: 0, regI: 2, homes: false, chain: 3, frameSize: 64 } as const;
    const record = writeArm64UnwindInfo({
      functionLength: 32,
      prologue: [{ code: 'set_fp' }, { code: 'save_fplr_x', registers: ['fp', 'lr'], offset: -16 }],
      epilogues: [{ startOffset: 24, operations: [{ code: 'save_fplr_x', registers: ['fp', 'lr'], offset: -16 }] }],
      handlerRva: 0x1000,
    });
    writer.u32(0x1000).u32(packArm64Unwind(packed)).u32(0x1010).u32(0x20020).fill(16).bytes(record);
    builder.setDirectory('exception', { rva: 0x20000, size: 16 });
  }
  section.add(writer.toBytes());
}

/** An image that has every directory, small enough to be changed byte by byte. */
export function buildEverything(machine: number) {
  const builder = new PEBuilder({ machine });
  const { pointerSize } = builder;
  const text = builder.addSection('.text', { characteristics: SectionCharacteristics.CNT_CODE | SectionCharacteristics.MEM_EXECUTE });
  const code = text.add(Uint8Array.of(0xff, 0x25, 0, 0, 0, 0, 0xc3, 0xcc), { alignment: 16 });
  const data = builder.addSection('.data', {
    characteristics: SectionCharacteristics.MEM_WRITE | SectionCharacteristics.CNT_INITIALIZED_DATA,
  });
  const variables = data.add(new Uint8Array(64), { alignment: 16 });
  const imports = buildImports([{ name: 'a.dll', symbols: [{ name: 'One', hint: 1 }, { ordinal: 2 }] }], pointerSize);
  const delayed = buildDelayImports([{ name: 'b.dll', symbols: [{ name: 'Two' }, { ordinal: 3 }] }], pointerSize);
  data.add(imports.addressTable);
  data.add(delayed.addressTable);
  const rdata = builder.addSection('.rdata');
  for (const [name, part] of [
    ['import', imports.directory],
    ['delayImport', delayed.directory],
    [
      'export',
      exportDirectoryPart({
        moduleName: 'every.dll',
        symbols: [
          { ordinal: 1, name: 'first', target: { part: code } },
          { ordinal: 4, forwarder: 'other.Name' },
        ],
      }),
    ],
    [
      'tls',
      tlsDirectoryPart(
        {
          index: { part: variables },
          rawData: { start: { part: variables, offset: 8 }, end: { part: variables, offset: 16 } },
          callbacks: [{ part: code }],
        },
        pointerSize,
      ),
    ],
    ['resource', resourceDirectoryPart(resources())],
  ] as const) {
    rdata.add(part);
    builder.setDirectory(name, part);
  }
  const debug = buildDebugDirectory([
    codeViewEntry('00112233-4455-6677-8899-aabbccddeeff', 3, 'every.pdb'),
    pdbChecksumEntry('SHA256', new Uint8Array(32)),
    pogoEntry('LTCG', [{ rva: 0x1000, size: 8, name: '.text$mn' }]),
    { type: 16 },
  ]);
  builder.setDirectory('debug', rdata.add(debug.directory));
  rdata.add(debug.data);
  builder.setDirectory(
    'boundImport',
    rdata.add(writeBoundImports({ modules: [{ name: 'a.dll', timeDateStamp: 1, forwarders: [{ name: 'c.dll', timeDateStamp: 2 }] }] })),
  );
  const tableRva = 0x18000;
  const config = {
    size: pointerSize === 8 ? 320 : 192,
    guardFlags: 0x10000500,
    guardCFFunctionTable: builder.imageBase + BigInt(tableRva),
    guardCFFunctionCount: 2n,
  };
  builder.setDirectory('loadConfig', rdata.add(writeLoadConfig(config, pointerSize)));
  builder.addSection('.gfids', { rva: tableRva }).add(Uint8Array.of(0, 0x10, 0, 0, 1, 6, 0x10, 0, 0, 0));
  const readyToRun = rdata.add(
    writeReadyToRunHeader({ majorVersion: 9, minorVersion: 1, flags: 3, sections: [{ type: 102, rva: 0x1000, size: 8 }] }),
  );
  const cli = cliHeaderPart((plan) => ({
    flags: CorFlags.ILONLY,
    managedNativeHeader: { rva: plan.rvaOf(readyToRun), size: plan.sizeOf(readyToRun) },
  }));
  builder.setDirectory('cliHeader', rdata.add(cli));
  if (machine !== Machine.I386) exceptionData(builder, machine);
  builder.relocate({ part: variables });
  builder.relocate({ part: variables, offset: 16 }, 4, 0x1234);
  builder.addSection('.reloc', { rva: 0x30000 }).add(builder.relocationsPart());
  builder.setSymbolTable(writeCoffSymbolTable(sampleSymbols));
  return { builder, bytes: builder.build(), code, variables };
}
