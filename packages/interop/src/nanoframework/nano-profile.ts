import type { AssemblyShape, TypeShape } from '../shape/assembly-shape.ts';
import { orderedTypes } from '../tinyclr/type-order.ts';
import { nanoTypeOrder } from './type-order.ts';

/** The differences of a generation of NETMF or nanoFramework. The sources of each value are in docs/interop-nanoframework.md. */
export interface NanoProfile {
  readonly name: string;
  /** The checksum's input for a method without native code, and in newer tools after every method. */
  readonly nothing: 'NULL' | 'nullptr';
  readonly afterEvery: boolean;
  /** The running checksum counts as 0 until the first native method has been taken in whole. */
  readonly startsAtFirstNative: boolean;
  /** Arity marks become underscores and type arguments go, so that generic types have names. */
  readonly generics: boolean;
  /** `#include`s of the header, and the macro that declares a native. */
  readonly includes: readonly string[];
  readonly declare: string;
  /** Start of the macros in a stub's body. */
  readonly macro: 'NANOCLR' | 'TINYCLR';
  /** The definition ends with the version that AssemblyNativeVersionAttribute gives. */
  readonly hasNativeVersion: boolean;
  order(assembly: AssemblyShape, operandTypes: (type: TypeShape) => readonly TypeShape[]): readonly TypeShape[];
}

const nano = {
  includes: ['nanoCLR_Interop.h', 'nanoCLR_Runtime.h', 'nanoPackStruct.h'],
  declare: 'NANOCLR_NATIVE_DECLARE',
  macro: 'NANOCLR',
  hasNativeVersion: true,
  order: nanoTypeOrder,
} as const;

export const NANO_PROFILES: readonly [NanoProfile, ...NanoProfile[]] = [
  { ...nano, name: '1', nothing: 'NULL', afterEvery: false, startsAtFirstNative: true, generics: false },
  { ...nano, name: '2', nothing: 'nullptr', afterEvery: true, startsAtFirstNative: false, generics: true },
  {
    name: 'netmf',
    nothing: 'NULL',
    afterEvery: false,
    startsAtFirstNative: false,
    generics: false,
    includes: ['TinyCLR_Interop.h'],
    declare: 'TINYCLR_NATIVE_DECLARE',
    macro: 'TINYCLR',
    hasNativeVersion: false,
    order: (assembly) => orderedTypes(assembly),
  },
];
