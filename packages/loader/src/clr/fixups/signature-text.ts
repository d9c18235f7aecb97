// dotnet/runtime `src/coreclr/vm/sigformat.cpp`: how messages of the runtime write a member and its signature.
import { coreTypeNames, type Metadata, type TypeDefOrRefToken, typeFullName } from '@ijw/metadata';
import { decodeMethodSignature, type PrimitiveName, type SignatureTypeProvider } from '@ijw/metadata/signatures';

/** The namespace is written for the two that are classes. */
const primitiveText = (type: PrimitiveName): string =>
  type === 'string' || type === 'object' ? coreTypeNames[type] : coreTypeNames[type].slice('System.'.length);

/** Of arrays that the runtime loads. */
const HIGHEST_RANK = 32;

const typeTexts = (metadata: Metadata): SignatureTypeProvider<string> => ({
  primitive: primitiveText,
  named: (token: TypeDefOrRefToken) => typeFullName(metadata, token),
  pointer: (element) => `${element}*`,
  byReference: (element) => `${element} ByRef`,
  pinned: (element) => element,
  szArray: (element) => `${element}[]`,
  array: (element, { rank }) => `${element}[${','.repeat(Math.min(Math.max(rank, 1), HIGHEST_RANK) - 1)}]`,
  genericInstance: (generic, args) => `${generic}<${args.join(',')}>`,
  genericTypeParameter: (index) => `!${index}`,
  genericMethodParameter: (index) => `!!${index}`,
  functionPointer: () => 'FNPTR',
  modified: (_modifier, unmodified) => unmodified,
});

/** `Int32 N.C.Sum(Int32, Int32)`. @throws BadImageError */
export function methodText(metadata: Metadata, signature: Uint8Array, type: string, name: string): string {
  const { returnType, parameterTypes } = decodeMethodSignature(signature, typeTexts(metadata));
  return `${returnType} ${type}.${name}(${parameterTypes.join(', ')})`;
}
