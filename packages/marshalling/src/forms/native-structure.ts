// dotnet/runtime `src/coreclr/vm/classlayoutinfo.cpp`, EEClassNativeLayoutInfo; `src/coreclr/vm/mlinfo.cpp`, MARSHAL_SCENARIO_FIELD.

import {
  decodeFieldSignature,
  layoutRequestOf,
  type MarshallingDescriptor,
  makeToken,
  NativeType,
  type PlacedField,
  placeFields,
  readMarshallingDescriptor,
  TableId,
  type TypeDefToken,
  type TypeNode,
  tokenRid,
  typeFullName,
  typeNodes,
} from '@ijw/metadata';
import { type AbiType, type AggregateType, pointerType, type Unsupported, unsupported } from '../abi/abi-type.ts';
import { classKindOf } from './class-kind.ts';
import type { FormSource } from './native-form.ts';
import { nativeTypeOf } from './native-type-of.ts';

interface NativeExtent {
  readonly size: number;
  readonly alignment: number;
}

/** ECMA-335 II.23.1.5 and II.23.1.15: StringFormatMask. */
const FIELD_STATIC = 0x10;
const STRING_FORMAT_MASK = 0x30000;
/** More elements than any structure holds (`IDS_EE_STRUCTTOOCOMPLEX`). */
const SIZE_LIMIT = 0xfff0;

const extentOf = (abi: AbiType): NativeExtent => {
  if (abi.kind === 'void') return { size: 0, alignment: 1 };
  return { size: abi.size, alignment: abi.kind === 'aggregate' ? abi.alignment : abi.size };
};

/** More structures in one another than the runtime loads. */
const DEPTH_LIMIT = 64;

/** The structures of one planner: those that are known, and those that are being laid out, which cannot lie in themselves. */
export class NativeStructures {
  readonly #known = new Map<FormSource, Map<TypeDefToken, AggregateType | Unsupported>>();
  #depth = 0;

  /** The native form of a structure or class whose fields are converted one by one. @throws BadImageError */
  of(source: FormSource, type: TypeDefToken): AggregateType | Unsupported {
    const known = this.#known.get(source) ?? new Map<TypeDefToken, AggregateType | Unsupported>();
    this.#known.set(source, known);
    const made = known.get(type);
    if (made) return made;
    const name = typeFullName(source.metadata, type);
    if (this.#depth === DEPTH_LIMIT) return unsupported(`${name} is nested too deeply`);
    known.set(type, unsupported(`${name} contains itself`));
    this.#depth++;
    try {
      const structure = layOut(source, type, name);
      known.set(type, structure);
      return structure;
    } finally {
      this.#depth--;
    }
  }
}

function layOut(source: FormSource, type: TypeDefToken, name: string): AggregateType | Unsupported {
  const { metadata } = source;
  const { TypeDef, Field, FieldLayout } = metadata.tables;
  const wide = (TypeDef.get(tokenRid(type), 'Flags') & STRING_FORMAT_MASK) !== 0;
  const fields: PlacedField[] = [];
  for (const rid of metadata.fieldsOf(tokenRid(type))) {
    if (Field.get(rid, 'Flags') & FIELD_STATIC) continue;
    const field = decodeFieldSignature(metadata.blobs.reader(Field.get(rid, 'Signature'), 'a field signature'), typeNodes);
    const extent = fieldExtent(source, field, descriptorOf(source, rid), wide);
    if ('kind' in extent) return { ...extent, reason: `${name}: ${extent.reason}` };
    const layout = metadata.findFieldLayout(makeToken(TableId.Field, rid));
    const offset = layout === undefined ? undefined : FieldLayout.get(layout, 'Offset');
    fields.push({ ...extent, references: false, structure: false, offset });
  }
  const { size, alignment } = placeFields(fields, layoutRequestOf(metadata, type));
  return size > SIZE_LIMIT ? unsupported(`${name} is larger than ${SIZE_LIMIT} bytes`) : { kind: 'aggregate', size, alignment };
}

function descriptorOf({ metadata }: FormSource, field: number): MarshallingDescriptor | undefined {
  const row = metadata.findFieldMarshal(makeToken(TableId.Field, field));
  if (row === undefined) return undefined;
  const blob = metadata.tables.FieldMarshal.get(row, 'NativeType');
  return readMarshallingDescriptor(metadata.blobs.reader(blob, 'a marshalling descriptor'));
}

function fieldExtent(
  source: FormSource,
  type: TypeNode,
  descriptor: MarshallingDescriptor | undefined,
  wide: boolean,
): NativeExtent | Unsupported {
  if (type.kind === 'modified') return fieldExtent(source, type.unmodified, descriptor, wide);
  if (descriptor?.kind === 'fixedSystemString') return inlineText(descriptor.size, wide);
  if (descriptor?.kind === 'fixedArray') return inlineArray(source, type, descriptor, wide);
  const nativeType = descriptor && nativeTypeOf(descriptor);
  const pointer = extentOf(pointerType(source.measure.pointerSize));
  // In a field an object is an interface where nothing else is said, and an array a SAFEARRAY.
  if (type.kind === 'primitive' && type.type === 'object' && nativeType === undefined) return pointer;
  if (type.kind === 'szArray' || type.kind === 'array') return pointer;
  if (type.kind === 'named') {
    const inline = inlineStructure(source, type, nativeType);
    if (inline) return 'reason' in inline ? inline : extentOf(inline);
  }
  const form = source.form(type, { nativeType, wide, isResult: false });
  return 'kind' in form ? form : extentOf(form.abi);
}

/** Structures of the image that are converted, and classes with a layout, which lie in the structure around them. */
function inlineStructure(
  source: FormSource,
  type: TypeNode & { readonly kind: 'named' },
  nativeType: number | undefined,
): AggregateType | Unsupported | undefined {
  const isOwn = type.token >>> 24 === TableId.TypeDef;
  if (!isOwn || (nativeType !== undefined && nativeType !== NativeType.struct)) return undefined;
  const token = type.token as TypeDefToken;
  const isInline = type.valueType ? source.valueTypes.natureOf(token) === 'notBlittable' : classKindOf(source, token) === 'layout';
  return isInline && layoutRequestOf(source.metadata, token).kind !== 'auto' ? source.structures.of(source, token) : undefined;
}

function inlineText(count: number | undefined, wide: boolean): NativeExtent | Unsupported {
  const unit = wide ? 2 : 1;
  if (!count || count > SIZE_LIMIT) return unsupported('A text inside a structure needs a length');
  return { size: count * unit, alignment: unit };
}

function inlineArray(
  source: FormSource,
  type: TypeNode,
  { size, elementType }: MarshallingDescriptor & { readonly kind: 'fixedArray' },
  wide: boolean,
): NativeExtent | Unsupported {
  if (type.kind !== 'szArray' || !size || size > SIZE_LIMIT) return unsupported('An array inside a structure needs a length');
  const nativeType = elementType === NativeType.max ? undefined : elementType;
  const form = source.form(type.element, { nativeType, wide, isResult: false });
  if ('kind' in form) return form;
  const element = extentOf(form.abi);
  return { size: element.size * size, alignment: element.alignment };
}
