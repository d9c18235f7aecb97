import { hex } from '@ijw/binary';
import type { Metadata } from '../metadata.ts';
import { typeText } from '../names/type-text.ts';
import {
  decodeFieldSignature,
  decodeLocalSignature,
  decodeMethodSignature,
  decodeMethodSpec,
  decodeTypeSpec,
} from '../signatures/decode-signature.ts';
import { CallingConvention, SignatureFlags, signatureKindOf } from '../signatures/signature-header.ts';
import type { MethodSignature } from '../signatures/signature-type-provider.ts';
import { type TypeNode, typeNodes } from '../signatures/type-node.ts';

const READING = 'a signature';

function methodWords(metadata: Metadata, signature: MethodSignature<TypeNode>): string {
  const parameters = signature.parameterTypes.map((type) => typeText(metadata, type));
  if ((signature.header & 0xf) === CallingConvention.VarArg) parameters.splice(signature.requiredParameterCount, 0, '__arglist');
  const instance = signature.header & SignatureFlags.HasThis ? '' : 'static ';
  const generic = signature.genericParameterCount === 0 ? '' : `<${signature.genericParameterCount}>`;
  return `${instance}${typeText(metadata, signature.returnType)}${generic}(${parameters.join(', ')})`;
}

/** A signature of any kind as C# would write its types: `static int(string, ref long)`, `string[]`, `<int, string>`. @param isTypeSpec the blob is a type alone @throws BadImageError */
export function signatureWords(metadata: Metadata, blob: number, isTypeSpec = false): string {
  const reader = metadata.blobs.reader(blob, READING);
  if (isTypeSpec) return typeText(metadata, decodeTypeSpec(reader, typeNodes));
  const header = metadata.blobs.get(blob)[0] ?? 0;
  switch (signatureKindOf(header)) {
    case 'field':
      return typeText(metadata, decodeFieldSignature(reader, typeNodes));
    case 'locals':
      return decodeLocalSignature(reader, typeNodes)
        .map((type) => typeText(metadata, type))
        .join(', ');
    case 'methodSpec':
      return `<${decodeMethodSpec(reader, typeNodes)
        .map((type) => typeText(metadata, type))
        .join(', ')}>`;
    case 'unknown':
      return `unknown signature ${hex(header)}`;
    default:
      return methodWords(metadata, decodeMethodSignature(reader, typeNodes));
  }
}
