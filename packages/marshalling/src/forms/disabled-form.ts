// dotnet/runtime `src/coreclr/vm/mlinfo.cpp`, GetDisabledMarshallerType: DisableRuntimeMarshallingAttribute.

import { isTokenOf, typeText } from '@ijw/metadata';
import type { PrimitiveName, TypeNode } from '@ijw/metadata/signatures';
import { type Unsupported, unsupported } from '../abi/abi-type.ts';
import { addressForm, type FormSource, type NativeForm, sameBits } from './native-form.ts';
import { enumTree, pointerTree, primitiveTree } from './pointee-tree.ts';
import { structureTree } from './value-type-form.ts';

const DISABLED = 'the assembly has DisableRuntimeMarshallingAttribute';

/** Objects: native code cannot use their bits. */
const OBJECTS: readonly PrimitiveName[] = ['string', 'object', 'typedref'];

const refused = (what: string): Unsupported => unsupported(`${what} is not passed: ${DISABLED}`);

function structure(source: FormSource, type: TypeNode & { readonly kind: 'named' }): NativeForm | Unsupported {
  const { metadata, measure, valueTypes } = source;
  const text = typeText(metadata, type);
  const abi = measure.of(type);
  if (abi.kind === 'unsupported') return abi;
  if (isTokenOf(type.token, 'TypeDef') && valueTypes.natureOf(type.token) === 'enum')
    return sameBits({ text, native: enumTree(metadata, type.token), abi });
  const native = structureTree(source, type, abi);
  if (!isTokenOf(type.token, 'TypeDef')) return sameBits({ text, native, abi });
  if (measure.holdsReferences(type)) return refused(`${text}, which holds objects,`);
  if (valueTypes.holdsAutoLayout(type.token)) return refused(`${text}, which has automatic layout,`);
  return sameBits({ text, native, abi, because: 'The fields have the same bits on both sides' });
}

function primitive(source: FormSource, type: PrimitiveName): NativeForm | Unsupported {
  if (OBJECTS.includes(type)) return refused(`An object (${type})`);
  const node: TypeNode = { kind: 'primitive', type };
  const abi = source.measure.of(node);
  if (abi.kind === 'unsupported') return abi;
  return sameBits({
    text: typeText(source.metadata, node),
    native: primitiveTree(type),
    abi,
    ...(type === 'bool' && { conversion: { kind: 'boolean', trueValue: 1 } }),
    ...(type === 'char' && { conversion: { kind: 'character', encoding: 'utf16' } }),
  });
}

/** Only the bits of a value cross: MarshalAs counts for nothing, and anything but a plain value is refused. @throws BadImageError */
export function disabledForm(source: FormSource, type: TypeNode): NativeForm | Unsupported {
  const { metadata, measure } = source;
  switch (type.kind) {
    case 'modified':
      return disabledForm(source, type.unmodified);
    case 'pointer':
    case 'functionPointer':
      return addressForm(source, 'A pointer is passed as it is', pointerTree(source, type));
    case 'named':
      return type.valueType ? structure(source, type) : refused(`An object (${typeText(metadata, type)})`);
    case 'primitive':
      return primitive(source, type.type);
    case 'genericInstance': {
      const text = typeText(metadata, type);
      const abi = type.generic.kind === 'named' && type.generic.valueType ? measure.of(type) : refused(`An object (${text})`);
      if (abi.kind === 'unsupported') return abi;
      if (measure.holdsReferences(type)) return refused(`${text}, which holds objects,`);
      return sameBits({ text, native: source.structures.opaque(text, abi), abi });
    }
    default:
      return refused(typeText(metadata, type));
  }
}
