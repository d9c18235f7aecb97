import { UnsupportedError } from '@ijw/binary';
import { type Metadata, typeFullName } from '@ijw/metadata';
import type { PrimitiveName, TypeNode } from '@ijw/metadata/signatures';
import type { MethodShape, TypeShape } from '../shape/assembly-shape.ts';

/** The spelling of a type in names, in the C++ of user code, and in the names of the marshalling functions. */
interface NanoType {
  readonly code: string;
  readonly native: string;
  readonly marshal: string;
}

const nanoType = (code: string, native: string, marshal: string): NanoType => ({ code, native, marshal });

const PRIMITIVES: Readonly<Partial<Record<PrimitiveName, NanoType>>> = {
  void: nanoType('VOID', 'void', 'void'),
  bool: nanoType('BOOLEAN', 'bool', 'bool'),
  char: nanoType('CHAR', 'char', 'CHAR'),
  int8: nanoType('I1', 'int8_t', 'INT8'),
  uint8: nanoType('U1', 'uint8_t', 'UINT8'),
  int16: nanoType('I2', 'int16_t', 'INT16'),
  uint16: nanoType('U2', 'uint16_t', 'UINT16'),
  int32: nanoType('I4', 'signed int', 'INT32'),
  uint32: nanoType('U4', 'unsigned int', 'UINT32'),
  int64: nanoType('I8', 'int64_t', 'INT64'),
  uint64: nanoType('U8', 'uint64_t', 'UINT64'),
  float32: nanoType('R4', 'float', 'float'),
  float64: nanoType('R8', 'double', 'double'),
  string: nanoType('STRING', 'const char*', 'LPCSTR'),
  object: nanoType('OBJECT', 'UNSUPPORTED_TYPE', 'UNSUPPORTED_TYPE'),
  'native int': nanoType('I4', 'signed int', 'INT32'),
  'native uint': nanoType('U4', 'unsigned int', 'UINT32'),
};

const UNSUPPORTED = { native: 'UNSUPPORTED_TYPE', marshal: 'UNSUPPORTED_TYPE' };

const isIdentifier = (text: string): boolean => /^[A-Za-z_]\w*$/.test(text);

function checked(text: string, what: string): string {
  if (isIdentifier(text)) return text;
  throw new UnsupportedError(`nanoFramework's name for ${what.slice(0, 120)}, "${text.slice(0, 120)}", is not an identifier of C++`);
}

/** `List`1` → `List_1`; `<…>` goes. */
const withoutGenerics = (name: string): string => name.replaceAll('`', '_').replaceAll(/<[^>]*>/g, '');

/** `NS_Outer__Inner`, without underscores in front. @throws UnsupportedError */
export function nanoClassName(type: TypeShape, generics: boolean): string {
  const name = joined(type).replaceAll('.', '_').replace(/^_+/, '');
  return checked(generics ? withoutGenerics(name) : name, `the class ${type.name}`);
}

const joined = (type: TypeShape): string =>
  `${type.enclosing ? joined(type.enclosing).replaceAll('.', '_').replace(/^_+/, '') : ''}_${type.namespace}_${type.name}`;

/** `Name___[STATIC__]Ret__Arg1__Arg2`. @throws UnsupportedError */
export function nanoMethodName(metadata: Metadata, method: MethodShape, generics: boolean): string {
  const types = [method.returnType, ...method.parameterTypes].map((type) => typeCode(metadata, type, generics)).join('__');
  const name = `${method.name}${method.isStatic ? '___STATIC__' : '___'}${types}`.replaceAll('.', '_').replaceAll('/', '');
  return checked(generics ? withoutGenerics(name) : name, `the method ${method.name}`);
}

function typeCode(metadata: Metadata, type: TypeNode, generics: boolean): string {
  switch (type.kind) {
    case 'szArray':
    case 'array':
      return `SZARRAY_${typeCode(metadata, innermost(type), generics)}`;
    case 'byReference':
      return `BYREF_${typeCode(metadata, type.element, generics)}`;
    case 'modified':
      return typeCode(metadata, type.unmodified, generics);
    case 'primitive':
      return PRIMITIVES[type.type]?.code ?? type.type;
    case 'named': {
      const name = typeFullName(metadata, type.token);
      return name === 'System.WeakReference' ? 'WEAKCLASS' : name.replaceAll('.', '');
    }
    case 'genericTypeParameter':
    case 'genericMethodParameter':
      return 'GENERICTYPE';
    case 'genericInstance':
      if (generics) return typeCode(metadata, type.generic, generics);
      throw spellingUnknown(type);
    case 'pointer':
      if (generics && type.element.kind === 'primitive') return `${typeCode(metadata, type.element, generics)}ptr`;
      throw spellingUnknown(type);
    default:
      throw spellingUnknown(type);
  }
}

const spellingUnknown = (type: TypeNode): UnsupportedError =>
  new UnsupportedError(`nanoFramework's spelling of a type of the kind ${type.kind} in a native method is not known`);

/** Arrays of arrays are spelled by what is in the innermost. */
function innermost(type: TypeNode): TypeNode {
  let inner = type;
  while (inner.kind === 'szArray' || inner.kind === 'array' || inner.kind === 'modified')
    inner = inner.kind === 'modified' ? inner.unmodified : inner.element;
  return inner;
}

/** A parameter or result as the user's function declares it (but for the `&`), and the suffix of the functions that fetch and store it. */
export function nativeParameter(type: TypeNode): { readonly native: string; readonly marshal: string; readonly byReference: boolean } {
  if (type.kind === 'modified') return nativeParameter(type.unmodified);
  if (type.kind === 'byReference') {
    const { native, marshal } = nativeParameter(type.element);
    return { native, marshal, byReference: native !== UNSUPPORTED.native };
  }
  if (type.kind === 'szArray') {
    const element = innermost(type);
    const known = element.kind === 'primitive' ? PRIMITIVES[element.type] : undefined;
    if (known === undefined || known.marshal === UNSUPPORTED.marshal) return { ...UNSUPPORTED, byReference: false };
    return { native: `CLR_RT_TypedArray_${known.marshal}`, marshal: `${known.marshal}_ARRAY`, byReference: false };
  }
  const { native, marshal } = (type.kind === 'primitive' ? PRIMITIVES[type.type] : undefined) ?? UNSUPPORTED;
  return { native, marshal, byReference: false };
}
