import { BadImageError, hex } from '@ijw/binary';
import {
  isTokenOf,
  type MethodDefToken,
  makeToken,
  methodFullName,
  TableId,
  type TableName,
  type Token,
  type TypeDefToken,
  tableNameOf,
  tokenRid,
  tokenTable,
} from '@ijw/metadata';
import { CallingConvention, SignatureFlags } from '@ijw/metadata/signatures';
import { clrException, clrRefusal, clrRefusals, HResult, typeLoadException } from '../../load/clr-error.ts';
import type { ClrException } from '../../load/load-refusal.ts';
import type { TypeLoader } from '../bind/type-loader.ts';
import type { AssemblyImage } from '../image/assembly-image.ts';
import { couldNotLoadType } from '../rules/type-rules.ts';
import { invalidToken } from '../rules/type-shape-rule.ts';
import { referencedMemberProblem } from './referenced-member.ts';

/** A method that a slot's token leads to. */
export interface ResolvedMethod {
  readonly token: number;
  /** `Namespace.Type::Name`. */
  readonly name: string;
  /** The MethodDef, where it is one of this image. */
  readonly methodDef?: MethodDefToken;
  readonly signature?: Uint8Array;
}

/** Tables whose tokens `MDInternalRO::IsValidToken` (md/runtime/mdinternalro.cpp) knows. */
const TOKEN_TABLES: readonly TableName[] = [
  'Module',
  'TypeRef',
  'TypeDef',
  'Field',
  'MethodDef',
  'Param',
  'InterfaceImpl',
  'MemberRef',
  'CustomAttribute',
  'DeclSecurity',
  'StandAloneSig',
  'Event',
  'Property',
  'ModuleRef',
  'TypeSpec',
  'Assembly',
  'AssemblyRef',
  'File',
  'ExportedType',
  'ManifestResource',
  'MethodSpec',
];
const METHOD_TABLES: readonly number[] = [TableId.MethodDef, TableId.MemberRef, TableId.MethodSpec];
const USER_STRING = 0x70;

/**
 * Stage 2 of `Module::FixupVTables` for one token: it must be valid (`IsValidToken`), be a method (`FindMethodThrowing`), and its type must load.
 * @throws LoadRefusal
 */
export function resolveFixupToken(assembly: AssemblyImage, types: TypeLoader, token: number): ResolvedMethod {
  const { metadata, displayName } = assembly;
  if (!isValidToken(assembly, token)) {
    const reason = `Token ${hex(token, 8)} in a vtable fixup is not a row of the metadata`;
    throw clrRefusal({
      rule: 'invalidFixupToken',
      reason,
      exception: clrRefusals.invalidToken(displayName),
      place: { structure: 'vtable fixups', token },
    });
  }
  if (!METHOD_TABLES.includes(tokenTable(token))) throw notAMethod(token, `Token ${hex(token, 8)} in a vtable fixup is not a method`);
  try {
    return resolveMethod(assembly, types, token);
  } catch (error) {
    if (!(error instanceof BadImageError)) throw error;
    const reason = `Token ${hex(token, 8)} in a vtable fixup cannot be resolved: ${error.message}`;
    if (!/^BAD_(BLOB|STRING)_OFFSET$/.test(error.code)) throw notAMethod(token, reason);
    throw clrRefusal({
      rule: 'fixupTokenIndex',
      reason,
      exception: clrRefusals.tokenIndexNotFound(displayName),
      place: { structure: 'vtable fixups', token },
    });
  }

  function resolveMethod(of: AssemblyImage, loader: TypeLoader, method: number): ResolvedMethod {
    const rid = tokenRid(method);
    // A method's own type is loaded before anything of the method is read.
    if (tokenTable(method) === TableId.MethodDef) loadDeclaringType(of, loader, rid);
    const name = methodFullName(metadata, method as Token);
    if (tokenTable(method) === TableId.MethodSpec) {
      const generic = metadata.tables.MethodSpec.column('Method').token(rid);
      if (tokenTable(generic) === TableId.MethodDef) loadDeclaringType(of, loader, tokenRid(generic));
      return { token: method, name };
    }
    if (tokenTable(method) === TableId.MemberRef) return resolveMemberRef(of, loader, method, name);
    return resolveMethodDef(of, loader, method as MethodDefToken, name);
  }
}

function isValidToken({ metadata }: AssemblyImage, token: number): boolean {
  const rid = tokenRid(token);
  if (tokenTable(token) === USER_STRING) return rid !== 0 && rid < (metadata.stream('#US')?.length ?? 0);
  const table = tableNameOf(tokenTable(token));
  return rid !== 0 && table !== undefined && TOKEN_TABLES.includes(table) && metadata.tables[table].has(rid);
}

const notAMethod = (token: number, reason: string): Error =>
  clrRefusal({ rule: 'fixupTokenNoMethod', reason, exception: clrRefusals.notAMethod(), place: { structure: 'vtable fixups', token } });

function resolveMethodDef(assembly: AssemblyImage, types: TypeLoader, token: MethodDefToken, name: string): ResolvedMethod {
  const { metadata } = assembly;
  const rid = tokenRid(token);
  loadDeclaringType(assembly, types, rid);
  const signature = metadata.blobs.get(metadata.tables.MethodDef.get(rid, 'Signature'));
  if (signature.length > 0 && signature[0]! & SignatureFlags.Generic)
    throw notAMethod(token, `Token ${hex(token, 8)} (${name}) in a vtable fixup is a generic method`);
  return { token, name, methodDef: token, signature };
}

/** The type must load; a generic type has no method that a slot could call. */
function loadDeclaringType(assembly: AssemblyImage, types: TypeLoader, methodRid: number): void {
  const type = assembly.metadata.declaringType(makeToken(TableId.MethodDef, methodRid));
  if (tokenRid(type) === 0) {
    const inner = typeLoadException(`${couldNotLoadType(invalidToken(makeToken(TableId.TypeDef, 0)), assembly.displayName)}.`);
    throw clrRefusal({
      rule: 'methodOfNoType',
      reason: 'A vtable fixup names a method that no type has',
      exception: clrRefusals.typeNotLoaded(assembly.displayName, inner),
      place: { structure: 'vtable fixups', token: makeToken(TableId.MethodDef, methodRid) },
    });
  }
  loadType(assembly, types, type, methodRid);
}

function loadType(assembly: AssemblyImage, types: TypeLoader, type: TypeDefToken, methodRid: number): void {
  const problem = types.load(type);
  const place = { structure: 'vtable fixups', token: makeToken(TableId.MethodDef, methodRid) };
  if (problem) {
    const reason = `A vtable fixup needs ${types.facts(type).name}, which does not load: ${problem.exception.message}`;
    throw clrRefusal({ rule: problem.rule, reason, exception: clrRefusals.typeNotLoaded(assembly.displayName, problem.exception), place });
  }
  const { genericParameters, name } = types.facts(type);
  if (genericParameters === 0) return;
  const inner = typeLoadException(`${couldNotLoadType(name, assembly.displayName)}.`);
  const reason = `A vtable fixup names a method of the generic type ${name}`;
  throw clrRefusal({ rule: 'fixupInGenericType', reason, exception: clrRefusals.typeNotLoaded(assembly.displayName, inner), place });
}

/** A method of another assembly must be there where that assembly is given; one of a type of this image must be. */
function resolveMemberRef(assembly: AssemblyImage, types: TypeLoader, token: number, name: string): ResolvedMethod {
  const { metadata } = assembly;
  const rid = tokenRid(token);
  const signature = metadata.blobs.get(metadata.tables.MemberRef.get(rid, 'Signature'));
  const missing = types.references && referencedMemberProblem(types.references, metadata, makeToken(TableId.MemberRef, rid));
  if (missing) throw memberMissing(assembly, token, name, missing);
  if (signature[0] === CallingConvention.Field) throw notAMethod(token, `Token ${hex(token, 8)} (${name}) in a vtable fixup is a field`);
  const parent = metadata.tables.MemberRef.column('Class').token(rid);
  if (isTokenOf(parent, 'MethodDef')) return { ...resolveMethodDef(assembly, types, parent, name), token };
  if (tokenTable(parent) !== TableId.TypeDef) return { token, name, signature };
  const wanted = metadata.tables.MemberRef.get(rid, 'Name');
  const found = [...metadata.methodsOf(tokenRid(parent))].find((method) =>
    isSameMember(assembly, method, metadata.strings.get(wanted), signature),
  );
  if (found !== undefined) return { ...resolveMethodDef(assembly, types, makeToken(TableId.MethodDef, found), name), token };
  throw memberMissing(
    assembly,
    token,
    name,
    clrException('MissingMethodException', HResult.COR_E_MISSINGMETHOD, `Method not found: '${name}'.`),
  );
}

const memberMissing = ({ displayName }: AssemblyImage, token: number, name: string, inner: ClrException): Error =>
  clrRefusal({
    rule: inner.hresult === HResult.COR_E_MISSINGMETHOD ? 'fixupMethodMissing' : 'fixupReference',
    reason: `A vtable fixup names ${name} (token ${hex(token, 8)}), which is not there: ${inner.message}`,
    exception: clrRefusals.typeNotLoaded(displayName, inner),
    place: { structure: 'vtable fixups', token },
  });

function isSameMember({ metadata }: AssemblyImage, method: number, name: string, signature: Uint8Array): boolean {
  const { MethodDef } = metadata.tables;
  if (metadata.strings.get(MethodDef.get(method, 'Name')) !== name) return false;
  const own = metadata.blobs.get(MethodDef.get(method, 'Signature'));
  return own.length === signature.length && own.every((byte, index) => byte === signature[index]);
}
