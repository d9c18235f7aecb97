import { type DecodedInstruction, IP_REGISTER, NO_REGISTER, Segment } from '../decoded-instruction.ts';
import { operandsOf, operationOf } from '../encodings.ts';
import { type OperandKind, Place } from '../operand-kind.ts';
import { resolveSize } from '../text.ts';
import type { X86Cpu } from './x86-cpu.ts';
import { Word } from './x86-state.ts';

/** How the value of an operand is reached. The order is that of the switches in operand-access.ts. */
export const Reach = {
  register32: 0,
  register64: 1,
  immediate: 2,
  memory: 3,
  register16: 4,
  register8: 5,
  /** AH, CH, DH and BH. */
  register8High: 6,
  /** xmm registers. */
  vector: 7,
  mmx: 8,
  st: 9,
} as const;

/** A prepared operand: the data that each execution of an instruction needs. */
export interface Operand {
  readonly reach: number;
  /** Bits. */
  readonly size: number;
  /** Place in the words of the state, or the number of an xmm or x87 register. */
  readonly register: number;
  /** An immediate, and its upper half. */
  readonly value: number;
  readonly valueHigh: number;
  /** Places in the words, -1 without. */
  readonly base: number;
  readonly index: number;
  readonly scale: number;
  readonly displacement: number;
  readonly displacementHigh: number;
  /** Place in the words of the segment's base, 0 for the flat ones. */
  readonly segmentBase: number;
  /** For addresses of 16 and 32 bits; 0 in 64-bit code without 67. */
  readonly addressMask: number;
}

/** Does one instruction. */
export type Execute = (cpu: X86Cpu, op: MicroOp) => unknown;

/** One instruction, prepared. */
export interface MicroOp {
  execute: Execute;
  /** Offset in the window, and that of the instruction behind it. */
  readonly address: number;
  readonly following: number;
  readonly operation: string;
  readonly row: number;
  /** Bits: 8, 16, 32 or 64, of the first operand. */
  readonly size: number;
  /** 32 less the size, for operations of at most 32 bits, which are done at the top of a word. */
  readonly shift: number;
  /** Bytes that the instruction moves on the stack. */
  readonly stackSize: number;
  readonly operandSize: number;
  readonly addressSize: number;
  /** 0, 0xf2 or 0xf3. */
  readonly repeat: number;
  /** How many operands the row has. */
  readonly operands: number;
  readonly first: Operand;
  readonly second: Operand;
  readonly third: Operand;
  /** The operation behind this one and the one that a direct jump leads to, once they are known. */
  behind: MicroOp | undefined;
  target: MicroOp | undefined;
}

const NOTHING: Operand = {
  reach: Reach.immediate,
  size: 32,
  register: 0,
  value: 0,
  valueHigh: 0,
  base: -1,
  index: -1,
  scale: 1,
  displacement: 0,
  displacementHigh: 0,
  segmentBase: 0,
  addressMask: 0,
};

function generalRegister(number: number, size: number, hasRex: boolean): Operand {
  const isHigh = size === 8 && !hasRex && number >= 4 && number < 8;
  const reach = size === 64 ? Reach.register64 : size === 32 ? Reach.register32 : size === 16 ? Reach.register16 : Reach.register8;
  return { ...NOTHING, reach: isHigh ? Reach.register8High : reach, size, register: (isHigh ? number - 4 : number) * 2 };
}

const SEGMENT_BASES: Readonly<Record<number, number>> = { [Segment.fs]: Word.fsBase, [Segment.gs]: Word.gsBase };
const segmentBase = ({ segment }: DecodedInstruction): number => SEGMENT_BASES[segment] ?? 0;

const addressMask = ({ addressSize, is64Bit }: DecodedInstruction): number =>
  addressSize === 16 ? 0xffff : is64Bit && addressSize === 64 ? 0 : 0xffffffff;

function memory(instruction: DecodedInstruction, size: number, windowBase: number, address: number): Operand {
  const { base, index, scale, displacement } = instruction;
  const isRelative = base === IP_REGISTER;
  const low = isRelative ? (windowBase % 2 ** 32) + address + instruction.length + displacement : displacement;
  return {
    ...NOTHING,
    reach: Reach.memory,
    size,
    base: base >= 0 ? base * 2 : -1,
    index: index === NO_REGISTER ? -1 : index * 2,
    scale,
    displacement: low,
    // The displacement is signed: its carry into the upper half follows from the sum.
    displacementHigh: isRelative ? Math.floor(windowBase / 2 ** 32) : 0,
    segmentBase: segmentBase(instruction),
    addressMask: addressMask(instruction),
  };
}

function registerOperand(kind: OperandKind, number: number, instruction: DecodedInstruction): Operand {
  const size = resolveSize(kind.size, instruction);
  if (kind.file === 'general') return generalRegister(number, size, instruction.hasRex);
  const reach = kind.file === 'mmx' ? Reach.mmx : kind.file === 'st' ? Reach.st : Reach.vector;
  return { ...NOTHING, reach, size, register: kind.file === 'st' ? number & 7 : number };
}

function operand(kind: OperandKind, instruction: DecodedInstruction, windowBase: number, address: number): Operand {
  const memorySize = resolveSize(kind.memory, instruction);
  switch (kind.place) {
    case Place.reg:
      return registerOperand(kind, instruction.reg, instruction);
    case Place.rm:
      if (instruction.isMemory) return memory(instruction, memorySize, windowBase, address);
      return registerOperand(kind, instruction.rm, instruction);
    case Place.rmRegister:
      return registerOperand(kind, instruction.rm, instruction);
    case Place.rmMemory:
      return memory(instruction, memorySize, windowBase, address);
    case Place.opcode:
      return registerOperand(kind, instruction.opcodeRegister, instruction);
    case Place.fixed:
      return registerOperand(kind, kind.number, instruction);
    case Place.one:
      return { ...NOTHING, value: 1, size: 8 };
    case Place.relative:
      return { ...NOTHING, ...relative(instruction, windowBase, address) };
    case Place.memoryOffset:
      return {
        ...memory(instruction, memorySize, windowBase, address),
        displacement: instruction.displacement >>> 0,
        displacementHigh: instruction.immediateHigh,
      };
    default:
      return { ...NOTHING, value: instruction.immediate, valueHigh: instruction.immediateHigh, size: resolveSize(kind.size, instruction) };
  }
}

/** The target of a direct jump: low and upper half. */
function relative({ length, immediate, operandSize, is64Bit }: DecodedInstruction, windowBase: number, address: number) {
  const target = windowBase + address + length + immediate;
  if (operandSize === 16) return { value: target & 0xffff, valueHigh: 0 };
  return { value: target | 0, valueHigh: is64Bit ? Math.floor(target / 2 ** 32) : 0 };
}

const sizeOf = (kind: OperandKind | undefined, instruction: DecodedInstruction): number =>
  kind === undefined
    ? instruction.operandSize
    : kind.file === 'general' && kind.place === Place.rmMemory
      ? resolveSize(kind.memory, instruction)
      : resolveSize(kind.size, instruction);

/** Prepares a decoded instruction that lies at `address` of the window. */
export function microOp(instruction: DecodedInstruction, windowBase: number, address: number, execute: Execute): MicroOp {
  const kinds = operandsOf(instruction.row);
  const at = (index: number): Operand => {
    const kind = kinds[index];
    return kind === undefined ? NOTHING : operand(kind, instruction, windowBase, address);
  };
  const size = sizeOf(kinds[0], instruction);
  return {
    execute,
    address,
    following: (address + instruction.length) >>> 0,
    operation: operationOf(instruction.row),
    row: instruction.row,
    size,
    shift: 32 - Math.min(size, 32),
    stackSize: instruction.operandSize === 16 ? 2 : instruction.is64Bit ? 8 : 4,
    operandSize: instruction.operandSize,
    addressSize: instruction.addressSize,
    repeat: instruction.repeat,
    operands: kinds.length,
    first: at(0),
    second: at(1),
    third: at(2),
    behind: undefined,
    target: undefined,
  };
}
