import { type MarshallingDescriptor, NativeType } from '@ijw/metadata/marshalling';
import type { FormRequest } from './native-form.ts';

const NATIVE_TYPES: Readonly<Record<Exclude<MarshallingDescriptor['kind'], 'simple' | 'interface'>, number>> = {
  fixedSystemString: NativeType.fixedSysString,
  fixedArray: NativeType.fixedArray,
  safeArray: NativeType.safeArray,
  array: NativeType.array,
  customMarshaler: NativeType.customMarshaler,
};

/** The native type that a descriptor begins with. */
const nativeTypeOf = (descriptor: MarshallingDescriptor): number =>
  'nativeType' in descriptor ? descriptor.nativeType : NATIVE_TYPES[descriptor.kind];

/** The type that a descriptor requests. */
export const requestOf = (descriptor: MarshallingDescriptor | undefined, wide: boolean, isResult = false): FormRequest => ({
  nativeType: descriptor && nativeTypeOf(descriptor),
  descriptor,
  wide,
  isResult,
});

/** The element type of an array's descriptor. */
export function elementRequest({ descriptor, wide }: FormRequest): FormRequest {
  const elementType = descriptor?.kind === 'array' || descriptor?.kind === 'fixedArray' ? descriptor.elementType : undefined;
  return { nativeType: elementType === NativeType.max ? undefined : elementType, wide, isResult: false };
}
