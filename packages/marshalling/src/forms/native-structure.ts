// dotnet/runtime `src/coreclr/vm/classlayoutinfo.cpp`, EEClassNativeLayoutInfo; `src/coreclr/vm/mlinfo.cpp`, MARSHAL_SCENARIO_FIELD.

import {
  fieldTypeOf,
  instanceFields,
  isTokenOf,
  type Metadata,
  makeToken,
  marshallingOf,
  TableId,
  type Token,
  TypeAttributes,
  type TypeDefToken,
  tokenRid,
  typeFullName,
} from '@ijw/metadata';
import { layoutRequestOf } from '@ijw/metadata/layout';
import { type MarshallingDescriptor, NativeType } from '@ijw/metadata/marshalling';
import type { TypeNode } from '@ijw/metadata/signatures';
import { type AbiType, type AggregateType, type Unsupported, unsupported } from '../abi/abi-type.ts';
import type { NativeDelegate } from '../crossing-type.ts';
import { CORE_STRUCTURE_NAMES } from '../native/core-structures.ts';
import { structLayout } from '../native/native-layout.ts';
import {
  ADDRESS,
  type NativeField,
  type NativeStruct,
  type NativeTree,
  type ScalarName,
  scalar,
  VOID_TREE,
} from '../native/native-tree.ts';
import { classKindOf } from './class-kind.ts';
import { type FormSource, isUnsupported } from './native-form.ts';
import { elementRequest, requestOf } from './native-type-of.ts';

/** The most elements of a structure (`IDS_EE_STRUCTTOOCOMPLEX`). */
const SIZE_LIMIT = 0xfff0;
/** The nesting of structures at which the runtime refuses a type. */
const DEPTH_LIMIT = 64;
const FIELD_LIMIT = 4096;

/** Units that give a structure without fields its alignment. */
const UNITS: Readonly<Record<number, ScalarName>> = { 2: 'uint16', 4: 'uint32', 8: 'uint64' };

/** A name that C and C# take: letters, digits and underscores. */
export function identifier(name: string): string {
  const safe = name.replaceAll(/[^A-Za-z0-9_]/g, '_').slice(0, 200);
  return /^[A-Za-z_]/.test(safe) ? safe : `_${safe}`;
}

/** A structure whose fields are read when they are first asked for. */
class Structure implements NativeStruct {
  readonly name: string;
  readonly fullName: string;
  readonly explicit: boolean;
  readonly packing: number;
  readonly classSize: number;
  readonly #read: () => readonly NativeField[] | Unsupported;
  #fields: readonly NativeField[] | Unsupported | undefined;

  constructor(name: string, source: FormSource, type: TypeDefToken, read: () => readonly NativeField[] | Unsupported) {
    const { kind, packing, classSize } = layoutRequestOf(source.metadata, type);
    this.name = name;
    this.fullName = typeFullName(source.metadata, type);
    this.explicit = kind === 'explicit';
    this.packing = packing;
    this.classSize = classSize;
    this.#read = read;
  }

  /** Why the structure has no native form. */
  get problem(): Unsupported | undefined {
    const fields = this.#known();
    return 'kind' in fields ? fields : undefined;
  }

  get fields(): readonly NativeField[] | undefined {
    const fields = this.#known();
    return 'kind' in fields ? undefined : fields;
  }

  #known(): readonly NativeField[] | Unsupported {
    if (this.#fields === undefined) {
      this.#fields = unsupported(`${this.fullName} contains itself`);
      this.#fields = this.#read();
    }
    return this.#fields;
  }
}

/** The structures of one module and of those whose types it uses, each made once. */
export class NativeStructures {
  readonly #structures = new Map<Metadata, Map<TypeDefToken, Structure>>();
  readonly #delegates = new Map<Metadata, Map<TypeDefToken, NativeDelegate>>();
  readonly #opaque = new Map<string, NativeTree>();
  readonly #names = new Set<string>(CORE_STRUCTURE_NAMES);
  #depth = 0;

  /** The native form of a structure or class whose fields are converted one by one. @throws BadImageError */
  of(source: FormSource, type: TypeDefToken): { readonly struct: NativeStruct; readonly abi: AggregateType } | Unsupported {
    const struct = this.#structure(source, type);
    if (this.#depth === DEPTH_LIMIT) return unsupported(`${struct.fullName} is nested too deeply`);
    this.#depth++;
    try {
      if (struct.problem) return struct.problem;
      const { size, alignment } = structLayout(struct, source.measure.pointerSize);
      if (size > SIZE_LIMIT) return unsupported(`${struct.fullName} is larger than ${SIZE_LIMIT} bytes`);
      return { struct, abi: { kind: 'aggregate', size, alignment } };
    } finally {
      this.#depth--;
    }
  }

  /** A structure by value whose size is known already: its fields are read when a generator asks. @throws BadImageError */
  named(source: FormSource, type: TypeDefToken): NativeStruct {
    return this.#structure(source, type);
  }

  /** What a pointer to a structure leads to; `void` where it has no native form. @throws BadImageError */
  pointee(source: FormSource, type: TypeDefToken): NativeTree {
    const struct = this.#structure(source, type);
    return struct.fields === undefined ? VOID_TREE : { kind: 'struct', struct };
  }

  /** A structure of which the size and the alignment are known, and nothing else. */
  opaque(fullName: string, abi: AbiType): NativeTree {
    if (abi.kind !== 'aggregate') return VOID_TREE;
    const known = this.#opaque.get(fullName);
    if (known) return known;
    const unit = UNITS[abi.alignment];
    const element = scalar(unit ?? 'uint8');
    const length = unit === undefined ? abi.size : abi.size / abi.alignment;
    const fields = [{ name: 'bytes', type: { kind: 'array', element, length } as const, offset: undefined }];
    const struct = { name: this.#uniqueName(fullName), fullName, explicit: false, packing: 0, classSize: 0, fields };
    const tree: NativeTree = { kind: 'struct', struct };
    this.#opaque.set(fullName, tree);
    return tree;
  }

  /** A type of delegate, made once. */
  delegate(metadata: Metadata, type: TypeDefToken, make: (name: string) => NativeDelegate): NativeDelegate {
    const known = this.#delegates.get(metadata) ?? new Map<TypeDefToken, NativeDelegate>();
    this.#delegates.set(metadata, known);
    const delegate = known.get(type) ?? make(this.#uniqueName(typeFullName(metadata, type)));
    known.set(type, delegate);
    return delegate;
  }

  #structure(source: FormSource, type: TypeDefToken): Structure {
    const known = this.#structures.get(source.metadata) ?? new Map<TypeDefToken, Structure>();
    this.#structures.set(source.metadata, known);
    const made = known.get(type);
    if (made) return made;
    const structure = new Structure(this.#uniqueName(typeFullName(source.metadata, type)), source, type, () => readFields(source, type));
    known.set(type, structure);
    return structure;
  }

  #uniqueName(fullName: string): string {
    const base = identifier(fullName);
    let name = base;
    for (let count = 2; this.#names.has(name); count++) name = `${base}_${count}`;
    this.#names.add(name);
    return name;
  }
}

function readFields(source: FormSource, type: TypeDefToken): readonly NativeField[] | Unsupported {
  const { metadata } = source;
  const { TypeDef, Field, FieldLayout } = metadata.tables;
  const wide = (TypeDef.get(tokenRid(type), 'Flags') & TypeAttributes.StringFormatMask) !== 0;
  const fields: NativeField[] = [];
  for (const rid of instanceFields(metadata, type)) {
    if (fields.length >= FIELD_LIMIT) return unsupported(`${typeFullName(metadata, type)} has more than ${FIELD_LIMIT} fields`);
    const owner = makeToken(TableId.Field, rid);
    const tree = fieldTree(source, fieldTypeOf(metadata, rid), source.bitsOnly() ? undefined : marshallingOf(metadata, owner), wide);
    if (tree.kind === 'unsupported') return { ...tree, reason: `${typeFullName(metadata, type)}: ${tree.reason}` };
    const layout = metadata.findFieldLayout(owner);
    const offset = layout === undefined ? undefined : FieldLayout.get(layout, 'Offset');
    fields.push({ name: metadata.strings.get(Field.get(rid, 'Name')), type: tree, offset });
  }
  return fields;
}

function fieldTree(
  source: FormSource,
  type: TypeNode,
  descriptor: MarshallingDescriptor | undefined,
  wide: boolean,
): NativeTree | Unsupported {
  if (type.kind === 'modified') return fieldTree(source, type.unmodified, descriptor, wide);
  if (descriptor?.kind === 'fixedSystemString') return inlineText(descriptor.size, wide);
  if (descriptor?.kind === 'fixedArray') return inlineArray(source, type, descriptor, wide);
  const request = requestOf(descriptor, wide);
  // In a field an object is an interface where nothing else is said, and an array a SAFEARRAY.
  if (type.kind === 'primitive' && type.type === 'object' && request.nativeType === undefined) return ADDRESS;
  if (type.kind === 'named') {
    const inline = inlineStructure(source, type, request.nativeType);
    if (inline) return inline;
  }
  const form = source.form(type, request);
  if (isUnsupported(form)) return type.kind === 'szArray' || type.kind === 'array' ? ADDRESS : form;
  return form.native;
}

/** Structures of the image that are converted, and classes with a layout, which lie in the structure around them. */
function inlineStructure(
  source: FormSource,
  type: TypeNode & { readonly kind: 'named' },
  nativeType: number | undefined,
): NativeTree | Unsupported | undefined {
  const token: Token = type.token;
  if (!isTokenOf(token, 'TypeDef') || (nativeType !== undefined && nativeType !== NativeType.struct)) return undefined;
  const isInline = type.valueType ? source.valueTypes.natureOf(token) === 'notBlittable' : classKindOf(source, token) === 'layout';
  if (!isInline || layoutRequestOf(source.metadata, token).kind === 'auto') return undefined;
  const made = source.structures.of(source, token);
  return 'kind' in made ? made : { kind: 'struct', struct: made.struct };
}

function inlineText(count: number | undefined, wide: boolean): NativeTree | Unsupported {
  if (!count || count > SIZE_LIMIT) return unsupported('A text inside a structure needs a length');
  return { kind: 'array', element: scalar(wide ? 'char16' : 'char8'), length: count };
}

function inlineArray(
  source: FormSource,
  type: TypeNode,
  descriptor: MarshallingDescriptor & { readonly kind: 'fixedArray' },
  wide: boolean,
): NativeTree | Unsupported {
  const { size } = descriptor;
  if (type.kind !== 'szArray' || !size || size > SIZE_LIMIT) return unsupported('An array inside a structure needs a length');
  const form = source.form(type.element, elementRequest(requestOf(descriptor, wide)));
  return isUnsupported(form) ? form : { kind: 'array', element: form.native, length: size };
}
