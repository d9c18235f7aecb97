// Where an instruction goes, and the memory it names without a register.

import type { InstructionFlow } from '../instruction-flow.ts';
import { type DecodedInstruction, IP_REGISTER, NO_REGISTER } from './decoded-instruction.ts';
import { flowOf, operandsOf, operationOf } from './encodings.ts';
import { Place } from './operand-kind.ts';

/** `__fastfail`: INT 29H ends the process. */
const FAST_FAIL = 0x29;

/** As the table says, and INT3 and the interrupt of `__fastfail` stop; other interrupts return. */
export function x86Flow({ row, immediate }: DecodedInstruction): InstructionFlow {
  const flow = flowOf(row);
  if (flow !== 'interrupt') return flow;
  const operation = operationOf(row);
  return operation === 'int3' || (operation === 'int' && (immediate & 0xff) === FAST_FAIL) ? 'stop' : 'next';
}

const relativeOperand = ({ row }: DecodedInstruction) => {
  const operand = operandsOf(row)[0];
  return operand?.place === Place.relative ? operand : undefined;
};

/** The address that a direct jump or call at `ip` leads to. */
export function jumpTarget(instruction: DecodedInstruction, ip: bigint): bigint | undefined {
  return relativeOperand(instruction) && x86Flow(instruction) !== 'next' ? relativeTarget(instruction, ip) : undefined;
}

/** How many bytes from its own first one a direct jump or call leads. Undefined for those of 16 bits, which cut the instruction pointer. */
export function jumpDistance(instruction: DecodedInstruction): number | undefined {
  if (instruction.operandSize === 16 || !relativeOperand(instruction) || x86Flow(instruction) === 'next') return undefined;
  return instruction.length + instruction.immediate;
}

/** A jump of two bytes, which does not leave a function. */
export const isShortJump = (instruction: DecodedInstruction): boolean =>
  x86Flow(instruction) === 'branch' && relativeOperand(instruction)?.size === 8;

/** The address that a relative operand means: SDM volume 2, JMP; 16 bits of operand size cut it. */
export function relativeTarget({ operandSize, is64Bit, length, immediate, row }: DecodedInstruction, ip: bigint): bigint {
  const bits = operandSize === 16 && operationOf(row) !== 'xbegin' ? 16 : is64Bit ? 64 : 32;
  return BigInt.asUintN(bits, ip + BigInt(length + immediate));
}

/** The address of the memory operand at `ip`, where no register is part of it but the instruction pointer. */
export function memoryAddress(
  { isMemory, base, index, addressSize, displacement, length, immediateHigh, row }: DecodedInstruction,
  ip: bigint,
) {
  if (!isMemory || index !== NO_REGISTER) return undefined;
  if (base === IP_REGISTER) return BigInt.asUintN(addressSize, ip + BigInt(length + displacement));
  if (base !== NO_REGISTER) return undefined;
  const isOffset = operandsOf(row).some(({ place }) => place === Place.memoryOffset);
  const high = isOffset && addressSize === 64 ? BigInt(immediateHigh) << 32n : 0n;
  return BigInt.asUintN(addressSize, isOffset ? high | BigInt(displacement >>> 0) : BigInt(displacement));
}
