// Intel SDM volume 2: what small functions do with floating point. SSE: moves, sums, differences and products of single values. x87: loads, sums, stores.

import { bitsFromFloat, floatFromBits } from '../processor/float-bits.ts';
import { UnknownInstruction } from '../processor/unknown-instruction.ts';
import type { Instruction, Operand } from './x86-instruction.ts';

type Operation = (left: number, right: number) => number;

const SSE_OPERATIONS: Readonly<Record<number, Operation>> = {
  88: (left, right) => left + right,
  89: (left, right) => left * right,
  92: (left, right) => left - right,
  94: (left, right) => left / right,
};

const XORPS = 0x57;
const LOW_MASK: Readonly<Record<number, bigint>> = { 4: 0xffff_ffffn, 8: 0xffff_ffff_ffff_ffffn };

const vectorOf = (instruction: Instruction, operand: Operand, bits: number): bigint =>
  'register' in operand ? instruction.state.vectors[operand.register]! : instruction.state.read(operand.address, bits);

/** MOVSS, MOVSD, MOVUPS and MOVAPS; a load of one value clears the rest of the register, a move between registers keeps it. */
function move(instruction: Instruction, isStore: boolean, size: 4 | 8 | 16): void {
  const { reg, operand } = instruction.modrm();
  const { vectors } = instruction.state;
  const mask = LOW_MASK[size] ?? (1n << 128n) - 1n;
  if (isStore && 'address' in operand) {
    instruction.state.write(operand.address, vectors[reg]! & mask, size * 8);
    return;
  }
  const target = isStore && 'register' in operand ? operand.register : reg;
  const value = isStore ? vectors[reg]! : vectorOf(instruction, operand, size * 8);
  const kept = 'register' in operand ? vectors[target]! & ~mask : 0n;
  vectors[target] = kept | (value & mask);
}

const scalarSize = ({ mandatoryPrefix }: Instruction): 4 | 8 | undefined =>
  mandatoryPrefix === 0xf3 ? 4 : mandatoryPrefix === 0xf2 ? 8 : undefined;

/** The 0F opcodes of SSE. Returns false for other opcodes. */
export function sse(instruction: Instruction, opcode: number): boolean {
  const size = scalarSize(instruction);
  if (opcode === 0x10 || opcode === 0x11) move(instruction, opcode === 0x11, size ?? 16);
  else if (opcode === 0x28 || opcode === 0x29) move(instruction, opcode === 0x29, 16);
  else if (opcode === XORPS) {
    const { reg, operand } = instruction.modrm();
    instruction.state.vectors[reg] = instruction.state.vectors[reg]! ^ vectorOf(instruction, operand, 128);
  } else {
    const operation = SSE_OPERATIONS[opcode];
    if (!operation || size === undefined) return false;
    const { reg, operand } = instruction.modrm();
    const { vectors } = instruction.state;
    const left = floatFromBits(vectors[reg]!, size);
    const result = bitsFromFloat(operation(left, floatFromBits(vectorOf(instruction, operand, size * 8), size)), size);
    vectors[reg] = (vectors[reg]! & ~LOW_MASK[size]!) | result;
  }
  return true;
}

const FLDZ = 0xee;
const FADD = 0;
const FLD = 0;
const FSTP = 3;

/** D8 to DF: FLD and FSTP of memory, FADD of memory, FLDZ. */
export function x87(instruction: Instruction, opcode: number): void {
  const { x87: stack } = instruction.state;
  const [next] = instruction.state.code(1);
  if (opcode === 0xd9 && next === FLDZ) {
    instruction.u8();
    stack.unshift(0);
    return;
  }
  const size = opcode === 0xd8 || opcode === 0xd9 ? 4 : opcode === 0xdc || opcode === 0xdd ? 8 : undefined;
  const { reg, operand } = instruction.modrm();
  if (size === undefined || !('address' in operand)) throw new UnknownInstruction();
  const isArithmetic = opcode === 0xd8 || opcode === 0xdc;
  if (isArithmetic && (reg & 7) === FADD) {
    stack[0] = top(stack) + floatFromBits(instruction.state.read(operand.address, size * 8), size);
  } else if (!isArithmetic && (reg & 7) === FLD) {
    stack.unshift(floatFromBits(instruction.state.read(operand.address, size * 8), size));
  } else if (!isArithmetic && (reg & 7) === FSTP) {
    instruction.state.write(operand.address, bitsFromFloat(top(stack), size), size * 8);
    stack.shift();
  } else throw new UnknownInstruction();
}

function top(stack: readonly number[]): number {
  const value = stack[0];
  if (value === undefined) throw new UnknownInstruction();
  return value;
}
