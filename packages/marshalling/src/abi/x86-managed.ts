import { type AbiType, abiSize, pointerType, type Unsupported, unsupported } from './abi-type.ts';
import { type ArgumentPlace, type CallPlacement, inRegister, onStack } from './call-placement.ts';
import { placeResultX86 } from './x86.ts';

const SLOT = 4;
const REGISTERS: readonly string[] = ['ecx', 'edx'];

/**
 * The convention of managed code on x86 (dotnet/runtime vm/callingconvention.h, ArgIteratorTemplate): the first two values that fit a register are in ecx and
 * edx, the others are pushed from left to right, the callee pops them. A structure is passed on the stack and comes back through a buffer, whose address
 * is the first argument.
 */
export function placeManagedCallX86(parameters: readonly AbiType[], result: AbiType): CallPlacement | Unsupported {
  if (result.kind === 'aggregate' && result.size <= SLOT * 2)
    return unsupported('A small structure as the result of managed code is not placed on x86');
  const buffer = result.kind === 'aggregate';
  const types = buffer ? [pointerType(SLOT), ...parameters] : parameters;
  const stackBytes = types.reduce((sum, type, index) => sum + (registerOf(types, index) ? 0 : roomOf(type)), 0);
  let left = stackBytes;
  const places = types.map((type, index): ArgumentPlace => {
    const register = registerOf(types, index);
    if (register !== undefined) return inRegister(register);
    left -= roomOf(type);
    return onStack(left);
  });
  return {
    arguments: parameters.map((type, index) => ({
      passed: 'value',
      pieces: [{ place: places[index + (buffer ? 1 : 0)]!, offset: 0, size: abiSize(type) }],
    })),
    result: buffer ? { kind: 'buffer', size: abiSize(result), address: places[0]! } : placeResultX86(result),
    stackBytes,
    calleePops: stackBytes,
  };
}

const roomOf = (type: AbiType): number => Math.ceil(abiSize(type) / SLOT) * SLOT;

const fitsRegister = (type: AbiType): boolean => type.kind === 'integer' && type.size <= SLOT;

/** The register of a parameter: it depends on how many before it fit one. */
function registerOf(types: readonly AbiType[], index: number): string | undefined {
  return fitsRegister(types[index]!) ? REGISTERS[types.slice(0, index).filter(fitsRegister).length] : undefined;
}
