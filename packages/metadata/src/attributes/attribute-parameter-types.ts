import type { EnumUnderlyingTypeName } from '../enumeration.ts';
import type { Metadata } from '../metadata.ts';
import { typeFullName } from '../names/type-full-name.ts';
import { decodeMethodSignature, decodeTypeSpec } from '../signatures/decode-signature.ts';
import type { PrimitiveName } from '../signatures/element-type.ts';
import type { SignatureTypeProvider } from '../signatures/signature-type-provider.ts';
import { TableId } from '../tables/table-id.ts';
import { type Token, type TypeDefOrRefToken, tokenRid, tokenTable } from '../tables/token.ts';
import { type AttributeType, BOXED, type EnumReference, simpleAttributeTypeOf, TYPE } from './attribute-type.ts';

/** The argument type for a type in the signature of an attribute's constructor. */
type Parameter =
  | AttributeType
  | { readonly kind: 'instance'; readonly generic: Parameter; readonly arguments: readonly Parameter[] }
  | { readonly kind: 'other' };

const BAD_CONSTRUCTOR = 'BAD_ATTRIBUTE_CONSTRUCTOR';

const OTHER: Parameter = { kind: 'other' };

type UnderlyingType = (reference: EnumReference) => EnumUnderlyingTypeName | undefined;

/** Attribute types by the names that IL gives them. */
const primitiveTypes: Partial<Record<PrimitiveName, AttributeType>> = {
  bool: simpleAttributeTypeOf('boolean'),
  char: simpleAttributeTypeOf('char'),
  int8: simpleAttributeTypeOf('i1'),
  uint8: simpleAttributeTypeOf('u1'),
  int16: simpleAttributeTypeOf('i2'),
  uint16: simpleAttributeTypeOf('u2'),
  int32: simpleAttributeTypeOf('i4'),
  uint32: simpleAttributeTypeOf('u4'),
  int64: simpleAttributeTypeOf('i8'),
  uint64: simpleAttributeTypeOf('u8'),
  float32: simpleAttributeTypeOf('r4'),
  float64: simpleAttributeTypeOf('r8'),
  string: simpleAttributeTypeOf('string'),
  object: BOXED,
};

/** Classes that a signature may name in full where it has an element type of its own for them. */
const namedClasses: Readonly<Record<string, AttributeType>> = {
  'System.Type': TYPE,
  'System.String': simpleAttributeTypeOf('string'),
  'System.Object': BOXED,
};

function parameterProvider(
  metadata: Metadata,
  underlyingType: UnderlyingType,
  genericArguments: readonly Parameter[],
): SignatureTypeProvider<Parameter> {
  const named = (token: TypeDefOrRefToken, valueType: boolean | undefined): Parameter => {
    if (tokenTable(token) === TableId.TypeSpec) return OTHER;
    if (valueType !== true) return namedClasses[typeFullName(metadata, token)] ?? OTHER;
    const reference: EnumReference = { kind: 'token', token };
    return { kind: 'enum', reference, underlying: underlyingType(reference), assumed: false };
  };
  const other = () => OTHER;
  return {
    primitive: (type) => primitiveTypes[type] ?? OTHER,
    named,
    pointer: other,
    byReference: other,
    pinned: other,
    array: other,
    functionPointer: other,
    genericMethodParameter: other,
    szArray: (element) =>
      element.kind === 'other' || element.kind === 'instance' || element.kind === 'array' ? OTHER : { kind: 'array', element },
    // An enumeration within a generic type is an instance as far as the signature goes.
    genericInstance: (generic, args) => ({ kind: 'instance', generic, arguments: args }),
    genericTypeParameter: (index) => genericArguments[index] ?? OTHER,
    modified: (_modifier, unmodified) => unmodified,
  };
}

const typeOf = (parameter: Parameter): AttributeType | undefined => {
  const type = parameter.kind === 'instance' ? parameter.generic : parameter;
  return type.kind === 'other' || type.kind === 'instance' ? undefined : type;
};

/** The generic arguments of an attribute type such as `Attribute<int>` (C# 11). */
function genericArgumentsOf(metadata: Metadata, parent: Token, underlyingType: UnderlyingType): readonly Parameter[] {
  if (tokenTable(parent) !== TableId.TypeSpec) return [];
  const signature = metadata.blobs.reader(metadata.tables.TypeSpec.get(tokenRid(parent), 'Signature'), 'the type of an attribute');
  const type = decodeTypeSpec(signature, parameterProvider(metadata, underlyingType, []));
  return type.kind === 'instance' ? type.arguments : [];
}

/**
 * The types of the parameters of an attribute's constructor, a MethodDef or MemberRef (ECMA-335 II.22.10). Throws `BadImageError` where one is of a type
 * that no attribute can have.
 */
export function attributeParameterTypes(
  metadata: Metadata,
  constructorToken: Token,
  underlyingType: UnderlyingType,
): readonly AttributeType[] {
  const { MethodDef, MemberRef } = metadata.tables;
  const rid = tokenRid(constructorToken);
  const isReference = tokenTable(constructorToken) === TableId.MemberRef;
  if (rid === 0) throw metadata.place.error(BAD_CONSTRUCTOR, 0, 'a custom attribute', 'An attribute has no constructor');
  const args = isReference ? genericArgumentsOf(metadata, MemberRef.column('Class').token(rid), underlyingType) : [];
  const blob = isReference ? MemberRef.get(rid, 'Signature') : MethodDef.get(rid, 'Signature');
  const reader = metadata.blobs.reader(blob, 'the constructor of an attribute');
  return decodeMethodSignature(reader, parameterProvider(metadata, underlyingType, args)).parameterTypes.map((parameter) => {
    const type = typeOf(parameter);
    if (type === undefined) throw reader.error(BAD_CONSTRUCTOR, 'The constructor of an attribute has a parameter that no value can have');
    return type;
  });
}
