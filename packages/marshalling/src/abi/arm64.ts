// learn.microsoft.com "Overview of ARM64 ABI conventions" over AAPCS64 6.4; letters are the rules of its stage C.

import { alignUp } from '@ijw/binary';
import { type AbiType, abiSize, pointerType } from './abi-type.ts';
import { type CallPlacement, inRegister, onStack, type Piece, type PlacedArgument, type PlacedResult } from './call-placement.ts';
import type { CallShape } from './call-shape.ts';

const REGISTERS = 8;
const SLOT = 8;
/** Larger structures are copied by the caller and passed by address (B.4). */
const VALUE_LIMIT = 16;
const INDIRECT_RESULT = 'x8';

const isHomogeneous = (type: AbiType): boolean => type.kind === 'aggregate' && type.homogeneous !== undefined;
const isByReference = (type: AbiType, variadic: boolean): boolean =>
  type.kind === 'aggregate' && type.size > VALUE_LIMIT && (variadic || !isHomogeneous(type));

/** A value in pieces of `step` bytes. */
function pieces(size: number, step: number, placeOf: (index: number) => Piece['place']): Piece[] {
  return Array.from({ length: Math.ceil(size / step) }, (_, index) => ({
    place: placeOf(index),
    offset: index * step,
    size: Math.min(step, size - index * step),
  }));
}

/** NGRN, NSRN and NSAA of the standard. */
class Allocator {
  #integers = 0;
  #floats = 0;
  #stack = 0;

  get stackBytes(): number {
    return this.#stack;
  }

  take(type: AbiType): Piece[] {
    if (type.kind === 'float') return this.#vector(type.size, type.size);
    if (type.kind === 'aggregate' && type.homogeneous) return this.#vector(type.size, type.homogeneous.elementSize);
    return this.#general(abiSize(type));
  }

  /** C.1 to C.4: the value goes to vector registers as a whole; if they are too few, no later value uses them. */
  #vector(size: number, elementSize: 4 | 8): Piece[] {
    const first = this.#floats;
    if (first + size / elementSize <= REGISTERS) {
      this.#floats += size / elementSize;
      return pieces(size, elementSize, (index) => inRegister(`v${first + index}`));
    }
    this.#floats = REGISTERS;
    return this.#toStack(size);
  }

  /** C.9, C.12, C.13. */
  #general(size: number): Piece[] {
    const first = this.#integers;
    const count = Math.ceil(size / SLOT);
    if (first + count <= REGISTERS) {
      this.#integers += count;
      return pieces(size, SLOT, (index) => inRegister(`x${first + index}`));
    }
    this.#integers = REGISTERS;
    return this.#toStack(size);
  }

  #toStack(size: number): Piece[] {
    const offset = this.#stack;
    this.#stack += alignUp(size, SLOT);
    return [{ place: onStack(offset), offset: 0, size }];
  }

  /** Windows, variadic functions: everything goes to a stack whose first 64 bytes are x0 to x7. */
  takeVariadic(size: number): Piece[] {
    const first = this.#integers;
    this.#integers += Math.ceil(size / SLOT);
    this.#stack = Math.max(0, this.#integers - REGISTERS) * SLOT;
    return pieces(size, SLOT, (index) =>
      first + index < REGISTERS ? inRegister(`x${first + index}`) : onStack((first + index - REGISTERS) * SLOT),
    );
  }
}

function placeArgument(allocator: Allocator, type: AbiType, variadic: boolean): PlacedArgument {
  const reference = isByReference(type, variadic);
  const travels = reference ? pointerType(8) : type;
  return {
    passed: reference ? 'reference' : 'value',
    pieces: variadic ? allocator.takeVariadic(abiSize(travels)) : allocator.take(travels),
  };
}

function placeResult(result: AbiType): PlacedResult {
  if (result.kind === 'void') return { kind: 'void' };
  return { kind: 'registers', pieces: new Allocator().take(result) };
}

export function placeCallArm64(shape: CallShape): CallPlacement {
  const { parameters, result, memberFunction, variadic } = shape;
  const buffer = result.kind === 'aggregate' && (memberFunction || isByReference(result, false));
  const allocator = new Allocator();
  const placed: PlacedArgument[] = [];
  for (const [index, type] of parameters.entries()) {
    if (index === 1 && buffer && memberFunction) allocator.take(pointerType(8));
    placed.push(placeArgument(allocator, type, variadic));
  }
  const size = abiSize(result);
  return {
    arguments: placed,
    result: !buffer
      ? placeResult(result)
      : memberFunction
        ? { kind: 'buffer', size, address: inRegister('x1'), returnedIn: 'x0' }
        : { kind: 'buffer', size, address: inRegister(INDIRECT_RESULT) },
    stackBytes: allocator.stackBytes,
    calleePops: 0,
  };
}
