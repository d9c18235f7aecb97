import { ifReadable } from '@ijw/binary';
import {
  enumUnderlyingType,
  FieldAttributes,
  genericParameters,
  isNilToken,
  type Metadata,
  MethodAttributes,
  makeToken,
  TableId,
  type Token,
  TypeAttributes,
  TypeDefinition,
  type TypeKind,
  typeFullName,
  typeText,
} from '@ijw/metadata';
import { decodeTypeSpec, typeNodes } from '@ijw/metadata/signatures';
import { methodKey } from './member-key.ts';

/** A member that code of other assemblies can use. */
export interface ApiMember {
  readonly kind: 'method' | 'field';
  /** The member without its type and its return type: what a base type may have too. */
  readonly slot: string;
  readonly access: 'public' | 'protected';
  readonly isVirtual: boolean;
  readonly isAbstract: boolean;
  /** Takes the slot of a method of a base type. */
  readonly isOverride: boolean;
  /** The value of a literal field. */
  readonly constant?: string;
  readonly constraints: readonly string[];
}

/** A type that code of other assemblies can use. */
export interface ApiType {
  readonly kind: TypeKind;
  readonly access: 'public' | 'protected';
  /** Code outside cannot derive from it: it is sealed, or its constructors cannot be reached. */
  readonly isSealed: boolean;
  readonly isAbstract: boolean;
  /** Base types by full name, the nearest first; the last is of another assembly. */
  readonly bases: readonly string[];
  /** Those of InterfaceImpl rows. */
  readonly declaredInterfaces: readonly string[];
  /** With those of the base types and interfaces of this assembly. */
  readonly interfaces: ReadonlySet<string>;
  readonly underlying?: string;
  readonly constraints: readonly string[];
  readonly members: ReadonlyMap<string, ApiMember>;
}

/** What an assembly offers to others. */
export interface PublicApi {
  readonly types: ReadonlyMap<string, ApiType>;
  /** Full names of types that are forwarded to other assemblies. */
  readonly forwarded: ReadonlySet<string>;
}

const { VisibilityMask } = TypeAttributes;
/** ECMA-335 II.23.1.15: Public, NestedPublic, NestedFamily, NestedFamORAssem. */
const ACCESS: Readonly<Record<number, 'public' | 'protected'>> = { 1: 'public', 2: 'public', 4: 'protected', 7: 'protected' };
/** ECMA-335 II.23.1.5 and II.23.1.10: Family, FamORAssem, Public. */
const MEMBER_ACCESS: Readonly<Record<number, 'public' | 'protected'>> = { 4: 'protected', 5: 'protected', 6: 'public' };

/** Reads the types and members that are visible outside; those that cannot be read are left out. */
export function readPublicApi(metadata: Metadata): PublicApi {
  const types = new Map<string, ApiType>();
  for (let rid = 2; rid <= metadata.tables.TypeDef.rowCount; rid++) {
    const type = new TypeDefinition(metadata, makeToken(TableId.TypeDef, rid));
    ifReadable(() => {
      const access = accessOf(type);
      if (access !== undefined) types.set(type.fullName, apiType(type, access));
    });
  }
  return { types, forwarded: forwardedTypes(metadata) };
}

function forwardedTypes(metadata: Metadata): ReadonlySet<string> {
  const names = new Set<string>();
  for (let rid = 1; rid <= metadata.tables.ExportedType.rowCount; rid++) {
    const name = ifReadable(() => typeFullName(metadata, makeToken(TableId.ExportedType, rid)));
    if (name !== undefined) names.add(name);
  }
  return names;
}

const DEEPEST = 100;

/** The least access of a type and the types around it. A protected type within a sealed one is not visible. */
function accessOf(type: TypeDefinition): 'public' | 'protected' | undefined {
  let access: 'public' | 'protected' = 'public';
  let current: TypeDefinition | undefined = type;
  for (let depth = 0; current !== undefined && depth < DEEPEST; depth++) {
    const own = ACCESS[current.flags & VisibilityMask];
    if (own === undefined) return undefined;
    const outer: TypeDefinition | undefined = current.enclosingType;
    if (own === 'protected' && outer !== undefined && isSealedOutside(outer)) return undefined;
    if (own === 'protected') access = own;
    current = outer;
  }
  return access;
}

function isSealedOutside(type: TypeDefinition): boolean {
  if (type.flags & TypeAttributes.Sealed) return true;
  if (type.kind !== 'class') return false;
  return !type.methods.some(
    ({ name, flags }) => name === '.ctor' && MEMBER_ACCESS[flags & MethodAttributes.MemberAccessMask] !== undefined,
  );
}

function apiType(type: TypeDefinition, access: 'public' | 'protected'): ApiType {
  const { metadata, token, flags, kind } = type;
  const isSealed = isSealedOutside(type);
  const underlying = kind === 'enum' ? enumUnderlyingType(metadata, token) : undefined;
  return {
    kind,
    access,
    isSealed,
    isAbstract: (flags & TypeAttributes.Abstract) !== 0,
    bases: basesOf(type),
    declaredInterfaces: declaredInterfacesOf(type),
    interfaces: interfacesOf(type),
    ...(underlying !== undefined && { underlying }),
    constraints: constraintsOf(metadata, token),
    members: membersOf(type, isSealed),
  };
}

/** The TypeDef of a base type or interface of this module. */
function ownDefinition(metadata: Metadata, token: Token): TypeDefinition | undefined {
  let named = token;
  if (token >>> 24 === TableId.TypeSpec) {
    const blob = metadata.tables.TypeSpec.get(token & 0xffffff, 'Signature');
    const node = decodeTypeSpec(metadata.blobs.reader(blob, 'a TypeSpec'), typeNodes);
    if (node.kind === 'genericInstance' && node.generic.kind === 'named') named = node.generic.token;
  }
  return named >>> 24 === TableId.TypeDef ? new TypeDefinition(metadata, makeToken(TableId.TypeDef, named & 0xffffff)) : undefined;
}

function basesOf(type: TypeDefinition): readonly string[] {
  const names: string[] = [];
  let current: TypeDefinition | undefined = type;
  for (let depth = 0; current !== undefined && depth < DEEPEST; depth++) {
    const base: Token = current.baseType;
    if (isNilToken(base)) break;
    names.push(typeFullName(type.metadata, base));
    current = ownDefinition(type.metadata, base);
  }
  return names;
}

/** Interfaces of this assembly that are not visible do not count. */
const declaredInterfacesOf = ({ metadata, interfaces }: TypeDefinition): readonly string[] =>
  interfaces.flatMap((token) => {
    const own = ownDefinition(metadata, token);
    return own === undefined || accessOf(own) !== undefined ? [typeFullName(metadata, token)] : [];
  });

function interfacesOf(type: TypeDefinition): ReadonlySet<string> {
  const names = new Set<string>();
  const pending: TypeDefinition[] = [type];
  const seen = new Set<Token>();
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    if (seen.has(current.token)) continue;
    seen.add(current.token);
    for (const name of declaredInterfacesOf(current)) names.add(name);
    for (const token of current.interfaces) {
      const own = ownDefinition(type.metadata, token);
      if (own !== undefined) pending.push(own);
    }
    const base = isNilToken(current.baseType) ? undefined : ownDefinition(type.metadata, current.baseType);
    if (base !== undefined) pending.push(base);
  }
  return names;
}

/** ECMA-335 II.23.1.7: ReferenceTypeConstraint, NotNullableValueTypeConstraint, DefaultConstructorConstraint, as C# writes them. */
const SPECIAL_CONSTRAINTS: readonly (readonly [number, string])[] = [
  [0x04, 'class'],
  [0x08, 'struct'],
  [0x10, 'new()'],
];

/** The constraints of generic parameters: `T: class`. */
function constraintsOf(metadata: Metadata, owner: Token): readonly string[] {
  return genericParameters(metadata, owner).flatMap(({ name, flags, constraints }) => [
    ...SPECIAL_CONSTRAINTS.flatMap(([bit, word]) => (flags & bit ? [`${name}: ${word}`] : [])),
    ...constraints.map((token) => `${name}: ${typeFullName(metadata, token)}`).sort(),
  ]);
}

function membersOf(type: TypeDefinition, isSealed: boolean): ReadonlyMap<string, ApiMember> {
  const { metadata } = type;
  const members = new Map<string, ApiMember>();
  const isVisible = (access: 'public' | 'protected' | undefined): access is 'public' | 'protected' =>
    access === 'public' || (access === 'protected' && !isSealed);
  for (const { token, name, flags } of type.methods) {
    const access = MEMBER_ACCESS[flags & MethodAttributes.MemberAccessMask];
    if (!isVisible(access) || name === '.cctor') continue;
    const key = methodKey(metadata, token);
    const isVirtual = (flags & MethodAttributes.Virtual) !== 0;
    members.set(key, {
      kind: 'method',
      slot: slotOf(key),
      access,
      isVirtual: isVirtual && (flags & MethodAttributes.Final) === 0,
      isAbstract: (flags & MethodAttributes.Abstract) !== 0,
      isOverride: isVirtual && (flags & MethodAttributes.NewSlot) === 0,
      constraints: constraintsOf(metadata, token),
    });
  }
  for (const field of type.fields) {
    const access = MEMBER_ACCESS[field.flags & FieldAttributes.FieldAccessMask];
    if (!isVisible(access)) continue;
    const key = `${field.fullName}: ${typeText(metadata, field.type)}`;
    const constant = field.flags & FieldAttributes.Literal ? field.constant : undefined;
    members.set(key, {
      kind: 'field',
      slot: field.name,
      access,
      isVirtual: false,
      isAbstract: false,
      isOverride: false,
      ...(constant !== undefined && {
        constant: typeof constant.value === 'string' ? JSON.stringify(constant.value) : String(constant.value),
      }),
      constraints: [],
    });
  }
  return members;
}

/** Name and parameters, without type and return type. */
const slotOf = (key: string): string => key.slice(key.indexOf('::') + 2, key.lastIndexOf('): ') + 1);
