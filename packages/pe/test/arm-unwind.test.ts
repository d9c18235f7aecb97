// Unwind information of 32-bit ARM, packed and in full.
import { ByteReader } from '@ijw/binary';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PEBuilder } from '../src/builder/index.ts';
import {
  type ArmUnwindInput,
  type ArmUnwindOperation,
  decodeArmUnwindCode,
  encodeArmUnwindCode,
  expandPackedArmEpilogue,
  expandPackedArmPrologue,
  type PackedArmUnwind,
  packArmUnwind,
  readArmUnwindInfo,
  readExceptionDirectory,
  readUnwindInformation,
  unpackArmUnwind,
  writeArmUnwindInfo,
} from '../src/exceptions/index.ts';
import { Machine, PEImage } from '../src/index.ts';
import { buildEverything } from './everything-image.ts';

/** As an assembler would write it. */
function textOf(operation: ArmUnwindOperation): string {
  const width = 'width' in operation && operation.width !== undefined ? `.${operation.width}` : '';
  if ('registers' in operation) return `${operation.code}${width} ${operation.registers.join(' ')}`;
  if ('size' in operation) return `${operation.code}${width} ${operation.size}`;
  if ('register' in operation) return `${operation.code} ${operation.register}`;
  return 'offset' in operation ? `${operation.code} ${operation.offset}` : `${operation.code}${width}`;
}

const decode = (bytes: readonly number[]) => decodeArmUnwindCode(new ByteReader(Uint8Array.from(bytes)));

const imageWith = (record: Uint8Array): PEImage => {
  const builder = new PEBuilder({ machine: Machine.ARMNT });
  builder.addSection('.xdata').add(record);
  return PEImage.parse(builder.build());
};

const plain: PackedArmUnwind = {
  fragment: false,
  functionLength: 32,
  return: 0,
  homes: false,
  reg: 0,
  floats: false,
  link: true,
  chain: false,
  stackAdjust: 0,
};

describe('unwind information of 32-bit ARM', () => {
  // "ARM exception handling", "Unwind codes": a row for each form.
  test.each<[readonly number[], string]>([
    [[0x06], 'add_sp.16 24'],
    [[0xa8, 0xf0], 'pop.32 r4 r5 r6 r7 r11 lr'],
    [[0x90, 0x01], 'pop.32 r0 r12'],
    [[0xcb], 'mov_sp r11'],
    [[0xd1], 'pop.16 r4 r5'],
    [[0xd7], 'pop.16 r4 r5 r6 r7 lr'],
    [[0xd8], 'pop.32 r4 r5 r6 r7 r8'],
    [[0xdf], 'pop.32 r4 r5 r6 r7 r8 r9 r10 r11 lr'],
    [[0xe2], 'vpop.32 d8 d9 d10'],
    [[0xe9, 0x01], 'add_sp.32 1028'],
    [[0xec, 0x0f], 'pop.16 r0 r1 r2 r3'],
    [[0xed, 0x90], 'pop.16 r4 r7 lr'],
    [[0xef, 0x05], 'ldr_lr 20'],
    [[0xf5, 0x13], 'vpop.32 d1 d2 d3'],
    [[0xf6, 0x01], 'vpop.32 d16 d17'],
    [[0xf7, 0x01, 0x00], 'add_sp.16 1024'],
    [[0xf8, 0x01, 0x00, 0x00], 'add_sp.16 262144'],
    [[0xf9, 0x10, 0x00], 'add_sp.32 16384'],
    [[0xfa, 0x01, 0x00, 0x00], 'add_sp.32 262144'],
    [[0xfb], 'nop.16'],
    [[0xfc], 'nop.32'],
    [[0xfd], 'end.16'],
    [[0xfe], 'end.32'],
    [[0xff], 'end'],
  ])('%j is %s, and is written so', (bytes, text) => {
    expect(textOf(decode(bytes))).toBe(text);
    expect([...encodeArmUnwindCode(decode(bytes))]).toEqual(bytes);
  });

  test('every first byte decodes to something that is written and read as it was', () => {
    for (let first = 0; first < 256; first++) {
      for (const second of [0, 1, 0x15, 0x31, 0x7f, 0x80, 0xff]) {
        const operation = decode([first, second, 0x41, 0x02]);
        expect(decodeArmUnwindCode(new ByteReader(encodeArmUnwindCode(operation)))).toEqual(operation);
      }
    }
  });

  test('packed fields', () => {
    const fields = fc.record({
      fragment: fc.boolean(),
      functionLength: fc.integer({ min: 0, max: 0x7ff }).map((units) => units * 2),
      return: fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const),
      homes: fc.boolean(),
      reg: fc.integer({ min: 0, max: 7 }),
      floats: fc.boolean(),
      link: fc.boolean(),
      chain: fc.boolean(),
      stackAdjust: fc.integer({ min: 0, max: 0x3ff }),
    });
    fc.assert(
      fc.property(fields, (input) => {
        expect(unpackArmUnwind(packArmUnwind(input))).toEqual(input);
      }),
    );
    expect(unpackArmUnwind(0x2000)).toBeUndefined();
    expect(unpackArmUnwind(0x2003)).toBeUndefined();
  });

  // "ARM exception handling", "Packed unwind data": the tables of the canonical prologue and epilogue.
  test.each<[string, Partial<PackedArmUnwind>, string, string | undefined]>([
    ['push {r4, lr}', {}, 'pop.16 r4 lr', 'pop.16 r4 lr'],
    ['locals', { reg: 3, stackAdjust: 10 }, 'add_sp.16 40; pop.16 r4 r5 r6 r7 lr', 'add_sp.16 40; pop.16 r4 r5 r6 r7 lr'],
    ['r11 as frame pointer', { chain: true, reg: 7 }, 'nop.32; pop.32 r4 r5 r6 r7 r8 r9 r10 r11 lr', 'pop.32 r4 r5 r6 r7 r8 r9 r10 r11 lr'],
    [
      'a leaf with a frame pointer',
      { chain: true, link: false, floats: true, reg: 7, return: 1 },
      'nop.16; pop.32 r11',
      'pop.32 r11; end.16',
    ],
    [
      'floating point',
      { floats: true, reg: 1, return: 2, stackAdjust: 0x80 },
      'add_sp.32 512; vpop.32 d8 d9; pop.16 lr',
      'add_sp.32 512; vpop.32 d8 d9; pop.16 lr; end.32',
    ],
    ['homed parameters', { homes: true }, 'pop.16 r4 lr; add_sp.16 16', 'pop.16 r4; ldr_lr 20'],
    ['homed parameters and a branch', { homes: true, return: 1 }, 'pop.16 r4 lr; add_sp.16 16', 'pop.16 r4 lr; add_sp.16 16; end.16'],
    ['folded into the push', { stackAdjust: 0x3f5 }, 'pop.16 r2 r3 r4 lr', 'add_sp.16 8; pop.16 r4 lr'],
    ['folded into both', { stackAdjust: 0x3ff }, 'pop.16 r0 r1 r2 r3 r4 lr', 'pop.16 r0 r1 r2 r3 r4 lr'],
    ['no epilogue', { return: 3 }, 'pop.16 r4 lr', undefined],
  ])('packed: %s', (_, fields, prologue, epilogue) => {
    const packed = { ...plain, ...fields };
    expect(expandPackedArmPrologue(packed).map(textOf).join('; ')).toBe(prologue);
    expect(expandPackedArmEpilogue(packed)?.map(textOf).join('; ')).toBe(epilogue);
  });

  test('records: with scopes, with one epilogue, as a fragment, with a handler, with a second word', () => {
    const operation = fc.constantFrom<ArmUnwindOperation>(
      { code: 'add_sp', size: 24, width: 16 },
      { code: 'add_sp', size: 4096, width: 32 },
      { code: 'pop', registers: ['r4', 'r5', 'lr'], width: 16 },
      { code: 'vpop', registers: ['d8', 'd9'], width: 32 },
      { code: 'mov_sp', register: 'r7', width: 16 },
      { code: 'nop', width: 16 },
    );
    const operations = fc.array(operation, { maxLength: 5 });
    const scope = fc.record({
      startOffset: fc.integer({ min: 0, max: 0x3ffff }).map((units) => units * 2),
      condition: fc.integer({ min: 0, max: 15 }),
      operations,
    });
    const input: fc.Arbitrary<ArmUnwindInput> = fc.record({
      functionLength: fc.integer({ min: 1, max: 0x3ffff }).map((units) => units * 2),
      fragment: fc.constant(false),
      prologue: operations,
      epilogues: fc.oneof(fc.array(scope, { maxLength: 12 }), fc.array(fc.record({ operations }), { minLength: 1, maxLength: 1 })),
      handlerRva: fc.option(fc.integer({ min: 0, max: 0xffffffff }), { nil: undefined }) as fc.Arbitrary<number>,
    });
    fc.assert(
      fc.property(input, ({ handlerRva, ...rest }) => {
        const image = imageWith(writeArmUnwindInfo({ ...rest, ...(handlerRva !== undefined && { handlerRva }) }));
        const { handler, ...read } = readArmUnwindInfo(image, { begin: 0, unwindData: image.sections[0]!.virtualAddress });
        expect(read).toEqual({ ...rest, version: 0 });
        expect(handler?.rva).toBe(handlerRva);
      }),
    );
    const image = imageWith(writeArmUnwindInfo({ functionLength: 8, fragment: true, prologue: [], epilogues: [] }));
    expect(readArmUnwindInfo(image, { begin: 0, unwindData: image.sections[0]!.virtualAddress })).toMatchObject({
      fragment: true,
      prologue: [],
    });
  });

  test('the entries of an image', () => {
    const image = PEImage.parse(buildEverything(Machine.ARMNT).bytes);
    const { format, functions } = readExceptionDirectory(image)!;
    expect(format).toBe('arm');
    const [packed, record] = functions.map((entry) => readUnwindInformation(image, format, entry));
    expect(packed).toMatchObject({ unwind: { functionLength: 16, packed: { reg: 2 }, epilogues: [{}] } });
    expect(record).toMatchObject({ unwind: { functionLength: 32, handler: { rva: 0x1000 } } });
  });
});
