import { UnsupportedError } from '@ijw/binary';
import { type Metadata, TableId, type Token, tokenRid, tokenTable, typeFullName } from '@ijw/metadata';
import type { PrimitiveName, TypeNode } from '@ijw/metadata/signatures';
import type { MethodShape, TypeShape } from '../shape/assembly-shape.ts';

/** TinyCLR's names of the primitive types. */
const PRIMITIVES: Readonly<Partial<Record<PrimitiveName, string>>> = {
  void: 'VOID',
  bool: 'BOOLEAN',
  char: 'CHAR',
  int8: 'I1',
  uint8: 'U1',
  int16: 'I2',
  uint16: 'U2',
  int32: 'I4',
  uint32: 'U4',
  int64: 'I8',
  uint64: 'U8',
  float32: 'R4',
  float64: 'R8',
  'native int': 'I',
  'native uint': 'U',
  string: 'STRING',
  object: 'OBJECT',
};

const identifier = (text: string): string => text.replaceAll(/[^A-Za-z0-9_]/g, '_');

/**
 * `NS_Outer__Inner`: the class in the generated C++, and in the checksum. Enclosing class, namespace and name are joined with underscores even where the namespace is empty, as it
 * is for nested types: hence the two underscores, and one in front of a type outside all namespaces.
 */
export function className(type: TypeShape): string {
  const outer = type.enclosing ? `${className(type.enclosing)}_` : '';
  return `${outer}${identifier(type.namespace)}_${identifier(type.name)}`;
}

/** `<X>k__BackingField` is called `X__BackingField`; other angle brackets and dots become underscores. */
export const fieldName = (name: string): string => identifier(name.replace(/^<([^<>]*)>k__BackingField$/, '$1__BackingField'));

/** `Name___[STATIC___]Ret__Arg1__Arg2`. @throws UnsupportedError for types whose spelling is not known */
export function methodName(metadata: Metadata, method: MethodShape): string {
  const name = method.name === '.ctor' ? 'ctor' : method.name === '.cctor' ? 'cctor' : identifier(method.name);
  const types = [method.returnType, ...method.parameterTypes].map((type) => typeCode(metadata, type));
  return `${name}___${method.isStatic ? 'STATIC___' : ''}${types.join('__')}`;
}

/** How a type is spelled in a method name or a field constant. @throws UnsupportedError where no real output shows it: generics, arrays of several dimensions, pointers */
export function typeCode(metadata: Metadata, type: TypeNode): string {
  switch (type.kind) {
    case 'primitive': {
      const code = PRIMITIVES[type.type];
      if (code === undefined) throw unsupported(`the type ${type.type}`);
      return code;
    }
    case 'named':
      return typeReferenceCode(metadata, type.token);
    case 'szArray':
      return `SZARRAY_${typeCode(metadata, type.element)}`;
    case 'byReference':
      return `BYREF_${typeCode(metadata, type.element)}`;
    case 'modified':
      return typeCode(metadata, type.unmodified);
    default:
      throw unsupported(`a type of the kind ${type.kind}`);
  }
}

/** A type of this assembly: the letters and digits of its full name. Of another: that assembly's name in front. */
function typeReferenceCode(metadata: Metadata, token: Token): string {
  const name = typeFullName(metadata, token).replaceAll(/[^A-Za-z0-9]/g, '');
  return tokenTable(token) === TableId.TypeRef ? `${scopeName(metadata, token).replaceAll(/[^A-Za-z0-9]/g, '')}${name}` : name;
}

function scopeName(metadata: Metadata, token: Token): string {
  const { TypeRef, AssemblyRef } = metadata.tables;
  let current = token;
  for (let depth = 0; depth < 100 && tokenTable(current) === TableId.TypeRef; depth++)
    current = TypeRef.column('ResolutionScope').token(tokenRid(current));
  return tokenTable(current) === TableId.AssemblyRef ? metadata.strings.get(AssemblyRef.get(tokenRid(current), 'Name')) : '';
}

const unsupported = (what: string): UnsupportedError => new UnsupportedError(`TinyCLR's spelling of ${what} is not known`);
