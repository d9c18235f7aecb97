// Decoding instructions, and the code builder that encodes them.
import { ByteWriter, UsageError } from '@ijw/binary';
import {
  allOpCodes,
  CodeBuilder,
  decodeInstructions,
  type EncodableInstruction,
  encodedSize,
  encodeInstructions,
  type Operand,
} from '@ijw/il';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operandTypes } from '../src/body/instruction.ts';
import { operandKindNames } from '../src/opcodes/opcode-table.ts';

const bytesOf = (instructions: readonly EncodableInstruction[]): Uint8Array => {
  const writer = new ByteWriter();
  encodeInstructions(writer, instructions);
  return writer.toBytes();
};

/** Targets are drawn as distances from the end of an instruction, because that is what bounds them. */
const operands: { readonly [Type in Operand['kind']]: fc.Arbitrary<Operand> } = {
  none: fc.constant({ kind: 'none' }),
  int32: fc.integer().map((value) => ({ kind: 'int32', value })),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({ kind: 'int64', value })),
  float32: fc.nat({ max: 0xffffffff }).map((bits) => ({ kind: 'float32', value: new Float32Array(Uint32Array.of(bits).buffer)[0]!, bits })),
  float64: fc
    .bigInt({ min: 0n, max: 2n ** 64n - 1n })
    .map((bits) => ({ kind: 'float64', value: new Float64Array(BigUint64Array.of(bits).buffer)[0]!, bits })),
  variable: fc.nat({ max: 0xffff }).map((number) => ({ kind: 'variable', number })),
  branch: fc.integer({ min: -100, max: 100 }).map((target) => ({ kind: 'branch', target })),
  switch: fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 20 }).map((targets) => ({ kind: 'switch', targets })),
  token: fc.nat({ max: 0xffffffff }).map((token) => ({ kind: 'token', token })),
};

const narrowed = (name: string, operandSize: number, operand: Operand): Operand => {
  if (operand.kind === 'int32' && operandSize === 1)
    return { kind: 'int32', value: name === 'ldc.i4.s' ? (operand.value << 24) >> 24 : operand.value & 0xff };
  if (operand.kind === 'variable' && operandSize === 1) return { kind: 'variable', number: operand.number & 0xff };
  return operand;
};

const anyInstruction = fc.constantFrom(...allOpCodes.filter((opCode) => opCode.kind !== 'Internal')).chain((opCode) =>
  operands[operandTypes[operandKindNames[opCode.operandKind]!]].map((operand) => {
    const size = encodedSize({ opCode, operand }) - opCode.size;
    return { opCode, operand: narrowed(opCode.name, size, operand) };
  }),
);

/** The distances of the drawn branches, from the places that the instructions get. */
function placed(instructions: readonly EncodableInstruction[]): EncodableInstruction[] {
  let end = 0;
  return instructions.map(({ opCode, operand }) => {
    end += encodedSize({ opCode, operand });
    if (operand.kind === 'branch') return { opCode, operand: { kind: 'branch', target: operand.target + end } };
    if (operand.kind === 'switch') return { opCode, operand: { kind: 'switch', targets: operand.targets.map((target) => target + end) } };
    return { opCode, operand };
  });
}

describe('instructions', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.array(anyInstruction, { maxLength: 40 }), (drawn) => {
        const instructions = placed(drawn);
        const decoded = [...decodeInstructions(bytesOf(instructions))];
        expect(
          decoded.map((instruction) => (instruction.opCode ? { opCode: instruction.opCode, operand: instruction.operand } : instruction)),
        ).toEqual(instructions);
        let offset = 0;
        for (const instruction of decoded) {
          expect(instruction.offset).toBe(offset);
          offset += instruction.size;
        }
      }),
    );
  });

  it('decode one of each opcode', () => {
    for (const opCode of allOpCodes.filter(({ kind }) => kind !== 'Internal')) {
      const code = new Uint8Array(16);
      code.set(opCode.size === 2 ? [0xfe, opCode.encoding & 0xff] : [opCode.encoding]);
      expect(decodeInstructions(code).next().value).toMatchObject({ offset: 0, opCode });
    }
  });

  it('keep the payload of a NaN', () => {
    const code = Uint8Array.of(0x22, 1, 0, 0x80, 0x7f, 0x23, 1, 0, 0, 0, 0, 0, 0xf0, 0xff);
    expect([...decodeInstructions(code)].map((instruction) => instruction.opCode && instruction.operand)).toEqual([
      { kind: 'float32', value: Number.NaN, bits: 0x7f800001 },
      { kind: 'float64', value: Number.NaN, bits: 0xfff0000000000001n },
    ]);
  });

  it('count a branch from the end of its instruction, in 32 bits', () => {
    const code = Uint8Array.of(0x2b, 0xfe, 0x38, 0xff, 0xff, 0xff, 0x7f);
    expect([...decodeInstructions(code)].map((instruction) => instruction.opCode && instruction.operand)).toEqual([
      { kind: 'branch', target: 0 },
      { kind: 'branch', target: (0x7fffffff + 7) | 0 },
    ]);
  });

  it.each([
    ['a reserved opcode', [0x24, 0x00], [0x24]],
    ['a reserved opcode of two bytes', [0xfe, 0x08, 0x00], [0xfe, 0x08]],
    ['the prefix at the end', [0xfe], [0xfe]],
    ['a named byte that is no instruction', [0xff, 0x00], [0xff]],
    ['an operand that leaves the code', [0x20, 1, 2, 3], [0x20]],
    ['a switch that leaves the code', [0x45, 2, 0, 0, 0, 0, 0, 0, 0], [0x45, 2]],
    ['a switch with four thousand million targets', [0x45, 0xff, 0xff, 0xff, 0xff], [0x45, 0xff, 0xff, 0xff, 0xff]],
  ])('go on at the next byte after %s', (_, code, bad) => {
    const decoded = [...decodeInstructions(Uint8Array.from(code))];
    expect(decoded.filter(({ opCode }) => opCode === undefined)).toEqual(
      expect.arrayContaining([expect.objectContaining({ offset: 0, size: 1, opCode: undefined, byte: bad[0] })]),
    );
    expect(decoded.reduce((size, instruction) => size + instruction.size, 0)).toBe(code.length);
  });
});

describe('the code builder', () => {
  it('resolves labels forwards and backwards', () => {
    const code = new CodeBuilder();
    const [top, done] = [code.label('top'), code.label('done')];
    code.emit('ldarg.0').mark(top).emit('brfalse.s', done).emit('switch', [top, done]).emit('br', top).mark(done).emit('ret');
    expect([...decodeInstructions(code.toCode())].map(({ offset, opCode }) => `${offset} ${opCode?.name}`)).toEqual([
      '0 ldarg.0',
      '1 brfalse.s',
      '3 switch',
      '16 br',
      '21 ret',
    ]);
    const [, branch, table, back] = [...decodeInstructions(code.toCode())];
    expect(branch).toMatchObject({ operand: { target: 21 } });
    expect(table).toMatchObject({ operand: { targets: [1, 21] } });
    expect(back).toMatchObject({ operand: { target: 1 } });
  });

  it('refuses what the opcode does not take', () => {
    expect(() => new CodeBuilder().emit('nop', 1).toCode()).toThrow(UsageError);
    expect(() => new CodeBuilder().emit('br', 1).toCode()).toThrow(UsageError);
    expect(() => new CodeBuilder().emit('ldc.i4').toCode()).toThrow(UsageError);
    expect(() => new CodeBuilder().emit('br', { name: 'nowhere' }).toCode()).toThrow('nowhere is never marked');
  });

  it('refuses a short branch that does not reach', () => {
    const code = new CodeBuilder();
    const far = code.label('far');
    code.emit('br.s', far).raw(new Uint8Array(128)).mark(far);
    expect(() => code.toCode()).toThrow(UsageError);
  });
});
