import { ByteWriter } from '@ijw/binary';
import { encodeCodedIndex } from '../tables/coded-index.ts';
import type { Token } from '../tables/token.ts';
import { ElementType, primitiveElementTypes } from './element-type.ts';
import { CallingConvention, SignatureFlags } from './signature-header.ts';
import type { ArrayShape, MethodSignature } from './signature-type-provider.ts';
import type { TypeNode } from './type-node.ts';

/** The twin of `SignatureDecoder`: `TypeNode` trees to signature blobs (ECMA-335 II.23.2). */
const typeToken = (writer: ByteWriter, token: Token): ByteWriter => writer.compressedUnsigned(encodeCodedIndex('TypeDefOrRef', token));

function writeShape(writer: ByteWriter, { rank, sizes, lowerBounds }: ArrayShape): ByteWriter {
  writer.compressedUnsigned(rank).compressedUnsigned(sizes.length);
  for (const size of sizes) writer.compressedUnsigned(size);
  writer.compressedUnsigned(lowerBounds.length);
  for (const bound of lowerBounds) writer.compressedSigned(bound);
  return writer;
}

function writeModifier(writer: ByteWriter, type: TypeNode & { kind: 'modified' }): ByteWriter {
  writer.u8(type.required ? ElementType.CModReqd : ElementType.CModOpt);
  if (type.modifier.kind === 'named') typeToken(writer, type.modifier.token);
  return writeType(writer, type.unmodified);
}

function writeType(writer: ByteWriter, type: TypeNode): ByteWriter {
  switch (type.kind) {
    case 'primitive':
      return writer.u8(primitiveElementTypes[type.type]);
    case 'named':
      return typeToken(writer.u8(type.valueType ? ElementType.ValueType : ElementType.Class), type.token);
    case 'pointer':
      return writeType(writer.u8(ElementType.Ptr), type.element);
    case 'byReference':
      return writeType(writer.u8(ElementType.ByRef), type.element);
    case 'pinned':
      return writeType(writer.u8(ElementType.Pinned), type.element);
    case 'szArray':
      return writeType(writer.u8(ElementType.SzArray), type.element);
    case 'array':
      writeType(writer.u8(ElementType.Array), type.element);
      return writeShape(writer, type.shape);
    case 'genericInstance':
      writeType(writer.u8(ElementType.GenericInst), type.generic);
      return writeTypes(writer, type.arguments);
    case 'genericTypeParameter':
      return writer.u8(ElementType.Var).compressedUnsigned(type.index);
    case 'genericMethodParameter':
      return writer.u8(ElementType.MVar).compressedUnsigned(type.index);
    case 'functionPointer':
      return writeMethod(writer.u8(ElementType.FnPtr), type.signature);
    case 'modified':
      return writeModifier(writer, type);
  }
}

function writeTypes(writer: ByteWriter, types: readonly TypeNode[]): ByteWriter {
  writer.compressedUnsigned(types.length);
  for (const type of types) writeType(writer, type);
  return writer;
}

function writeMethod(writer: ByteWriter, signature: MethodSignature<TypeNode>): ByteWriter {
  const { header, parameterTypes, requiredParameterCount, endsWithSentinel } = signature;
  writer.u8(header);
  if (header & SignatureFlags.Generic) writer.compressedUnsigned(signature.genericParameterCount);
  writer.compressedUnsigned(parameterTypes.length);
  writeType(writer, signature.returnType);
  parameterTypes.forEach((type, index) => {
    if (index === requiredParameterCount) writer.u8(ElementType.Sentinel);
    writeType(writer, type);
  });
  if (endsWithSentinel) writer.u8(ElementType.Sentinel);
  return writer;
}

/** A method's or a property's signature, by its header. */
export const encodeMethodSignature = (signature: MethodSignature<TypeNode>): Uint8Array =>
  writeMethod(new ByteWriter(), signature).toBytes();

export const encodePropertySignature = encodeMethodSignature;

export const encodeFieldSignature = (type: TypeNode): Uint8Array => writeType(new ByteWriter().u8(CallingConvention.Field), type).toBytes();

export const encodeLocalSignature = (types: readonly TypeNode[]): Uint8Array =>
  writeTypes(new ByteWriter().u8(CallingConvention.LocalSig), types).toBytes();

export const encodeMethodSpec = (types: readonly TypeNode[]): Uint8Array =>
  writeTypes(new ByteWriter().u8(CallingConvention.GenericInst), types).toBytes();

export const encodeTypeSpec = (type: TypeNode): Uint8Array => writeType(new ByteWriter(), type).toBytes();
