export {
  ARRAY_SIZE_PARAMETER_SPECIFIED,
  type MarshallingDescriptor,
  readMarshallingDescriptor,
  writeMarshallingDescriptor,
} from './marshalling-descriptor.ts';
export { NativeType, type NativeTypeName, nativeTypeName } from './native-type.ts';
export { VariantType, VariantTypeFlag, type VariantTypeName, variantTypeName } from './variant-type.ts';
