import { ifReadable } from '@ijw/binary';
import {
  isTokenOf,
  type Metadata,
  type MethodDefToken,
  makeToken,
  TableId,
  type Token,
  TypeAttributes,
  tokenRid,
  typeFullName,
} from '@ijw/metadata';
import type { MethodOfModule, Resolver } from '@ijw/metadata/resolution';
import { memberText } from '../members/owner-text.ts';
import type { MemberUse } from './member-use.ts';
import { methodText, type SearchedModule } from './searched-module.ts';
import type { UseKind } from './use-kind.ts';
import type { UseSubject } from './use-subject.ts';

/** Types that derive from one of the types or implement it; methods that override one of the methods or implement it. */
export function* inheritanceUses(module: SearchedModule, subject: UseSubject, resolver: Resolver): Generator<MemberUse> {
  yield* derivedTypes(module);
  const methods = virtualMethods(subject);
  if (methods.size === 0) return;
  yield* overriders(module, methods, resolver);
  yield* implementors(module, methods, resolver);
}

function* derivedTypes({ file, metadata, meanings: { members, types } }: SearchedModule): Generator<MemberUse> {
  if (types.isEmpty) return;
  const { TypeDef, InterfaceImpl } = metadata.tables;
  function* uses(kind: UseKind, rid: number, parent: Token | -1): Generator<MemberUse> {
    if (parent === -1) return;
    const token = makeToken(TableId.TypeDef, rid);
    const use = { file: file.name, in: ifReadable(() => typeFullName(metadata, token)) ?? '?', token };
    const target = members.get(parent) ?? types.instances.get(parent);
    if (target !== undefined) yield { ...use, kind, target };
    const mentioned = types.mentions.get(parent);
    if (mentioned !== undefined) yield { ...use, kind: 'reference', target: mentioned };
  }
  const bases = TypeDef.column('Extends');
  for (let rid = 1; rid <= TypeDef.rowCount; rid++) yield* uses('extend', rid, bases.tokenOrBad(rid));
  const [classes, interfaces] = [InterfaceImpl.column('Class'), InterfaceImpl.column('Interface')];
  for (let rid = 1; rid <= InterfaceImpl.rowCount; rid++) yield* uses('implement', classes.at(rid), interfaces.tokenOrBad(rid));
}

/** A searched method, and whether an interface declares it. */
interface SearchedMethod extends MethodOfModule {
  readonly name: string;
  readonly isOfInterface: boolean;
}

type SearchedMethods = ReadonlyMap<Metadata, ReadonlyMap<Token, SearchedMethod>>;

function virtualMethods({ defined }: UseSubject): SearchedMethods {
  const found = new Map<Metadata, Map<Token, SearchedMethod>>();
  for (const [metadata, tokens] of defined) {
    const own = new Map<Token, SearchedMethod>();
    for (const token of tokens) {
      const method = isTokenOf(token, 'MethodDef') ? ifReadable(() => searchedMethod(metadata, token)) : undefined;
      if (method !== undefined) own.set(token, method);
    }
    if (own.size > 0) found.set(metadata, own);
  }
  return found;
}

const VIRTUAL = 0x40;

function searchedMethod(metadata: Metadata, token: MethodDefToken): SearchedMethod | undefined {
  const { MethodDef, TypeDef } = metadata.tables;
  if ((MethodDef.get(tokenRid(token), 'Flags') & VIRTUAL) === 0) return undefined;
  const flags = TypeDef.get(tokenRid(metadata.declaringType(token)), 'Flags');
  const name = metadata.strings.get(MethodDef.get(tokenRid(token), 'Name'));
  return { metadata, token, name, isOfInterface: (flags & TypeAttributes.Interface) !== 0 };
}

const searched = (methods: SearchedMethods, method: MethodOfModule): SearchedMethod | undefined =>
  methods.get(method.metadata)?.get(method.token);

/** The longest chain of overriders; a longer one is a loop. */
const DEEPEST = 200;

function* overriders({ file, metadata }: SearchedModule, methods: SearchedMethods, resolver: Resolver): Generator<MemberUse> {
  const use = (kind: UseKind, token: Token, target: SearchedMethod): MemberUse => ({
    file: file.name,
    kind,
    in: methodText(metadata, token),
    token,
    target: memberText(target.metadata, target.token),
  });
  const { MethodDef } = metadata.tables;
  const names = MethodDef.column('Name');
  const wanted = new Set([...methods.values()].flatMap((own) => [...own.values()].map(({ name }) => name)));
  for (let rid = 1; rid <= MethodDef.rowCount; rid++) {
    const name = ifReadable(() => metadata.strings.get(names.at(rid)));
    if (name === undefined || !wanted.has(name)) continue;
    const token = makeToken(TableId.MethodDef, rid);
    let method: MethodOfModule | undefined = { metadata, token };
    for (let depth = 0; method !== undefined && depth < DEEPEST; depth++) {
      const { metadata: module, token: current }: MethodOfModule = method;
      method = ifReadable(() => resolver.virtualMethods.overridden(module, current));
      const target = method && searched(methods, method);
      if (target !== undefined) yield use('override', token, target);
    }
  }
  for (const { body, declaration } of readableDeclarations(metadata, resolver)) {
    const target = searched(methods, declaration);
    if (target !== undefined) yield use(target.isOfInterface ? 'implement' : 'override', body, target);
  }
}

function readableDeclarations(metadata: Metadata, resolver: Resolver) {
  return ifReadable(() => [...resolver.virtualMethods.explicit(metadata)]) ?? [];
}

/** Methods that implement by name: a MethodImpl of the type wins (ECMA-335 II.12.2). */
function* implementors({ file, metadata }: SearchedModule, methods: SearchedMethods, resolver: Resolver): Generator<MemberUse> {
  const wanted = [...methods.values()].flatMap((own) => [...own.values()].filter(({ isOfInterface }) => isOfInterface));
  if (wanted.length === 0) return;
  const explicit = explicitBodies(metadata, resolver);
  const { InterfaceImpl } = metadata.tables;
  const [classes, interfaces] = [InterfaceImpl.column('Class'), InterfaceImpl.column('Interface')];
  for (let rid = 1; rid <= InterfaceImpl.rowCount; rid++) {
    const type = makeToken(TableId.TypeDef, classes.at(rid));
    const token = interfaces.tokenOrBad(rid);
    const found = token === -1 ? undefined : ifReadable(() => resolver.type(metadata, token));
    if (token === -1 || found?.kind !== 'type') continue;
    for (const method of wanted) {
      if (method.metadata !== found.metadata || method.metadata.declaringType(method.token) !== found.token) continue;
      if (explicit.has(`${type}:${method.token}`)) continue;
      const body = ifReadable(() => resolver.virtualMethods.implementation(metadata, type, token, method));
      if (body === undefined) continue;
      const target = memberText(method.metadata, method.token);
      yield { file: file.name, kind: 'implement', in: methodText(body.metadata, body.token), token: body.token, target };
    }
  }
}

/** By type and declaration: the methods that a MethodImpl implements. */
function explicitBodies(metadata: Metadata, resolver: Resolver): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { body, declaration } of readableDeclarations(metadata, resolver)) {
    if (isTokenOf(body, 'MethodDef')) found.add(`${metadata.declaringType(body)}:${declaration.token}`);
  }
  return found;
}
