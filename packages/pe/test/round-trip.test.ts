// Writers and readers of every directory are inverse.
import { ByteReader } from '@ijw/binary';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ImagePart, PEBuilder } from '../src/builder/index.ts';
import { readCertificates, writeCertificates } from '../src/certificates/index.ts';
import {
  type Arm64UnwindOperation,
  decodeArm64UnwindCode,
  encodeArm64UnwindCode,
  packArm64Unwind,
  readArm64UnwindInfo,
  readExceptionDirectory,
  readX64UnwindInfo,
  unpackArm64Unwind,
  writeArm64UnwindInfo,
  writeX64UnwindInfo,
} from '../src/exceptions/index.ts';
import { exportDirectoryPart, readExportDirectory } from '../src/exports/index.ts';
import type { DirectoryName } from '../src/headers/data-directory.ts';
import {
  buildDelayImports,
  buildImports,
  readBoundImportDirectory,
  readDelayImportDirectory,
  readImportDirectory,
  type SymbolInput,
  writeBoundImports,
} from '../src/imports/index.ts';
import { cliHeaderPart, Machine, PEImage, readCliHeader, readRichHeader, writeRichHeader } from '../src/index.ts';
import { loadConfigLayout, readLoadConfig, writeLoadConfig } from '../src/load-config/index.ts';
import { readReadyToRunHeader, writeReadyToRunHeader } from '../src/ready-to-run/index.ts';
import { RelocationType, readBaseRelocations } from '../src/relocations/index.ts';
import {
  decodeIconGroup,
  decodeMessageTable,
  decodeStringTable,
  decodeVersionInfo,
  encodeIconGroup,
  encodeMessageTable,
  encodeStringTable,
  encodeVersionInfo,
  listResources,
  readResourceDirectory,
  resourceBytes,
  resourceDirectoryPart,
} from '../src/resources/index.ts';
import { readTlsDirectory, tlsDirectoryPart } from '../src/tls/index.ts';

const u8 = fc.integer({ min: 0, max: 0xff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const machine = fc.constantFrom(Machine.I386, Machine.AMD64, Machine.ARM64);
const name = fc.stringMatching(/^[\x21-\x7e]{1,40}$/);
const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((value) => !value.includes('\0'));
const bytes = fc.uint8Array({ maxLength: 100 });

/** A property whose check is an expectation. */
const holds = <T>(values: fc.Arbitrary<T>, check: (value: T) => void): void =>
  fc.assert(
    fc.property(values, (value) => {
      check(value);
    }),
  );

/** An image that holds a part and has it as a directory. */
function imageWith(directory: DirectoryName, makePart: (builder: PEBuilder) => ImagePart, options: { machine?: number } = {}): PEImage {
  const builder = new PEBuilder(options);
  const section = builder.addSection('.rdata');
  builder.setDirectory(directory, section.add(makePart(builder)));
  return PEImage.parse(builder.build());
}

const partOf = (content: Uint8Array): ImagePart => ({ alignment: 8, size: content.length, write: () => content });

const symbols = fc.uniqueArray(fc.oneof(fc.record({ name, hint: u16 }), fc.record({ ordinal: u16 })), {
  selector: (symbol) => ('name' in symbol ? symbol.name : symbol.ordinal),
  maxLength: 8,
});
const modules = fc.uniqueArray(fc.record({ name: name.map((value) => `${value}.dll`), symbols }), {
  selector: (module) => module.name,
  maxLength: 4,
});

const withoutSlots = (list: readonly { readonly name: string; readonly symbols: readonly { readonly iatRva: number }[] }[] | undefined) =>
  list?.map((module) => ({ name: module.name, symbols: module.symbols.map(({ iatRva: _, ...symbol }) => symbol as SymbolInput) }));

describe('what is written is read', () => {
  test('imports, and the slots are where the builder says', () => {
    fc.assert(
      fc.property(machine, modules, (number, input) => {
        const builder = new PEBuilder({ machine: number });
        const tables = buildImports(input, builder.pointerSize);
        const section = builder.addSection('.rdata');
        builder.setDirectory('import', section.add(tables.directory));
        section.add(tables.addressTable);
        const start = builder.layout().rvaOf(tables.addressTable);
        const read = readImportDirectory(PEImage.parse(builder.build()))!.modules;
        expect(withoutSlots(read)).toEqual(input);
        for (const module of read) {
          for (const symbol of module.symbols) {
            const key = symbol.name ?? { ordinal: symbol.ordinal! };
            expect(symbol.iatRva).toBe(start + tables.slotOffset(module.name, key));
          }
        }
      }),
    );
  });

  test('delay imports', () => {
    fc.assert(
      fc.property(machine, modules, (number, input) => {
        const builder = new PEBuilder({ machine: number });
        const tables = buildDelayImports(input, builder.pointerSize);
        const section = builder.addSection('.rdata');
        builder.setDirectory('delayImport', section.add(tables.directory));
        section.add(tables.addressTable);
        const image = PEImage.parse(builder.build());
        expect(withoutSlots(readDelayImportDirectory(image)!.modules)).toEqual(input);
        expect(image.diagnostics.entries).toEqual([]);
      }),
    );
  });

  test('bound imports', () => {
    const reference = fc.record({ name, timeDateStamp: fc.integer({ min: 1, max: 0xffffffff }) });
    const bound = fc.array(fc.tuple(reference, fc.array(reference, { maxLength: 3 })), { maxLength: 5 });
    fc.assert(
      fc.property(bound, (input) => {
        const directory = { modules: input.map(([module, forwarders]) => ({ ...module, forwarders })) };
        expect(readBoundImportDirectory(imageWith('boundImport', () => partOf(writeBoundImports(directory))))).toEqual(directory);
      }),
    );
  });

  test('exports: by ordinal, by name, several names, forwarders', () => {
    const one = fc.record({
      ordinal: fc.integer({ min: 1, max: 300 }),
      name: fc.option(name, { nil: undefined }),
      rva: fc.option(u32, { nil: undefined }),
    });
    const list = fc.uniqueArray(one, { selector: (symbol) => symbol.ordinal, maxLength: 20 });
    fc.assert(
      fc.property(list, (input) => {
        const exports = input.map(({ ordinal, name: exported, rva }) => ({
          ordinal,
          ...(exported !== undefined && { name: exported }),
          // Far from the directory, or the address would be taken for a forwarder.
          ...(rva === undefined ? { forwarder: `other.#${ordinal}` } : { target: 0x100000 + (rva % 0x1000000) }),
        }));
        const read = readExportDirectory(imageWith('export', () => exportDirectoryPart({ moduleName: 'm.dll', symbols: exports })))!;
        const expected = [...exports]
          .sort((first, second) => first.ordinal - second.ordinal)
          .map(({ ordinal, name: exported, ...rest }) => ({
            ordinal,
            ...(exported !== undefined && { name: exported }),
            ...('target' in rest ? { rva: rest.target } : rest),
          }));
        expect(read.symbols).toEqual(expected);
      }),
    );
  });

  test('base relocations of every type', () => {
    const relocation = fc.record({ rva: fc.integer({ min: 0, max: 0xffffff }), type: fc.constantFrom(1, 2, 3, 5, 7, 8, 9, 10) });
    const high = fc.record({ rva: fc.integer({ min: 0, max: 0xffffff }), type: fc.constant(RelocationType.HIGHADJ), adjustment: u16 });
    fc.assert(
      fc.property(fc.array(fc.oneof(relocation, high), { maxLength: 30 }), (input) => {
        const builder = new PEBuilder();
        for (const { rva, type, ...rest } of input) builder.relocate(rva, type, 'adjustment' in rest ? rest.adjustment : undefined);
        builder.addSection('.reloc').add(builder.relocationsPart());
        const blocks = readBaseRelocations(PEImage.parse(builder.build())) ?? [];
        const entries = blocks.flatMap((block) => block.entries).filter(({ type }) => type !== RelocationType.ABSOLUTE);
        const page = (rva: number): number => Math.floor(rva / 0x1000);
        expect(entries).toEqual([...input].sort((first, second) => page(first.rva) - page(second.rva)));
      }),
    );
  });

  test('the CLI header', () => {
    const place = fc.record({ rva: u32, size: u32 });
    const header = fc.record({
      cb: u32,
      majorRuntimeVersion: u16,
      minorRuntimeVersion: u16,
      flags: u32,
      entryPointTokenOrRva: u32,
      metaData: place,
      resources: place,
      strongNameSignature: place,
      codeManagerTable: place,
      vTableFixups: place,
      exportAddressTableJumps: place,
      managedNativeHeader: place,
    });
    holds(header, (input) => expect(readCliHeader(imageWith('cliHeader', () => cliHeaderPart(input)))).toEqual(input));
  });

  test('the TLS directory', () => {
    fc.assert(
      fc.property(machine, fc.array(fc.integer({ min: 1, max: 0xffffff })), u32, (number, callbacks, sizeOfZeroFill) => {
        const make = (builder: PEBuilder): ImagePart => tlsDirectoryPart({ index: 0x1234, callbacks, sizeOfZeroFill }, builder.pointerSize);
        const image = imageWith('tls', make, { machine: number });
        const tls = readTlsDirectory(image)!;
        expect(tls).toMatchObject({ callbacks, sizeOfZeroFill, startAddressOfRawData: 0n });
        expect(image.vaToRva(tls.addressOfIndex)).toBe(0x1234);
        expect(image.directory('tls')!.size).toBe(image.is64Bit ? 40 : 24);
      }),
    );
  });

  test.each([4, 8] as const)('the load configuration of every size, pointers of %i bytes', (pointerSize) => {
    const layout = loadConfigLayout(pointerSize);
    for (let size = 4; size <= layout.at(-1)!.offset + pointerSize + 8; size += 2) {
      const config: Record<string, number | bigint> = { size };
      for (const [index, { name: field, offset, width, wide }] of layout.entries()) {
        if (field === 'size' || offset + width > size) continue;
        config[field] = wide ? BigInt(index + 1) : index + 1;
      }
      const input = config as { size: number };
      const make = (): ImagePart => partOf(writeLoadConfig(input, pointerSize));
      expect(readLoadConfig(imageWith('loadConfig', make, { machine: pointerSize === 8 ? Machine.AMD64 : Machine.I386 }))).toEqual(input);
    }
  });

  test('the Rich header, whose checksum holds until something is changed', () => {
    const entry = fc.record({ productId: u16, build: u16, count: fc.integer({ min: 0, max: 0x7fffffff }) });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), (entries) => {
        const plain = new PEBuilder().build().subarray(0, 0x80);
        const rich = writeRichHeader(entries, plain);
        const dosStub = new Uint8Array([...plain.subarray(0x40), ...rich]);
        const built = new PEBuilder({ dosStub }).build();
        const header = readRichHeader(PEImage.parse(built))!;
        expect(header).toMatchObject({ offset: 0x80, size: rich.length, entries });
        expect(header.computedKey).toBe(header.key);
        built[0x50]! ^= 1;
        const changed = readRichHeader(PEImage.parse(built))!;
        expect(changed.computedKey).not.toBe(changed.key);
      }),
      { numRuns: 30 },
    );
  });

  test('resources', () => {
    const id = fc.oneof(u16, fc.stringMatching(/^[A-Z]{1,12}$/));
    const resource = fc.record({ type: id, name: id, language: u16, bytes, codePage: u16 });
    const list = fc.uniqueArray(resource, { selector: (each) => `${each.type}/${each.name}/${each.language}`, maxLength: 12 });
    fc.assert(
      fc.property(list, (input) => {
        const image = imageWith('resource', () => resourceDirectoryPart(input));
        const read = [...listResources(readResourceDirectory(image)!)].map(({ rva, size, ...rest }) => ({
          ...rest,
          bytes: resourceBytes(image, { rva, size }),
        }));
        const key = (each: { type: unknown; name: unknown; language: unknown }): string =>
          JSON.stringify([each.type, each.name, each.language]);
        const sort = <T extends { type: unknown; name: unknown; language: unknown }>(all: T[]): T[] =>
          all.sort((first, second) => (key(first) < key(second) ? -1 : 1));
        expect(sort(read)).toEqual(sort([...input]));
      }),
    );
  });

  test('version information', () => {
    const version = fc.tuple(u16, u16, u16, u16).map((parts) => parts.join('.'));
    const fixed = fc.record({
      fileVersion: version,
      productVersion: version,
      fileFlagsMask: u32,
      fileFlags: u32,
      fileOs: u32,
      fileType: u32,
      fileSubtype: u32,
    });
    const table = fc.record({
      language: fc.stringMatching(/^[0-9a-f]{8}$/),
      strings: fc.array(fc.record({ name, value: text }), { maxLength: 5 }),
    });
    const info = fc.record({
      fixed,
      stringTables: fc.array(table, { maxLength: 3 }),
      translations: fc.array(fc.record({ language: u16, codePage: u16 })),
    });
    holds(info, (input) => expect(decodeVersionInfo(encodeVersionInfo(input))).toEqual(input));
  });

  test('string tables and message tables', () => {
    const strings = fc.uniqueArray(fc.record({ id: fc.integer({ min: 16, max: 31 }), text: text.filter((value) => value !== '') }), {
      selector: (each) => each.id,
    });
    const byId = <T extends { id: number }>(list: readonly T[]): T[] => [...list].sort((first, second) => first.id - second.id);
    holds(strings, (input) => expect(decodeStringTable(encodeStringTable(input, 2), 2)).toEqual(byId(input)));
    const messages = fc.uniqueArray(fc.record({ id: fc.oneof(u32, fc.integer({ min: 0, max: 20 })), text }), {
      selector: (each) => each.id,
    });
    holds(messages, (input) => expect(decodeMessageTable(encodeMessageTable(input))).toEqual(byId(input)));
  });

  test('icon and cursor groups', () => {
    const side = fc.integer({ min: 1, max: 256 });
    const entry = fc.record({ width: side, height: side, colors: fc.constant(0), planes: u16, bitCount: u16, size: u32, id: u16 });
    const group = fc.record({ kind: fc.constantFrom('icon' as const, 'cursor' as const), entries: fc.array(entry) });
    holds(group, (input) => expect(decodeIconGroup(encodeIconGroup(input))).toEqual(input));
  });

  test('certificates', () => {
    const entry = fc.record({ revision: u16, type: u16, bytes: fc.uint8Array({ maxLength: 64 }) });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 4 }), (input) => {
        const builder = new PEBuilder();
        builder.setCertificates(writeCertificates(input));
        const read = readCertificates(PEImage.parse(builder.build()))!;
        expect(read.map(({ offset: _, ...rest }) => rest)).toEqual(input);
      }),
    );
  });

  test('the ReadyToRun header', () => {
    const section = fc.record({ type: u32, rva: u32, size: u32 });
    const header = fc.record({
      majorVersion: u16,
      minorVersion: u16,
      flags: u32,
      sections: fc.array(section.filter(({ type }) => type !== 115)),
    });
    fc.assert(
      fc.property(header, (input) => {
        const builder = new PEBuilder();
        const rdata = builder.addSection('.rdata');
        const native = rdata.add(writeReadyToRunHeader(input));
        const cli = cliHeaderPart((plan) => ({ managedNativeHeader: { rva: plan.rvaOf(native), size: plan.sizeOf(native) } }));
        builder.setDirectory('cliHeader', rdata.add(cli));
        expect(readReadyToRunHeader(PEImage.parse(builder.build()))).toMatchObject({ kind: 'readyToRun', composite: false, ...input });
      }),
    );
  });
});

describe('unwind information that is written is read', () => {
  test('x64: every operation, in every width', () => {
    const register = fc.integer({ min: 0, max: 15 });
    const codeOffset = u8;
    const multiple = (step: number, max: number): fc.Arbitrary<number> =>
      fc.integer({ min: 1, max: Math.floor(max / step) }).map((value) => value * step);
    const operation = fc.oneof(
      fc.record({ codeOffset, operation: fc.constant('pushNonvolatile' as const), register }),
      fc.record({
        codeOffset,
        operation: fc.constant('allocate' as const),
        size: fc.oneof(multiple(8, 256), multiple(8, 0x100000), multiple(8, 0x7ffffff8)),
      }),
      fc.record({ codeOffset, operation: fc.constant('setFramePointer' as const) }),
      fc.record({
        codeOffset,
        operation: fc.constant('saveNonvolatile' as const),
        register,
        offset: fc.oneof(multiple(8, 0x7fff8), multiple(8, 0x7ffffff8)),
      }),
      fc.record({
        codeOffset,
        operation: fc.constant('saveXmm128' as const),
        register,
        offset: fc.oneof(multiple(16, 0xffff0), multiple(16, 0x7ffffff0)),
      }),
      fc.record({ codeOffset, operation: fc.constant('pushMachineFrame' as const), errorCode: fc.boolean() }),
    );
    const info = fc.record({
      sizeOfPrologue: u8,
      operations: fc.array(operation, { maxLength: 30 }),
      handlerRva: fc.option(u32, { nil: undefined }),
    });
    fc.assert(
      fc.property(info, ({ handlerRva, ...input }) => {
        const header = { version: 1, frameOffset: 32, frameRegister: 5, flags: handlerRva === undefined ? 0 : 1, ...input };
        const content = writeX64UnwindInfo({ ...header, ...(handlerRva !== undefined && { handlerRva }) });
        const image = imageWith('debug', () => partOf(content));
        const { handler, ...read } = readX64UnwindInfo(image, { begin: 0, end: 1, unwindData: image.sections[0]!.virtualAddress });
        expect(read).toEqual(header);
        expect(handler?.rva).toBe(handlerRva);
      }),
    );
  });

  test('x64: an indirect entry is followed, a chain that leads back to itself ends', () => {
    const content = new Uint8Array(32);
    const view = new DataView(content.buffer);
    const rva = 0x1000;
    view.setUint32(8, rva + 1, true);
    const image = imageWith('debug', () => partOf(content));
    expect(image.sections[0]!.virtualAddress).toBe(rva);
    expect(() => readX64UnwindInfo(image, { begin: 0, end: 1, unwindData: rva + 1 })).toThrow(
      expect.objectContaining({ code: 'UNWIND_CHAIN_TOO_LONG' }),
    );
  });

  test('arm64: every first byte decodes to something that is written as it was', () => {
    for (let first = 0; first < 256; first++) {
      for (const second of [0, 0x15, 0x7f, 0x80, 0xff]) {
        const reader = new ByteReader(Uint8Array.of(first, second, 0x41, 0x02, 0x03));
        const operation = decodeArm64UnwindCode(reader);
        if (['save_any_reg', 'save_zreg', 'save_preg'].includes(operation.code)) continue;
        const again = decodeArm64UnwindCode(new ByteReader(encodeArm64UnwindCode(operation)));
        expect(again).toEqual(operation);
      }
    }
  });

  test.each<[string, readonly number[], Arm64UnwindOperation]>([
    ['alloc_s', [0x02], { code: 'alloc', size: 32 }],
    ['alloc_m', [0xc1, 0x00], { code: 'alloc', size: 4096 }],
    ['alloc_l', [0xe0, 0x00, 0x10, 0x00], { code: 'alloc', size: 65536 }],
    ['save_r19r20_x', [0x24], { code: 'save_r19r20_x', registers: ['x19', 'x20'], offset: -32 }],
    ['save_fplr', [0x42], { code: 'save_fplr', registers: ['fp', 'lr'], offset: 16 }],
    ['save_fplr_x', [0x81], { code: 'save_fplr_x', registers: ['fp', 'lr'], offset: -16 }],
    ['save_regp', [0xc8, 0x82], { code: 'save_regp', registers: ['x21', 'x22'], offset: 16 }],
    ['save_lrpair', [0xd6, 0x42], { code: 'save_lrpair', registers: ['x21', 'lr'], offset: 16 }],
    ['save_fregp', [0xd8, 0x42], { code: 'save_fregp', registers: ['d9', 'd10'], offset: 16 }],
    ['add_fp', [0xe2, 0x02], { code: 'add_fp', offset: 16 }],
    ['save_any_reg, pair with writeback', [0xe7, 0x61, 0x40], { code: 'save_any_reg', registers: ['d1', 'd2'], offset: -16 }],
    ['save_any_reg, one', [0xe7, 0x03, 0x02], { code: 'save_any_reg', registers: ['x3'], offset: 16 }],
    ['save_zreg', [0xe7, 0x01, 0xc2], { code: 'save_zreg', registers: ['z9'], offset: 2 }],
    ['pac_sign_lr', [0xfc], { code: 'pac_sign_lr' }],
    ['trap_frame', [0xe8], { code: 'trap_frame' }],
    ['reserved, of three bytes', [0xf9, 1, 2], { code: 'reserved', bytes: [0xf9, 1, 2] }],
  ])('arm64: %s', (_, code, operation) => {
    expect(decodeArm64UnwindCode(new ByteReader(Uint8Array.from(code)))).toEqual(operation);
  });

  test('arm64: packed words', () => {
    const packed = fc.record({
      fragment: fc.boolean(),
      functionLength: fc.integer({ min: 0, max: 0x7ff }).map((value) => value * 4),
      regF: fc.integer({ min: 0, max: 7 }),
      regI: fc.integer({ min: 0, max: 15 }),
      homes: fc.boolean(),
      chain: fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const),
      frameSize: fc.integer({ min: 0, max: 0x1ff }).map((value) => value * 16),
    });
    holds(packed, (input) => expect(unpackArm64Unwind(packArm64Unwind(input))).toEqual(input));
  });

  test('arm64: a packed entry says what its prologue does', () => {
    // stp x19, x20, [sp, #-16]!; stp fp, lr, [sp, #-48]!; mov fp, sp
    const word = packArm64Unwind({ fragment: false, functionLength: 64, regF: 0, regI: 2, homes: false, chain: 3, frameSize: 64 });
    const image = imageWith('exception', () => partOf(new Uint8Array(new Uint32Array([0x1000, word]).buffer)), { machine: Machine.ARM64 });
    const [entry] = readExceptionDirectory(image)!.functions;
    expect(readArm64UnwindInfo(image, entry!)).toMatchObject({
      functionLength: 64,
      prologue: [
        { code: 'set_fp' },
        { code: 'save_fplr_x', registers: ['fp', 'lr'], offset: -48 },
        { code: 'save_regp_x', registers: ['x19', 'x20'], offset: -16 },
      ],
    });
  });

  test('arm64: records with epilogues and a handler, also with extended counts', () => {
    const save: Arm64UnwindOperation = { code: 'save_fplr_x', registers: ['fp', 'lr'], offset: -32 };
    for (const count of [1, 2, 40]) {
      const epilogues = Array.from({ length: count }, (_, index) => ({ startOffset: index * 8 + 4, operations: [save] }));
      const input = { functionLength: 0x400, prologue: [{ code: 'set_fp' } as const, save], epilogues, handlerRva: 0x1234 };
      const image = imageWith('debug', () => partOf(writeArm64UnwindInfo(input)), { machine: Machine.ARM64 });
      const { handler, ...read } = readArm64UnwindInfo(image, { begin: 0, unwindData: image.sections[0]!.virtualAddress });
      expect(read).toEqual({ functionLength: 0x400, version: 0, prologue: input.prologue, epilogues });
      expect(handler?.rva).toBe(0x1234);
    }
  });
});
