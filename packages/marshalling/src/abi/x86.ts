// learn.microsoft.com "Argument passing and naming conventions" for x86: what each convention has in registers, and who pops the stack.

import { alignUp } from '@ijw/binary';
import type { UnmanagedConvention } from '../calls/unmanaged-convention.ts';
import { type AbiType, abiSize, pointerType } from './abi-type.ts';
import {
  type ArgumentPlace,
  type CallPlacement,
  inRegister,
  onStack,
  type Piece,
  type PlacedArgument,
  type PlacedResult,
} from './call-placement.ts';
import type { CallShape } from './call-shape.ts';

interface Convention {
  /** Registers that are filled from the left with values of four bytes and less. */
  readonly registers: readonly string[];
  readonly calleePops: boolean;
  /** Only `this` is passed in a register. */
  readonly firstOnly?: true;
}

const CONVENTIONS: Readonly<Record<UnmanagedConvention, Convention>> = {
  cdecl: { registers: [], calleePops: false },
  stdcall: { registers: [], calleePops: true },
  thiscall: { registers: ['ecx'], calleePops: true, firstOnly: true },
  fastcall: { registers: ['ecx', 'edx'], calleePops: true },
};

const SLOT = 4;
/** Structures of these sizes are returned as integers by functions that are not members. */
const REGISTER_SIZES: readonly number[] = [1, 2, 4, 8];

const needsBuffer = ({ result, memberFunction }: CallShape): boolean =>
  result.kind === 'aggregate' && (memberFunction || !REGISTER_SIZES.includes(result.size));

/** Integers have eax and edx, floating point has the top of the x87 stack. */
export function placeResultX86(result: AbiType): PlacedResult {
  if (result.kind === 'void') return { kind: 'void' };
  if (result.kind === 'float') return { kind: 'registers', pieces: [{ place: inRegister('st0'), offset: 0, size: result.size }] };
  const low: Piece = { place: inRegister('eax'), offset: 0, size: Math.min(result.size, SLOT) };
  if (result.size <= SLOT) return { kind: 'registers', pieces: [low] };
  return { kind: 'registers', pieces: [low, { place: inRegister('edx'), offset: SLOT, size: result.size - SLOT }] };
}

/** Hands out places from left to right. */
class Allocator {
  readonly #convention: Convention;
  #registers = 0;
  #index = 0;
  #stack = 0;

  constructor(convention: Convention) {
    this.#convention = convention;
  }

  get stackBytes(): number {
    return this.#stack;
  }

  take(type: AbiType): ArgumentPlace {
    const { registers, firstOnly } = this.#convention;
    const first = this.#index++ === 0;
    const register = registers[this.#registers];
    if (register !== undefined && type.kind === 'integer' && type.size <= SLOT && (first || !firstOnly)) {
      this.#registers++;
      return inRegister(register);
    }
    const offset = this.#stack;
    this.#stack += alignUp(abiSize(type), SLOT);
    return onStack(offset);
  }
}

export function placeCallX86(shape: CallShape): CallPlacement {
  const { parameters, result, memberFunction } = shape;
  const convention = CONVENTIONS[shape.convention];
  const allocator = new Allocator(convention);
  const placed: PlacedArgument[] = [];
  const bufferIndex = needsBuffer(shape) ? Math.min(memberFunction ? 1 : 0, parameters.length) : undefined;
  let buffer: ArgumentPlace | undefined;
  for (const [index, type] of parameters.entries()) {
    if (index === bufferIndex) buffer = allocator.take(pointerType(SLOT));
    placed.push({ passed: 'value', pieces: [{ place: allocator.take(type), offset: 0, size: abiSize(type) }] });
  }
  if (bufferIndex === parameters.length) buffer = allocator.take(pointerType(SLOT));
  return {
    arguments: placed,
    result: buffer ? { kind: 'buffer', size: abiSize(result), address: buffer, returnedIn: 'eax' } : placeResultX86(result),
    stackBytes: allocator.stackBytes,
    calleePops: convention.calleePops ? allocator.stackBytes : 0,
  };
}
