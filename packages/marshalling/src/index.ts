export { type AbiType, type AggregateType, abiSize, pointerType, type Unsupported, unsupported } from './abi/abi-type.ts';
export type { ArgumentPlace, CallPlacement, Piece, PlacedArgument, PlacedResult } from './abi/call-placement.ts';
export type { CallShape } from './abi/call-shape.ts';
export { placeCall } from './abi/place-call.ts';
export { ENUM_PRIMITIVES, TypeMeasure } from './abi/type-measure.ts';
export { placeManagedCallX86 } from './abi/x86-managed.ts';
export type { CallArgument, CallBy, CallContract, CallDirection } from './calls/call-contract.ts';
export { type ForwardCall, type ForwardStep, forwardCallText, forwardSteps, forwardStepText } from './calls/forward-call-plan.ts';
export { ForwardCalls, type ForwardCallsInit } from './calls/forward-calls.ts';
export { type ManagedCallPlan, planManagedCall } from './calls/managed-call-plan.ts';
export { type MarshallingCause, type MarshallingReason, marshallingReasons } from './calls/marshalling-cause.ts';
export { NativeCalls } from './calls/native-calls.ts';
export {
  type ImplMap,
  isNativeCode,
  type PInvoke,
  type PInvokeKind,
  readPInvoke,
  readPInvokes,
  readRvaPInvokes,
} from './calls/p-invoke.ts';
export { type RefusalRule, refusalRules } from './calls/p-invoke-refusal.ts';
export type { ForwardTarget } from './calls/planned-call.ts';
export { planReverseCall, reverseCallText } from './calls/reverse-call-plan.ts';
export {
  type ConventionProblem,
  type ConventionSource,
  conventionProblems,
  type EffectiveConvention,
  effectiveConvention,
  type UnmanagedConvention,
} from './calls/unmanaged-convention.ts';
export type { Conversion, CrossingParameter, CrossingType, NativeDelegate, TextEncoding } from './crossing-type.ts';
export { CrossingTypes, type MarshallingWay } from './crossing-types.ts';
export type { CopyConstruction, CopyPlace, MarshallingMethod } from './forms/copy-construction.ts';
export { identifier, NativeStructures } from './forms/native-structure.ts';
export { type ParameterRow, parameterRows } from './forms/parameter-rows.ts';
export type { TextConversion } from './forms/text-conversion.ts';
export {
  type Blittability,
  type MarshallingProblem,
  marshallingProblems,
  strip,
  type ValueTypeNature,
  ValueTypes,
  type ValueTypesInit,
} from './forms/value-types.ts';
export { CORE_STRUCTURE_NAMES } from './native/core-structures.ts';
export { type NativeExtent, nativeExtent, type StructLayout, structLayout } from './native/native-layout.ts';
export type { NativeField, NativeStruct, NativeTree, ScalarName } from './native/native-tree.ts';
