import { type MarshallingDescriptor, NativeType } from '@ijw/metadata';

const NATIVE_TYPES: Readonly<Record<Exclude<MarshallingDescriptor['kind'], 'simple' | 'interface'>, number>> = {
  fixedSystemString: NativeType.fixedSysString,
  fixedArray: NativeType.fixedArray,
  safeArray: NativeType.safeArray,
  array: NativeType.array,
  customMarshaler: NativeType.customMarshaler,
};

/** The native type that a descriptor begins with. */
export const nativeTypeOf = (descriptor: MarshallingDescriptor): number =>
  'nativeType' in descriptor ? descriptor.nativeType : NATIVE_TYPES[descriptor.kind];
