// dotnet/runtime `src/coreclr/vm/dllimport.cpp`, NDirect::MarshalingRequired, and its ancestor in the .NET Framework 4 and .NET Core 1.0.

import { isTokenOf, type Metadata, type MethodDefToken, makeToken, parameterRids, TableId, typeFullName } from '@ijw/metadata';
import type { MethodSignature, TypeNode } from '@ijw/metadata/signatures';
import { strip, type ValueTypes } from '../forms/value-types.ts';

/** Why a call needs a stub that marshals; without any the runtime calls the native function as it is. */
export const marshallingReasons = {
  preserveSigClear: 'PreserveSig is not set: the result is taken for an HRESULT',
  setLastError: 'SetLastError: the last error is cleared before and kept after the call',
  lcidConversion: 'LCIDConversion: an argument is put in between',
  classConstructor: 'The class constructor has to run first',
  bool: 'A bool has a size of its own on the native side',
  char: 'A char may have to be converted',
  marshalAs: 'There is a marshalling descriptor',
  valueTypeNotBlittable: 'The value type is not blittable',
  valueTypeElsewhere: 'The value type is defined in another assembly and may not be blittable',
  structureReturn: 'A structure is returned that the runtime does not treat as an integer',
  copyConstructed: 'The argument is copied by its C++ copy constructor',
  notPrimitive: 'The type is not a primitive, pointer or function pointer',
} as const;

export type MarshallingReason = keyof typeof marshallingReasons;

export interface MarshallingCause {
  readonly reason: MarshallingReason;
  /** 0 for the return value, parameters from 1; absent where the whole call is meant. */
  readonly position?: number;
}

const COPY_CONSTRUCTED: ReadonlySet<string> = new Set([
  'System.Runtime.CompilerServices.IsCopyConstructed',
  'Microsoft.VisualC.NeedsCopyConstructorModifier',
]);

/** The input of the search for causes. */
export interface MarshalledCall {
  readonly metadata: Metadata;
  /** The positions that have marshalling descriptors. */
  readonly described: ReadonlySet<number>;
  readonly signature: MethodSignature<TypeNode>;
  readonly valueTypes: ValueTypes;
  readonly preserveSig: boolean;
  readonly setLastError: boolean;
  readonly lcidConversion: boolean;
  readonly classConstructor: boolean;
  /** The assembly has DisableRuntimeMarshallingAttribute: descriptors, bool and char are not causes. */
  readonly runtimeMarshallingDisabled: boolean;
  /** On x86 a structure of one integer is returned as that integer. */
  readonly normalizesStructures: boolean;
}

function hasCopyConstructor(metadata: Metadata, pointee: TypeNode): boolean {
  if (strip(pointee).kind !== 'named') return false;
  for (let type = pointee; type.kind === 'modified'; type = type.unmodified) {
    const { modifier, required } = type;
    const isName = modifier.kind === 'named' && !isTokenOf(modifier.token, 'TypeSpec');
    if (required && isName && COPY_CONSTRUCTED.has(typeFullName(metadata, modifier.token))) return true;
  }
  return false;
}

function valueTypeReasons(
  call: MarshalledCall,
  type: TypeNode & { readonly kind: 'named' },
  position: number,
): readonly MarshallingReason[] {
  const nature = call.valueTypes.natureOf(type.token);
  if (nature === 'enum') return [];
  if (call.runtimeMarshallingDisabled) return [];
  const reasons: MarshallingReason[] = [];
  if (nature === 'notBlittable') reasons.push('valueTypeNotBlittable');
  if (nature === 'elsewhere') reasons.push('valueTypeElsewhere');
  const integer = call.normalizesStructures && isTokenOf(type.token, 'TypeDef') && call.valueTypes.isSingleInteger(type.token);
  if (position === 0 && !integer) reasons.push('structureReturn');
  return reasons;
}

function typeReasons(call: MarshalledCall, modified: TypeNode, position: number): readonly MarshallingReason[] {
  const type = strip(modified);
  if (type.kind === 'pointer')
    return !call.runtimeMarshallingDisabled && hasCopyConstructor(call.metadata, type.element) ? ['copyConstructed'] : [];
  if (type.kind === 'functionPointer') return [];
  if (type.kind === 'named' && type.valueType) return valueTypeReasons(call, type, position);
  if (type.kind !== 'primitive' || ['string', 'object', 'typedref'].includes(type.type)) return ['notPrimitive'];
  if (call.runtimeMarshallingDisabled) return [];
  if (type.type === 'bool') return ['bool'];
  return type.type === 'char' ? ['char'] : [];
}

export const NO_POSITIONS: ReadonlySet<number> = new Set();

/** Positions of parameters with a row of FieldMarshal. */
export function marshalledPositions(metadata: Metadata, token: MethodDefToken): ReadonlySet<number> {
  if (metadata.tables.FieldMarshal.rowCount === 0) return NO_POSITIONS;
  const positions = new Set<number>();
  for (const [position, rid] of parameterRids(metadata, token))
    if (metadata.findFieldMarshal(makeToken(TableId.Param, rid)) !== undefined) positions.add(position);
  return positions;
}

/** Every cause, those of the whole call first, then by position. The runtime stops at the first. @throws BadImageError */
export function marshallingCauses(call: MarshalledCall): readonly MarshallingCause[] {
  const causes: MarshallingCause[] = [];
  if (!call.preserveSig) causes.push({ reason: 'preserveSigClear' });
  if (call.setLastError) causes.push({ reason: 'setLastError' });
  if (call.lcidConversion) causes.push({ reason: 'lcidConversion' });
  if (call.classConstructor) causes.push({ reason: 'classConstructor' });
  const types = [call.signature.returnType, ...call.signature.parameterTypes];
  types.forEach((type, position) => {
    for (const reason of typeReasons(call, type, position)) causes.push({ reason, position });
    if (call.described.has(position)) causes.push({ reason: 'marshalAs', position });
  });
  return causes;
}
