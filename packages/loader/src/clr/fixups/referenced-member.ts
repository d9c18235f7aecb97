import { isNilToken, type MemberRefToken, type Metadata, TableId, tokenRid, tokenTable, typeFullName } from '@ijw/metadata';
import type { ResolvedType } from '@ijw/metadata/resolution';
import { clrException, HResult } from '../../load/clr-error.ts';
import type { ClrException } from '../../load/load-refusal.ts';
import type { References } from '../image/referenced-assemblies.ts';
import { assemblyProblem, referencedTypeProblem } from '../rules/referenced-type-rule.ts';
import { methodText } from './signature-text.ts';

/** ECMA-335 II.23.2.4: the first byte of a field's signature. */
const FIELD = 0x06;
/** Of `System.Object`, which every type has. */
const OBJECT_METHODS: readonly string[] = [
  '.ctor',
  'Equals',
  'Finalize',
  'GetHashCode',
  'GetType',
  'MemberwiseClone',
  'ReferenceEquals',
  'ToString',
];
/** Base types of the core library without static methods that a slot could call. */
const ROOTS: readonly string[] = ['System.Object', 'System.ValueType'];
const BASE_LIMIT = 100;

/**
 * `MemberLoader::GetDescFromMemberRef` (vm/memberload.cpp): the error for a MemberRef whose type or member the given assemblies do not have. `undefined` if
 * it is there, or may be.
 */
export function referencedMemberProblem(references: References, metadata: Metadata, token: MemberRefToken): ClrException | undefined {
  const { MemberRef } = metadata.tables;
  const parent = MemberRef.column('Class').token(tokenRid(token));
  if (tokenTable(parent) !== TableId.TypeRef || isNilToken(parent)) return undefined;
  const type = referencedTypeProblem(references, metadata, parent);
  if (type) return type;
  const found = references.resolver.member(metadata, token);
  const declaring = references.resolver.type(metadata, parent);
  if (found.kind !== 'unresolved' || declaring.kind !== 'type') return undefined;
  const name = metadata.strings.get(MemberRef.get(tokenRid(token), 'Name'));
  if (found.reason === 'assemblyNotFound') {
    const base = unknownBase(references, declaring);
    if (base === undefined || !ROOTS.includes(base) || OBJECT_METHODS.includes(name)) return assemblyProblem(references, found.name);
  } else if (found.reason !== 'memberNotFound') return undefined;
  return missingMember(metadata, token, typeFullName(metadata, parent), name);
}

/** The first of the base types whose assembly is not given. */
function unknownBase({ resolver }: References, start: ResolvedType): string | undefined {
  let type = start;
  for (let step = 0; step < BASE_LIMIT; step++) {
    const base = type.metadata.tables.TypeDef.column('Extends').token(tokenRid(type.token));
    if (isNilToken(base)) return undefined;
    const found = resolver.type(type.metadata, base);
    if (found.kind === 'unresolved') return tokenTable(base) === TableId.TypeSpec ? undefined : typeFullName(type.metadata, base);
    type = found;
  }
  return undefined;
}

function missingMember(metadata: Metadata, token: MemberRefToken, type: string, name: string): ClrException {
  const signature = metadata.blobs.get(metadata.tables.MemberRef.get(tokenRid(token), 'Signature'));
  if (signature[0] === FIELD)
    return clrException('MissingFieldException', HResult.COR_E_MISSINGFIELD, `Field not found: '${type}.${name}'.`);
  const text = methodText(metadata, signature, type, name);
  return clrException('MissingMethodException', HResult.COR_E_MISSINGMETHOD, `Method not found: '${text}'.`);
}
