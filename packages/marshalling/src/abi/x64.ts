// Windows x64 ABI, learn.microsoft.com "x64 calling convention": four positions, each with an integer and a vector register.

import { type AbiType, abiSize, pointerType } from './abi-type.ts';
import { type CallPlacement, inRegister, onStack, type Piece, type PlacedArgument, type PlacedResult } from './call-placement.ts';
import type { CallShape } from './call-shape.ts';

const INTEGER_REGISTERS = ['rcx', 'rdx', 'r8', 'r9'] as const;
const FLOAT_REGISTERS = ['xmm0', 'xmm1', 'xmm2', 'xmm3'] as const;
const SLOT = 8;
/** The caller leaves room for the four registers below the stack arguments. */
const SHADOW_SPACE = 32;
/** Structures of these sizes travel as integers. */
const REGISTER_SIZES: readonly number[] = [1, 2, 4, 8];

const isByReference = (type: AbiType): boolean => type.kind === 'aggregate' && !REGISTER_SIZES.includes(type.size);

const needsBuffer = ({ result, memberFunction }: CallShape): boolean =>
  result.kind === 'aggregate' && (memberFunction || isByReference(result));

function place(position: number, type: AbiType, variadic: boolean): PlacedArgument {
  const reference = isByReference(type);
  const size = reference ? SLOT : abiSize(type);
  const passed = reference ? 'reference' : 'value';
  return { passed, pieces: [piece({ position, type, size, variadic })] };
}

interface Passed {
  /** Among the arguments, the result's buffer with them. */
  readonly position: number;
  readonly type: AbiType;
  readonly size: number;
  readonly variadic: boolean;
}

function piece({ position, type, size, variadic }: Passed): Piece {
  const [integer, float] = [INTEGER_REGISTERS[position], FLOAT_REGISTERS[position]];
  if (integer === undefined || float === undefined) return { place: onStack(position * SLOT), offset: 0, size };
  if (type.kind !== 'float') return { place: inRegister(integer), offset: 0, size };
  const place = inRegister(float);
  return variadic ? { place, offset: 0, size, duplicate: integer } : { place, offset: 0, size };
}

function placeResult(result: AbiType): PlacedResult {
  if (result.kind === 'void') return { kind: 'void' };
  const register = result.kind === 'float' ? 'xmm0' : 'rax';
  return { kind: 'registers', pieces: [{ place: inRegister(register), offset: 0, size: result.size }] };
}

export function placeCallX64(shape: CallShape): CallPlacement {
  const { parameters, result, variadic, memberFunction } = shape;
  const buffer = needsBuffer(shape) ? (memberFunction ? 1 : 0) : undefined;
  const positionOf = (index: number): number => index + (buffer !== undefined && index >= buffer ? 1 : 0);
  const placed = parameters.map((type, index) => place(positionOf(index), type, variadic));
  const positions = parameters.length + (buffer === undefined ? 0 : 1);
  return {
    arguments: placed,
    result:
      buffer === undefined
        ? placeResult(result)
        : {
            kind: 'buffer',
            size: abiSize(result),
            address: piece({ position: buffer, type: pointerType(8), size: SLOT, variadic: false }).place,
            returnedIn: 'rax',
          },
    stackBytes: Math.max(SHADOW_SPACE, positions * SLOT),
    calleePops: 0,
  };
}
