export {
  decodeFieldSignature,
  decodeLocalSignature,
  decodeMethodSignature,
  decodeMethodSpec,
  decodePropertySignature,
  decodeTypeSpec,
} from './decode-signature.ts';
export { ElementType, type PrimitiveName, primitiveElementTypes, primitiveNameOf } from './element-type.ts';
export type { SignatureSource } from './signature-cursor.ts';
export { MAX_SIGNATURE_DEPTH, SignatureDecoder } from './signature-decoder.ts';
export {
  encodeFieldSignature,
  encodeLocalSignature,
  encodeMethodSignature,
  encodeMethodSpec,
  encodePropertySignature,
  encodeTypeSpec,
} from './signature-encoder.ts';
export { CallingConvention, callingConventionName, SignatureFlags, type SignatureKind, signatureKindOf } from './signature-header.ts';
export type { ArrayShape, MethodSignature, SignatureTypeProvider } from './signature-type-provider.ts';
export { type TypeNode, typeNodes } from './type-node.ts';
