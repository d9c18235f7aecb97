import { type ByteReader, ByteWriter } from '@ijw/binary';
import { readUtf8 } from '../attributes/serialized-string.ts';
import { NativeType } from './native-type.ts';

/**
 * The marshalling of a field, a parameter or a return value (ECMA-335 II.23.4; the runtime's set is wider: `ParseNativeTypeInfo` of
 * src/coreclr/vm/mlinfo.cpp). An optional part is `undefined` when the blob ends before it. `nativeType` and element types are `NativeType`
 * values, `variantType` is a `VariantType` value with its flags. `rest` are the bytes after the known parts, kept so that nothing is lost.
 */
export type MarshallingDescriptor = MarshallingShape & { readonly rest?: Uint8Array };

type MarshallingShape =
  | { readonly kind: 'simple'; readonly nativeType: number }
  | { readonly kind: 'fixedSystemString'; readonly size: number | undefined }
  | { readonly kind: 'fixedArray'; readonly size: number | undefined; readonly elementType: number | undefined }
  | { readonly kind: 'safeArray'; readonly variantType: number | undefined; readonly userDefinedType: string | undefined }
  | {
      readonly kind: 'array';
      readonly elementType: number | undefined;
      /** Zero-based index of the parameter that holds the number of elements. It counts only where bit 0 of `flags` is set or `flags` is absent. */
      readonly sizeParameterIndex: number | undefined;
      readonly size: number | undefined;
      readonly flags: number | undefined;
    }
  | {
      readonly kind: 'customMarshaler';
      readonly guid: string;
      readonly unmanagedType: string;
      /** The marshaler class, as a serialized type name. */
      readonly marshalerType: string;
      readonly cookie: string;
    }
  | { readonly kind: 'interface'; readonly nativeType: number; readonly iidParameterIndex: number | undefined };

/** Bit 0 of an array's flags (`ntaSizeParamIndexSpecified` of the runtime's metadata headers). */
export const ARRAY_SIZE_PARAMETER_SPECIFIED = 1;

const optional = <T>(reader: ByteReader, read: (reader: ByteReader) => T): T | undefined => (reader.atEnd ? undefined : read(reader));
const compressed = (reader: ByteReader): number => reader.compressedUnsigned();
const text = (reader: ByteReader): string => readUtf8(reader, reader.compressedUnsigned());

type ShapeReader = (reader: ByteReader, nativeType: number) => MarshallingShape;

const readInterface: ShapeReader = (reader, nativeType) => ({
  kind: 'interface',
  nativeType,
  iidParameterIndex: optional(reader, compressed),
});

/** Native types that are followed by something. */
const shapeReaders: ReadonlyMap<number, ShapeReader> = new Map([
  [NativeType.fixedSysString, (reader) => ({ kind: 'fixedSystemString', size: optional(reader, compressed) })],
  [
    NativeType.fixedArray,
    (reader) => ({ kind: 'fixedArray', size: optional(reader, compressed), elementType: optional(reader, compressed) }),
  ],
  [
    NativeType.safeArray,
    (reader) => ({ kind: 'safeArray', variantType: optional(reader, compressed), userDefinedType: optional(reader, text) }),
  ],
  [
    NativeType.array,
    (reader) => ({
      kind: 'array',
      elementType: optional(reader, compressed),
      sizeParameterIndex: optional(reader, compressed),
      size: optional(reader, compressed),
      flags: optional(reader, compressed),
    }),
  ],
  [
    NativeType.customMarshaler,
    (reader) => ({
      kind: 'customMarshaler',
      guid: text(reader),
      unmanagedType: text(reader),
      marshalerType: text(reader),
      cookie: text(reader),
    }),
  ],
  [NativeType.iUnknown, readInterface],
  [NativeType.iDispatch, readInterface],
  [NativeType.intf, readInterface],
] as [number, ShapeReader][]);

/** Reads the blob of a FieldMarshal row. Throws `BadImageError` where the blob is empty or ends in the middle of a value. */
export function readMarshallingDescriptor(reader: ByteReader): MarshallingDescriptor {
  const nativeType = reader.compressedUnsigned();
  const shape = shapeReaders.get(nativeType)?.(reader, nativeType) ?? { kind: 'simple', nativeType };
  return reader.atEnd ? shape : { ...shape, rest: reader.view(reader.remaining).slice() };
}

/** Writes values in order and stops at the first that is absent: what follows it could not be told apart. */
function writeOptional(writer: ByteWriter, ...values: readonly (number | undefined)[]): void {
  for (const value of values) {
    if (value === undefined) return;
    writer.compressedUnsigned(value);
  }
}

function writeText(writer: ByteWriter, value: string): void {
  const bytes = new TextEncoder().encode(value);
  writer.compressedUnsigned(bytes.length).bytes(bytes);
}

function writeShape(writer: ByteWriter, shape: MarshallingShape): void {
  switch (shape.kind) {
    case 'simple':
      writer.compressedUnsigned(shape.nativeType);
      break;
    case 'fixedSystemString':
      writeOptional(writer, NativeType.fixedSysString, shape.size);
      break;
    case 'fixedArray':
      writeOptional(writer, NativeType.fixedArray, shape.size, shape.elementType);
      break;
    case 'safeArray':
      writeOptional(writer, NativeType.safeArray, shape.variantType);
      if (shape.variantType !== undefined && shape.userDefinedType !== undefined) writeText(writer, shape.userDefinedType);
      break;
    case 'array':
      writeOptional(writer, NativeType.array, shape.elementType, shape.sizeParameterIndex, shape.size, shape.flags);
      break;
    case 'customMarshaler':
      writer.compressedUnsigned(NativeType.customMarshaler);
      for (const value of [shape.guid, shape.unmanagedType, shape.marshalerType, shape.cookie]) writeText(writer, value);
      break;
    case 'interface':
      writeOptional(writer, shape.nativeType, shape.iidParameterIndex);
  }
}

/** The twin of `readMarshallingDescriptor`. */
export function writeMarshallingDescriptor(descriptor: MarshallingDescriptor): Uint8Array {
  const writer = new ByteWriter();
  writeShape(writer, descriptor);
  if (descriptor.rest) writer.bytes(descriptor.rest);
  return writer.toBytes();
}
