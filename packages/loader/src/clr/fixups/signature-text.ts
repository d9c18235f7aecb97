// dotnet/runtime `src/coreclr/vm/sigformat.cpp`: how messages of the runtime write a member and its signature.
import { type Metadata, type TypeDefOrRefToken, typeFullName } from '@ijw/metadata';
import { decodeMethodSignature, type PrimitiveName, type SignatureTypeProvider } from '@ijw/metadata/signatures';

const PRIMITIVES: Readonly<Record<PrimitiveName, string>> = {
  void: 'Void',
  bool: 'Boolean',
  char: 'Char',
  int8: 'SByte',
  uint8: 'Byte',
  int16: 'Int16',
  uint16: 'UInt16',
  int32: 'Int32',
  uint32: 'UInt32',
  int64: 'Int64',
  uint64: 'UInt64',
  float32: 'Single',
  float64: 'Double',
  'native int': 'IntPtr',
  'native uint': 'UIntPtr',
  string: 'System.String',
  object: 'System.Object',
  typedref: 'TypedReference',
};

/** Of arrays that the runtime loads. */
const HIGHEST_RANK = 32;

const typeTexts = (metadata: Metadata): SignatureTypeProvider<string> => ({
  primitive: (type) => PRIMITIVES[type],
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
