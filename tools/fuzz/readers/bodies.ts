import { ByteWriter } from '@ijw/binary';
import { allOpCodes, OperandKind } from '@ijw/il';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { checkCommand } from '../command-check.ts';
import { Decisions } from '../decisions.ts';
import type { FuzzReader } from '../reader.ts';
import { decisionSeeds } from './decision-seeds.ts';
import { addCliHeader, imageOf, Placement } from './image-of.ts';
import { methodSignature, typeSignature } from './signature-bytes.ts';

const TOKENS: readonly [number, ...number[]] = [
  0x06000001, 0x0a000001, 0x01000001, 0x02000001, 0x1b000001, 0x70000001, 0x04000001, 0x11000001, 0x2b000001, 0,
];

/** Operands of fewer or more than four bytes, by their kind. */
const SIZES: ReadonlyMap<number, number> = new Map([
  [OperandKind.InlineNone, 0],
  [OperandKind.ShortInlineI, 1],
  [OperandKind.ShortInlineVar, 1],
  [OperandKind.ShortInlineBrTarget, 1],
  [OperandKind.InlineVar, 2],
  [OperandKind.InlineI8, 8],
  [OperandKind.InlineR, 8],
]);

function writeInstruction(writer: ByteWriter, decisions: Decisions): void {
  const { encoding, size, operandKind } = allOpCodes[decisions.u32() % allOpCodes.length] ?? { encoding: 0, size: 1, operandKind: 0 };
  if (size === 2) writer.u8(encoding >> 8);
  writer.u8(encoding & 0xff);
  const operand = SIZES.get(operandKind) ?? 4;
  if (operandKind === OperandKind.InlineSwitch) {
    const count = decisions.count();
    writer.u32(decisions.byte() > 250 ? decisions.u32() : count).fill(4 * count);
  } else if (operand === 4) writer.u32(decisions.chance() ? decisions.pick(TOKENS) : decisions.byte());
  else for (let left = operand; left > 0; left--) writer.u8(decisions.byte());
}

function code(decisions: Decisions): Uint8Array {
  const writer = new ByteWriter();
  for (let left = decisions.count(64); left > 0; left--) writeInstruction(writer, decisions);
  const one = new ByteWriter();
  writeInstruction(one, decisions);
  for (let left = decisions.count(20_000); left > 0 && one.length < 64; left--) writer.bytes(one.toBytes());
  return writer.u8(0x2a).toBytes();
}

type Clause = (index: number, count: number, length: number) => readonly [number, number, number, number, number];

/** Blocks beside each other, within each other, the same, and crossing. */
const CLAUSES: readonly [Clause, ...Clause[]] = [
  (index) => [2, index * 2, 1, index * 2 + 1, 1],
  (index, count) => [2, index, 2 * (count - index), 2 * count, 1],
  (_, __, length) => [0, 0, length >> 1, length >> 1, length >> 1],
  (index, _, length) => [1, index % 5, length - 6, (index * 7) % length, 5],
  (index, count) => [2, count - 1 - index, 2 * index + 2, count + 1 + index, 1],
];

/** ECMA-335 II.25.4.5: a fat section. */
function exceptionSection(decisions: Decisions, length: number): Uint8Array {
  const count = decisions.count(70_000);
  const clause = decisions.pick(CLAUSES);
  const size = decisions.byte() > 250 ? decisions.u32() : 4 + 24 * count;
  const writer = new ByteWriter().u32(((size & 0xffffff) << 8) | 0x41);
  for (let index = 0; index < count; index++)
    for (const value of [...clause(index, count, length), decisions.pick([0, 0x01000001])]) writer.u32(value);
  return writer.toBytes();
}

function body(decisions: Decisions): Uint8Array {
  const bytes = code(decisions);
  const sections = decisions.chance();
  const locals = decisions.pick([0, 0x11000001, 0x11000002]);
  const writer = new ByteWriter()
    .u16(sections ? 0x301b : 0x3013)
    .u16(8)
    .u32(decisions.byte() > 250 ? decisions.u32() : bytes.length)
    .u32(locals)
    .bytes(bytes);
  return sections ? writer.align(4).bytes(exceptionSection(decisions, bytes.length)).toBytes() : writer.toBytes();
}

const COMMANDS: readonly [string, ...string[]] = [
  'dis',
  'dis --listing',
  'dis --strict',
  'dis --json',
  'dis --raw-eh',
  'dis --bytes --tokens',
  'lint',
  'boundary',
  'tour',
  'load --host core',
];

/** Bodies of methods, with instructions of every kind and exception clauses in many orders. */
export const bodiesReader: FuzzReader = {
  name: 'bodies',
  seeds: () => decisionSeeds(96),
  async run(input) {
    const decisions = new Decisions(input);
    const command = decisions.pick(COMMANDS);
    const placement = new Placement();
    const builder = new MetadataBuilder();
    builder.add('Module', { Name: 'm' });
    builder.add('Assembly', { Name: 'm' });
    const object = builder.add('TypeRef', { Name: 'Object', Namespace: 'System' });
    builder.add('TypeDef', { Name: '<Module>' });
    builder.add('TypeSpec', { Signature: typeSignature(decisions) });
    builder.add('Field', { Name: 'f', Flags: 0x16, Signature: Uint8Array.of(6, 8) });
    builder.add('MemberRef', { Class: object, Name: 'r', Signature: methodSignature(decisions) });
    builder.add('StandAloneSig', { Signature: Uint8Array.of(7, 2, 8, 0x0e) });
    builder.add('StandAloneSig', { Signature: methodSignature(decisions) });
    builder.userStrings.add('text');
    const rva = placement.add(body(decisions));
    for (let left = 1 + decisions.count(20_000); left > 0; left--)
      builder.add('MethodDef', { Name: 'M', RVA: rva, Flags: 0x16, Signature: Uint8Array.of(0, 0, 1) });
    return checkCommand(command, imageOf(placement, { directories: { cliHeader: addCliHeader(placement, builder.build()) } }));
  },
};
