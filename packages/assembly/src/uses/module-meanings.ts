import { ifReadable } from '@ijw/binary';
import {
  isTokenOf,
  type MemberRefToken,
  type Metadata,
  makeToken,
  methodSignatureOf,
  TableId,
  type Token,
  tokenRid,
  tokenTable,
  typeFullName,
  typeText,
} from '@ijw/metadata';
import type { Resolver } from '@ijw/metadata/resolution';
import { genericDefinition } from '../members/find-references.ts';
import { memberText } from '../members/owner-text.ts';
import { constructorsOf, SubjectTypes } from './subject-types.ts';
import type { UseSubject } from './use-subject.ts';

/** The tokens of one module that mean what a search is about, each with the text of what it means. */
export interface ModuleMeanings {
  /** TypeDefs, TypeRefs, MethodDefs, Fields, MemberRefs, MethodSpecs and user strings. */
  readonly members: ReadonlyMap<Token, string>;
  /** The types among them, as signatures name them. */
  readonly types: SubjectTypes;
  /** Constructors of the types, by whatever token: MethodDefs and MemberRefs. */
  readonly constructors: ReadonlyMap<Token, string>;
}

/** The definitions of a subject by what unresolved references say of them. */
class NamedDefinitions {
  readonly simple = new Set<string>();
  readonly #full = new Map<string, string>();

  constructor({ defined }: UseSubject) {
    for (const [metadata, tokens] of defined)
      for (const token of tokens) {
        const text = ifReadable(() => memberText(metadata, token));
        const key = ifReadable(() => keyOf(metadata, token));
        if (text === undefined || key === undefined) continue;
        this.simple.add(simpleName(text));
        this.#full.set(key, text);
      }
  }

  of(metadata: Metadata, reference: Token): string | undefined {
    const key = ifReadable(() => keyOf(metadata, reference));
    return key === undefined ? undefined : this.#full.get(key);
  }
}

const simpleName = (text: string): string => {
  const member = text.slice(text.lastIndexOf('::') + 2);
  return text.includes('::') ? member : (text.split(/[./]/).at(-1) ?? text);
};

/** What a reference and its definition have in common: the full name, and the types in a method's signature. */
function keyOf(metadata: Metadata, token: Token): string {
  if (isTokenOf(token, 'MemberRef')) {
    const { MemberRef } = metadata.tables;
    const type = typeFullName(metadata, genericDefinition(metadata, MemberRef.column('Class').token(tokenRid(token))));
    const name = `${type}::${metadata.strings.get(MemberRef.get(tokenRid(token), 'Name'))}`;
    return isField(metadata, token) ? name : `${name}${signatureOf(metadata, token)}`;
  }
  const name = memberText(metadata, token);
  return isTokenOf(token, 'MethodDef') ? `${name}${signatureOf(metadata, token)}` : name;
}

const signatureOf = (metadata: Metadata, token: Token): string => {
  const { parameterTypes, requiredParameterCount, returnType } = methodSignatureOf(metadata, token);
  const parameters = parameterTypes
    .slice(0, requiredParameterCount)
    .map((type) => typeText(metadata, type))
    .join(',');
  return `(${parameters})${typeText(metadata, returnType)}`;
};

const FIELD_SIGNATURE = 6;

const isField = (metadata: Metadata, token: MemberRefToken): boolean =>
  metadata.blobs.get(metadata.tables.MemberRef.get(tokenRid(token), 'Signature'))[0] === FIELD_SIGNATURE;

/** Finds the tokens of modules that mean what a search is about. */
export class MeaningSearch {
  readonly #subject: UseSubject;
  readonly #resolver: Resolver;
  readonly #names: NamedDefinitions;
  readonly #typeNames: readonly string[];

  constructor(subject: UseSubject, resolver: Resolver) {
    this.#subject = subject;
    this.#typeNames = [...subject.defined, ...subject.referenced].flatMap(([metadata, tokens]) =>
      [...tokens].flatMap((token) => (isType(token) ? [textOf(metadata, token)] : [])),
    );
    this.#resolver = resolver;
    this.#names = new NamedDefinitions(subject);
  }

  /** Rows that cannot be read are skipped. */
  of(metadata: Metadata): ModuleMeanings {
    const members = new Map<Token, string>();
    const own = this.#subject.defined.get(metadata) ?? this.#subject.referenced.get(metadata) ?? [];
    for (const token of own) members.set(token, textOf(metadata, token));
    if (this.#names.simple.size > 0) this.#addReferences(metadata, members);
    const named = new Map([...members].filter(([token]) => isType(token)));
    const types = new SubjectTypes(metadata, named, this.#typeNames);
    const constructors = named.size === 0 ? new Map<Token, string>() : constructorsOf(metadata, named, types.instances);
    addInstances(metadata, members);
    return { members, types, constructors };
  }

  #addReferences(metadata: Metadata, members: Map<Token, string>): void {
    const { TypeRef, MemberRef } = metadata.tables;
    for (const [table, id] of [
      [TypeRef, TableId.TypeRef],
      [MemberRef, TableId.MemberRef],
    ] as const) {
      const names = table.column('Name');
      for (let rid = 1; rid <= table.rowCount; rid++) {
        const name = ifReadable(() => metadata.strings.get(names.at(rid)));
        if (name === undefined || !this.#names.simple.has(name)) continue;
        const token: Token = makeToken(id, rid);
        const text = ifReadable(() => this.#meaningOf(metadata, token));
        if (text !== undefined) members.set(token, text);
      }
    }
  }

  #meaningOf(metadata: Metadata, reference: Token): string | undefined {
    const found = isTokenOf(reference, 'MemberRef') ? this.#resolver.member(metadata, reference) : this.#resolver.type(metadata, reference);
    if (found.kind === 'unresolved') return found.reason === 'assemblyNotFound' ? this.#names.of(metadata, reference) : undefined;
    if (found.kind === 'arrayMethod' || this.#subject.defined.get(found.metadata)?.has(found.token) !== true) return undefined;
    return textOf(found.metadata, found.token);
  }
}

const isType = (token: Token): boolean => isTokenOf(token, 'TypeDef') || isTokenOf(token, 'TypeRef');

function textOf(metadata: Metadata, token: Token): string {
  if (tokenTable(token) === 0x70) return ifReadable(() => JSON.stringify(metadata.userStrings.get(tokenRid(token)))) ?? '?';
  return ifReadable(() => memberText(metadata, token)) ?? '?';
}

/** MethodSpecs of generic methods among the members. */
function addInstances(metadata: Metadata, members: Map<Token, string>): void {
  const { MethodSpec } = metadata.tables;
  const method = MethodSpec.column('Method');
  for (let rid = 1; rid <= MethodSpec.rowCount; rid++) {
    const text = members.get(method.tokenOrBad(rid) as Token);
    if (text !== undefined) members.set(makeToken(TableId.MethodSpec, rid), text);
  }
}
