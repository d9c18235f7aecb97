import { type ByteReader, ByteWriter } from '@ijw/binary';
import { ConstantType, type ConstantValue, readConstantValue, writeConstantValue } from '../constants/constant-value.ts';

/** A custom modifier: a TypeDefOrRefOrSpecEncoded value (ECMA-335 II.23.2.8). */
export interface ConstantModifier {
  readonly required: boolean;
  readonly type: number;
}

/**
 * Portable PDB specification, "LocalConstantSig". Types are TypeDefOrRefOrSpecEncoded values. A general constant has the bytes of its value as they are
 * (`System.Decimal`: sign and scale, then 96 bits; `System.DateTime`: ticks); none of them is the null reference or the default value.
 */
export type LocalConstantSignature = { readonly modifiers: readonly ConstantModifier[] } & (
  | { readonly kind: 'primitive'; readonly value: ConstantValue | { readonly type: 'string'; readonly value: null } }
  | { readonly kind: 'enum'; readonly value: ConstantValue; readonly type: number }
  | { readonly kind: 'general'; readonly typeKind: 'class' | 'valueType'; readonly type: number; readonly value: Uint8Array }
  | { readonly kind: 'object' }
);

const ElementType = { string: 0x0e, valueType: 0x11, class: 0x12, object: 0x1c, requiredModifier: 0x1f, optionalModifier: 0x20 } as const;

function readModifiers(reader: ByteReader): ConstantModifier[] {
  const modifiers: ConstantModifier[] = [];
  while (reader.peek() === ElementType.requiredModifier || reader.peek() === ElementType.optionalModifier) {
    modifiers.push({ required: reader.u8() === ElementType.requiredModifier, type: reader.compressedUnsigned() });
  }
  return modifiers;
}

/** A lone 0xff is the null string; text is UTF-16 and so of even length. */
function readPrimitive(reader: ByteReader, elementType: number): LocalConstantSignature {
  if (elementType === ElementType.string && reader.remaining === 1 && reader.peek() === 0xff) {
    reader.skip(1);
    return { modifiers: [], kind: 'primitive', value: { type: 'string', value: null } };
  }
  const value = readConstantValue(elementType, reader);
  if (reader.atEnd || elementType === ElementType.string) return { modifiers: [], kind: 'primitive', value };
  return { modifiers: [], kind: 'enum', value, type: reader.compressedUnsigned() };
}

/** Reads the Signature blob of a LocalConstant row. Throws `BadImageError`. */
export function readLocalConstantSignature(reader: ByteReader): LocalConstantSignature {
  const modifiers = readModifiers(reader);
  const elementType = reader.u8();
  if (elementType === ElementType.object) return { modifiers, kind: 'object' };
  if (elementType === ElementType.class || elementType === ElementType.valueType) {
    const typeKind = elementType === ElementType.class ? 'class' : 'valueType';
    return { modifiers, kind: 'general', typeKind, type: reader.compressedUnsigned(), value: reader.view(reader.remaining) };
  }
  return { ...readPrimitive(reader, elementType), modifiers };
}

/** The twin of `readLocalConstantSignature`. */
export function writeLocalConstantSignature(signature: LocalConstantSignature): Uint8Array {
  const writer = new ByteWriter();
  for (const { required, type } of signature.modifiers) {
    writer.u8(required ? ElementType.requiredModifier : ElementType.optionalModifier).compressedUnsigned(type);
  }
  switch (signature.kind) {
    case 'object':
      writer.u8(ElementType.object);
      break;
    case 'general':
      writer.u8(ElementType[signature.typeKind]).compressedUnsigned(signature.type).bytes(signature.value);
      break;
    default: {
      const { value } = signature;
      writer.u8(ConstantType[value.type]);
      if (value.type === 'string' && value.value === null) writer.u8(0xff);
      else writer.bytes(writeConstantValue(value as ConstantValue));
      if (signature.kind === 'enum') writer.compressedUnsigned(signature.type);
    }
  }
  return writer.toBytes();
}
