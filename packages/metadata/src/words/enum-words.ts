import { lazyFor } from '@ijw/binary';
import type { EnumReference } from '../attributes/attribute-type.ts';
import { findCustomAttribute } from '../attributes/find-custom-attribute.ts';
import type { Metadata } from '../metadata.ts';
import { tryParseSerializedTypeName } from '../names/serialized-type-name.ts';
import { typeFullName } from '../names/type-full-name.ts';
import { TypeIndex } from '../resolution/type-index.ts';
import { TableId } from '../tables/table-id.ts';
import { isTokenOf, makeToken, type Token, type TypeDefToken, tokenRid } from '../tables/token.ts';
import { constantOf } from '../views/constant.ts';
import { type EnumMembers, frameworkEnums } from './framework-enums.ts';

/** An enumeration whose members are known. */
interface NamedEnum {
  /** Without namespace and enclosing types. */
  readonly name: string;
  readonly isFlags: boolean;
  /** Ascending by value. */
  readonly members: readonly (readonly [value: bigint, name: string])[];
}

const byValue = ([a]: readonly [bigint, string], [b]: readonly [bigint, string]): number => (a < b ? -1 : a > b ? 1 : 0);

const shortName = (fullName: string): string => fullName.split(/[.+/]/).at(-1) ?? fullName;

const ofFramework = (fullName: string, { members, isFlags = false }: EnumMembers): NamedEnum => ({
  name: shortName(fullName),
  isFlags,
  members: Object.entries(members)
    .map(([name, value]) => [BigInt(value), name] as const)
    .sort(byValue),
});

/** The literal fields of an enumeration (ECMA-335 II.14.3). @throws BadImageError */
function ofDefinition(metadata: Metadata, type: TypeDefToken): NamedEnum {
  const { strings, tables } = metadata;
  const members: (readonly [bigint, string])[] = [];
  for (const rid of metadata.fieldsOf(tokenRid(type))) {
    const constant = constantOf(metadata, makeToken(TableId.Field, rid));
    if (typeof constant?.value === 'number' || typeof constant?.value === 'bigint')
      members.push([BigInt(constant.value), strings.get(tables.Field.get(rid, 'Name'))]);
  }
  return {
    name: shortName(typeFullName(metadata, type)),
    isFlags: findCustomAttribute(metadata, type, 'System.FlagsAttribute') !== undefined,
    members: members.sort(byValue),
  };
}

const typeIndexOf = lazyFor((metadata: Metadata) => new TypeIndex(metadata));

const definedEnums = lazyFor((_metadata: Metadata) => new Map<Token, NamedEnum>());

/** The enumeration's definition in this file, else what is known of the framework's; `undefined` for every other. */
function enumOf(metadata: Metadata, reference: EnumReference): NamedEnum | undefined {
  const own = reference.kind === 'token' ? reference.token : typeIndexOf(metadata).findSerialized(reference.name);
  if (own !== undefined && isTokenOf(own, 'TypeDef')) {
    const known = definedEnums(metadata);
    const found = known.get(own) ?? ofDefinition(metadata, own);
    known.set(own, found);
    return found;
  }
  const fullName = reference.kind === 'token' ? typeFullName(metadata, reference.token).replaceAll('/', '+') : fullNameOf(reference.name);
  const framework = fullName !== undefined && Object.hasOwn(frameworkEnums, fullName) ? frameworkEnums[fullName] : undefined;
  return framework && ofFramework(fullName ?? '', framework);
}

/** `System.Diagnostics.DebuggableAttribute+DebuggingModes`: a serialized name without its assembly. */
function fullNameOf(serialized: string): string | undefined {
  const type = tryParseSerializedTypeName(serialized)?.type;
  if (type?.kind !== 'named') return undefined;
  const outer = type.namespace === '' ? type.name : `${type.namespace}.${type.name}`;
  return [outer, ...type.nested].join('+');
}

/** `CharSet.Unicode`, `AttributeTargets.Class | AttributeTargets.Struct`; `undefined` where the enumeration or the value is unknown. @throws BadImageError */
export function enumWords(metadata: Metadata, reference: EnumReference, value: bigint): string | undefined {
  const found = enumOf(metadata, reference);
  if (found === undefined) return undefined;
  const names = namesOf(found, value);
  return names?.map((name) => `${found.name}.${name}`).join(' | ');
}

/** The member of that value, or the fewest members that make it up. */
function namesOf({ isFlags, members }: NamedEnum, value: bigint): readonly string[] | undefined {
  const member = members.find(([each]) => each === value);
  if (member !== undefined) return [member[1]];
  if (!isFlags) return undefined;
  let rest = value;
  const names: string[] = [];
  for (const [each, name] of members.toReversed()) {
    if (each <= 0n || (rest & each) !== each) continue;
    names.unshift(name);
    rest &= ~each;
  }
  return rest === 0n && names.length > 0 ? names : undefined;
}
