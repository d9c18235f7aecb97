import { UnsupportedError } from '@ijw/binary';
import {
  CallingConvention,
  isTokenOf,
  NativeType as Marshal,
  type MarshallingDescriptor,
  type Metadata,
  type MethodSignature,
  makeToken,
  marshallingOf,
  methodSignatureOf,
  type PrimitiveName,
  SignatureDecoder,
  TableId,
  type Token,
  type TypeDefToken,
  type TypeNode,
  tokenRid,
  typeFullName,
  typeNodes,
} from '@ijw/metadata';
import { type MarshalledValue, NOTHING, type TextEncoding } from './marshalled-value.ts';
import type { NativeField, NativeStruct, NativeType, ScalarName } from './native-type.ts';

const scalar = (name: ScalarName): NativeType => ({ kind: 'scalar', scalar: name });
const pointer = (element: NativeType): NativeType => ({ kind: 'pointer', element });
const VOID: NativeType = { kind: 'void' };
const ADDRESS = pointer(VOID);
const plain = (native: NativeType): MarshalledValue => ({ native, conversion: NOTHING });

/** Primitive types that are the same on both sides. */
const PRIMITIVES: Readonly<Partial<Record<PrimitiveName, ScalarName>>> = {
  int8: 'int8',
  uint8: 'uint8',
  int16: 'int16',
  uint16: 'uint16',
  int32: 'int32',
  uint32: 'uint32',
  int64: 'int64',
  uint64: 'uint64',
  float32: 'float',
  float64: 'double',
  'native int': 'intptr',
  'native uint': 'uintptr',
};

/** Value types of the core library with a native form of their own. */
const KNOWN: Readonly<Record<string, () => NativeType>> = {
  'System.IntPtr': () => scalar('intptr'),
  'System.UIntPtr': () => scalar('uintptr'),
  'System.Guid': () => ({ kind: 'struct', struct: GUID }),
  'System.Decimal': () => ({ kind: 'struct', struct: DECIMAL }),
  'System.DateTime': () => scalar('double'),
  'System.TimeSpan': () => scalar('int64'),
  'System.Runtime.InteropServices.HandleRef': () => ADDRESS,
  'System.Runtime.InteropServices.GCHandle': () => scalar('intptr'),
  'System.RuntimeTypeHandle': () => ADDRESS,
};

const field = (name: string, type: NativeType): NativeField => ({ name, type, offset: undefined });
const library = (name: string, fields: readonly NativeField[]): NativeStruct => ({
  name,
  fullName: name,
  explicit: false,
  packing: 0,
  classSize: 0,
  fields,
});
const GUID = library('IJW_GUID', [
  field('Data1', scalar('uint32')),
  field('Data2', scalar('uint16')),
  field('Data3', scalar('uint16')),
  field('Data4', { kind: 'array', element: scalar('uint8'), length: 8 }),
]);
const DECIMAL = library('IJW_DECIMAL', [
  field('reserved', scalar('uint16')),
  field('scale', scalar('uint8')),
  field('sign', scalar('uint8')),
  field('high', scalar('uint32')),
  field('low', scalar('uint64')),
]);

const SAFE_HANDLES = /(?:^System\.Runtime\.InteropServices\.(?:SafeHandle|CriticalHandle)$|\.Safe\w*Handle$)/;
const MAXIMUM_DEPTH = 32;
const MAXIMUM_FIELDS = 4096;

/** Where a value stands, as far as it matters for its native form. */
export interface MarshallingContext {
  /** What `char`, `string` and `StringBuilder` become where nothing else is said. */
  readonly text: 'ansi' | 'utf16';
  readonly isField?: boolean;
}

/** Makes native types of a module's types, each structure once. */
export class NativeTypes {
  readonly #metadata: Metadata;
  readonly #disabled: boolean;
  readonly #structs = new Map<number, NativeStruct>();
  readonly #names = new Set<string>([GUID.name, DECIMAL.name]);

  /** @param runtimeMarshallingDisabled the assembly has DisableRuntimeMarshallingAttribute: `bool` is one byte, `char` two, and nothing else is marshalled */
  constructor(metadata: Metadata, runtimeMarshallingDisabled: boolean) {
    this.#metadata = metadata;
    this.#disabled = runtimeMarshallingDisabled;
  }

  /** @throws UnsupportedError where the runtime has no native form for the type, or it is not known here; BadImageError */
  of(type: TypeNode, marshalling: MarshallingDescriptor | undefined, context: MarshallingContext, depth = 0): MarshalledValue {
    if (depth > MAXIMUM_DEPTH) throw new UnsupportedError('the type is nested too deeply');
    switch (type.kind) {
      case 'modified':
        return this.of(type.unmodified, marshalling, context, depth);
      case 'pinned':
        return this.of(type.element, marshalling, context, depth);
      case 'primitive':
        return this.#primitive(type.type, marshalling, context);
      case 'pointer':
        return plain(pointer(this.#pointee(type.element, depth + 1)));
      case 'byReference':
        return this.#reference(type.element, marshalling, context, depth);
      case 'szArray':
        return this.#array(type.element, marshalling, context, depth);
      case 'functionPointer':
        return plain(this.#functionPointer(type.signature, depth));
      case 'named':
        return this.#named(type.token, type.valueType === true, marshalling, context, depth);
      default:
        throw new UnsupportedError(`a type of the kind ${type.kind} has no native form`);
    }
  }

  #primitive(type: PrimitiveName, marshalling: MarshallingDescriptor | undefined, context: MarshallingContext): MarshalledValue {
    if (type === 'void') return plain(VOID);
    const same = PRIMITIVES[type];
    if (same !== undefined) return plain(scalar(same));
    if (type === 'bool') return this.#boolean(marshalling);
    if (type === 'char') return this.#character(marshalling, context);
    if (type === 'string') return text(marshalling, context);
    throw new UnsupportedError(type === 'object' ? 'an object becomes a VARIANT or a COM interface' : `${type} has no native form`);
  }

  #boolean(marshalling: MarshallingDescriptor | undefined): MarshalledValue {
    const nativeType = this.#disabled ? Marshal.u1 : simple(marshalling);
    const widths: Readonly<Record<number, ScalarName>> = { [Marshal.i1]: 'uint8', [Marshal.u1]: 'uint8', [Marshal.variantBool]: 'int16' };
    const trueValue = nativeType === Marshal.variantBool ? -1 : 1;
    return { native: scalar(widths[nativeType ?? 0] ?? 'int32'), conversion: { kind: 'boolean', trueValue } };
  }

  #character(marshalling: MarshallingDescriptor | undefined, { text: encoding }: MarshallingContext): MarshalledValue {
    const nativeType = simple(marshalling);
    const isAnsi =
      !this.#disabled && (nativeType === Marshal.i1 || nativeType === Marshal.u1 || (nativeType === undefined && encoding === 'ansi'));
    return isAnsi
      ? { native: scalar('char8'), conversion: { kind: 'character', encoding: 'ansi' } }
      : { native: scalar('char16'), conversion: { kind: 'character', encoding: 'utf16' } };
  }

  /** What a pointer points to is never marshalled: it keeps its managed form, where it has one that C knows. */
  #pointee(type: TypeNode, depth: number): NativeType {
    if (depth > MAXIMUM_DEPTH) return VOID;
    switch (type.kind) {
      case 'modified':
        return this.#pointee(type.unmodified, depth);
      case 'primitive':
        if (type.type === 'bool') return scalar('uint8');
        if (type.type === 'char') return scalar('char16');
        return PRIMITIVES[type.type] === undefined ? VOID : scalar(PRIMITIVES[type.type]!);
      case 'pointer':
        return pointer(this.#pointee(type.element, depth + 1));
      case 'functionPointer':
        return this.#functionPointer(type.signature, depth + 1);
      case 'named':
        if (!type.valueType) return VOID;
        return this.#enumeration(type.token) ?? KNOWN[typeFullName(this.#metadata, type.token)]?.() ?? this.#behindPointer(type.token);
      default:
        return VOID;
    }
  }

  #behindPointer(token: Token): NativeType {
    if (!isTokenOf(token, 'TypeDef')) return VOID;
    try {
      return { kind: 'struct', struct: this.#struct(token, 0) };
    } catch (error) {
      if (error instanceof UnsupportedError) return VOID;
      throw error;
    }
  }

  #reference(
    element: TypeNode,
    marshalling: MarshallingDescriptor | undefined,
    context: MarshallingContext,
    depth: number,
  ): MarshalledValue {
    const inner = this.of(element, marshalling, context, depth + 1);
    return { native: pointer(inner.native), conversion: { kind: 'reference', element: inner } };
  }

  #array(element: TypeNode, marshalling: MarshallingDescriptor | undefined, context: MarshallingContext, depth: number): MarshalledValue {
    if (marshalling?.kind === 'safeArray') throw new UnsupportedError('a SAFEARRAY belongs to COM');
    const inner = this.of(element, elementDescriptor(marshalling), context, depth + 1);
    if (marshalling?.kind === 'fixedArray') {
      const length = marshalling.size ?? 1;
      if (!context.isField) throw new UnsupportedError('a ByValArray stands in structures only');
      if (length > 0x100000) throw new UnsupportedError(`an array of ${length} elements by value`);
      return { native: { kind: 'array', element: inner.native, length }, conversion: NOTHING };
    }
    if (context.isField) return plain(pointer(inner.native));
    return { native: pointer(inner.native), conversion: { kind: 'array', element: inner } };
  }

  #named(
    token: Token,
    valueType: boolean,
    marshalling: MarshallingDescriptor | undefined,
    context: MarshallingContext,
    depth: number,
  ): MarshalledValue {
    const name = typeFullName(this.#metadata, token);
    const known = KNOWN[name];
    if (known) return plain(known());
    if (!valueType) return this.#class(token, name, marshalling, context, depth);
    const enumeration = this.#enumeration(token);
    if (enumeration) return plain(enumeration);
    if (!isTokenOf(token, 'TypeDef')) throw new UnsupportedError(`${name} is defined in another assembly; its size is not known`);
    return plain({ kind: 'struct', struct: this.#struct(token, depth) });
  }

  #class(
    token: Token,
    name: string,
    marshalling: MarshallingDescriptor | undefined,
    context: MarshallingContext,
    depth: number,
  ): MarshalledValue {
    const nativeType = marshalling?.kind === 'simple' || marshalling?.kind === 'interface' ? marshalling.nativeType : undefined;
    if (marshalling?.kind === 'customMarshaler')
      throw new UnsupportedError(`a custom marshaler, ${marshalling.marshalerType.slice(0, 80)}, converts it`);
    if (name === 'System.Text.StringBuilder') {
      const encoding = nativeType === Marshal.lpWStr ? 'utf16' : nativeType === Marshal.lpStr ? 'ansi' : context.text;
      return { native: pointer(scalar(encoding === 'ansi' ? 'char8' : 'char16')), conversion: { kind: 'buffer', encoding } };
    }
    if (nativeType !== undefined && (INTERFACES as readonly number[]).includes(nativeType))
      throw new UnsupportedError('a COM interface crosses');
    if (!isTokenOf(token, 'TypeDef')) {
      if (SAFE_HANDLES.test(name)) return { native: ADDRESS, conversion: { kind: 'safeHandle' } };
      if (['System.Delegate', 'System.MulticastDelegate'].includes(name)) return { native: ADDRESS, conversion: { kind: 'delegate' } };
      throw new UnsupportedError(`${name} is defined in another assembly; how it is marshalled is not known`);
    }
    return this.#ownClass(token, name, depth);
  }

  #ownClass(token: TypeDefToken, name: string, depth: number): MarshalledValue {
    const ancestors = this.#ancestors(token);
    if (ancestors.includes('System.MulticastDelegate')) return { native: this.#delegate(token, depth), conversion: { kind: 'delegate' } };
    if (ancestors.some((ancestor) => SAFE_HANDLES.test(ancestor))) return { native: ADDRESS, conversion: { kind: 'safeHandle' } };
    const flags = this.#metadata.tables.TypeDef.get(tokenRid(token), 'Flags');
    if (flags & TYPE_INTERFACE) throw new UnsupportedError(`${name} is a COM interface`);
    if ((flags & LAYOUT_MASK) === 0) throw new UnsupportedError(`${name} is a class without a layout`);
    return plain(pointer({ kind: 'struct', struct: this.#struct(token, depth) }));
  }

  /** The names of a type and its base types, up to the first in another module. */
  #ancestors(token: TypeDefToken): readonly string[] {
    const names: string[] = [];
    let current: Token = token;
    while (names.length < MAXIMUM_DEPTH && tokenRid(current) !== 0 && !isTokenOf(current, 'TypeSpec')) {
      names.push(typeFullName(this.#metadata, current));
      if (!isTokenOf(current, 'TypeDef')) break;
      current = this.#metadata.tables.TypeDef.column('Extends').token(tokenRid(current));
    }
    return names;
  }

  #enumeration(token: Token): NativeType | undefined {
    if (!isTokenOf(token, 'TypeDef')) return undefined;
    const { TypeDef, Field } = this.#metadata.tables;
    if (typeFullName(this.#metadata, TypeDef.column('Extends').token(tokenRid(token))) !== 'System.Enum') return undefined;
    for (const rid of this.#metadata.fieldsOf(tokenRid(token))) {
      const type = Field.get(rid, 'Flags') & FIELD_STATIC ? undefined : this.#fieldType(rid);
      const name =
        type?.kind === 'primitive'
          ? (PRIMITIVES[type.type] ?? { bool: 'uint8' as const, char: 'char16' as const }[type.type as 'bool'])
          : undefined;
      if (name !== undefined) return scalar(name);
    }
    return scalar('int32');
  }

  #fieldType(rid: number): TypeNode {
    const { Field } = this.#metadata.tables;
    const type = new SignatureDecoder(typeNodes)
      .open(this.#metadata.blobs, Field.get(rid, 'Signature'), 'the signature of a field')
      .field();
    return type.kind === 'modified' ? type.unmodified : type;
  }

  /** Entered before its fields are read, so that pointers to itself find it. */
  #struct(token: TypeDefToken, depth: number): NativeStruct {
    const known = this.#structs.get(token);
    if (known) return known;
    const { TypeDef, ClassLayout } = this.#metadata.tables;
    const fullName = typeFullName(this.#metadata, token);
    const flags = TypeDef.get(tokenRid(token), 'Flags');
    const row = this.#metadata.findClassLayout(token);
    const struct: { -readonly [K in keyof NativeStruct]: NativeStruct[K] } = {
      name: this.#uniqueName(fullName),
      fullName,
      explicit: (flags & LAYOUT_MASK) === 0x10,
      packing: row === undefined ? 0 : ClassLayout.get(row, 'PackingSize'),
      classSize: row === undefined ? 0 : ClassLayout.get(row, 'ClassSize'),
      fields: undefined,
    };
    this.#structs.set(token, struct);
    if ((flags & LAYOUT_MASK) === 0) throw new UnsupportedError(`${fullName} has no layout of its own (LayoutKind.Auto)`);
    struct.fields = this.#fields(token, flags, depth);
    return struct;
  }

  #fields(token: TypeDefToken, flags: number, depth: number): readonly NativeField[] | undefined {
    const { Field, FieldLayout } = this.#metadata.tables;
    const context: MarshallingContext = { text: flags & STRING_FORMAT_MASK ? 'utf16' : 'ansi', isField: true };
    const fields: NativeField[] = [];
    for (const rid of this.#metadata.fieldsOf(tokenRid(token))) {
      if (Field.get(rid, 'Flags') & FIELD_STATIC) continue;
      if (fields.length >= MAXIMUM_FIELDS) throw new UnsupportedError('the structure has too many fields');
      const owner = makeToken(TableId.Field, rid);
      const value = this.of(this.#fieldType(rid), marshallingOf(this.#metadata, owner), context, depth + 1);
      if (value.native.kind === 'struct' && value.native.struct.fields === undefined)
        throw new UnsupportedError(`a field is of ${value.native.struct.fullName}, which contains itself or has no layout`);
      const layout = this.#metadata.findFieldLayout(owner);
      fields.push({
        name: this.#metadata.strings.get(Field.get(rid, 'Name')),
        type: value.native,
        offset: layout === undefined ? undefined : FieldLayout.get(layout, 'Offset'),
      });
    }
    return fields;
  }

  #uniqueName(fullName: string): string {
    const base = identifier(fullName);
    let name = base;
    for (let count = 2; this.#names.has(name); count++) name = `${base}_${count}`;
    this.#names.add(name);
    return name;
  }

  #delegate(token: TypeDefToken, depth: number): NativeType {
    for (const rid of this.#metadata.methodsOf(tokenRid(token))) {
      const { MethodDef } = this.#metadata.tables;
      if (this.#metadata.strings.get(MethodDef.get(rid, 'Name')) !== 'Invoke') continue;
      const signature = methodSignatureOf(this.#metadata, makeToken(TableId.MethodDef, rid));
      try {
        return this.#functionPointer({ ...signature, header: CallingConvention.Unmanaged }, depth + 1);
      } catch (error) {
        if (error instanceof UnsupportedError) return ADDRESS;
        throw error;
      }
    }
    return ADDRESS;
  }

  #functionPointer(signature: MethodSignature<TypeNode>, depth: number): NativeType {
    if (depth > 4 || (signature.header & 0xf) === CallingConvention.VarArg) return ADDRESS;
    const of = (type: TypeNode): NativeType => this.of(type, undefined, { text: 'ansi' }, depth + 1).native;
    const complete = (type: NativeType): boolean => type.kind !== 'struct' || type.struct.fields !== undefined;
    const [returnType, parameters] = [of(signature.returnType), signature.parameterTypes.map(of)];
    if (![returnType, ...parameters].every(complete)) return ADDRESS;
    return { kind: 'function', convention: CONVENTIONS[signature.header & 0xf] ?? 'platform', returnType, parameters };
  }
}

const CONVENTIONS: Readonly<Record<number, string>> = { 1: 'cdecl', 2: 'stdcall', 3: 'thiscall', 4: 'fastcall' };
const FIELD_STATIC = 0x10;
const TYPE_INTERFACE = 0x20;
const LAYOUT_MASK = 0x18;
const STRING_FORMAT_MASK = 0x30000;
const INTERFACES = [Marshal.iUnknown, Marshal.iDispatch, Marshal.intf, Marshal.iInspectable] as const;

const simple = (marshalling: MarshallingDescriptor | undefined): number | undefined =>
  marshalling?.kind === 'simple' ? marshalling.nativeType : undefined;

function elementDescriptor(marshalling: MarshallingDescriptor | undefined): MarshallingDescriptor | undefined {
  if (marshalling?.kind !== 'array' && marshalling?.kind !== 'fixedArray') return undefined;
  const { elementType } = marshalling;
  return elementType === undefined || elementType === Marshal.max ? undefined : { kind: 'simple', nativeType: elementType };
}

const ENCODINGS: Readonly<Record<number, TextEncoding>> = {
  [Marshal.lpStr]: 'ansi',
  [Marshal.lpWStr]: 'utf16',
  [Marshal.lpTStr]: 'utf16',
  [Marshal.lpUtf8Str]: 'utf8',
  [Marshal.bstr]: 'bstr',
};

function text(marshalling: MarshallingDescriptor | undefined, context: MarshallingContext): MarshalledValue {
  if (marshalling?.kind === 'fixedSystemString' && context.isField) {
    const element = scalar(context.text === 'ansi' ? 'char8' : 'char16');
    return plain({ kind: 'array', element, length: Math.min(Math.max(marshalling.size ?? 1, 1), 0x100000) });
  }
  const nativeType = simple(marshalling);
  const encoding = nativeType === undefined ? context.text : ENCODINGS[nativeType];
  if (encoding === undefined) throw new UnsupportedError(`a string marshalled as native type ${nativeType}`);
  const isWide = encoding === 'utf16' || encoding === 'bstr';
  return { native: pointer(scalar(isWide ? 'char16' : 'char8')), conversion: { kind: 'text', encoding } };
}

/** A name that C and C# take: letters, digits and underscores. */
export function identifier(name: string): string {
  const safe = name.replaceAll(/[^A-Za-z0-9_]/g, '_').slice(0, 200);
  return /^[A-Za-z_]/.test(safe) ? safe : `_${safe}`;
}
