import { ifReadable } from '@ijw/binary';
import { coreTypeNames, isTokenOf, type Metadata, makeToken, TableId, type Token, tokenRid } from '@ijw/metadata';
import { decodeMethodSpec, decodeTypeSpec, type PrimitiveName, type TypeNode, typeNodes } from '@ijw/metadata/signatures';
import { namedTypes } from './named-types.ts';

/** The primitive types by the core library's names: signatures name `System.String` by its element type alone (ECMA-335 II.23.1.16). */
const primitivesByName: ReadonlyMap<string, PrimitiveName> = new Map(
  Object.entries(coreTypeNames).map(([primitive, name]) => [name, primitive as PrimitiveName]),
);

/** The types that a search is about, as the signatures of one module name them. */
export class SubjectTypes {
  readonly #metadata: Metadata;
  readonly #named = new Map<Token | PrimitiveName, string>();
  /** TypeSpecs that are generic instances of one of the types. */
  readonly instances = new Map<Token, string>();
  /** TypeSpecs, MethodSpecs and MemberRefs that have one of the types as an argument or an element. */
  readonly mentions = new Map<Token, string>();

  /** @param types TypeDefs and TypeRefs with the texts of what they mean; `names` are those of the types in any module */
  constructor(metadata: Metadata, types: Iterable<readonly [Token, string]>, names: Iterable<string>) {
    this.#metadata = metadata;
    for (const [token, text] of types) this.#named.set(token, text);
    for (const name of names) {
      const primitive = primitivesByName.get(name);
      if (primitive !== undefined) this.#named.set(primitive, name);
    }
    if (this.isEmpty) return;
    this.#readTypeSpecs();
    this.#readMemberRefs();
    this.#readMethodSpecs();
  }

  get isEmpty(): boolean {
    return this.#named.size === 0;
  }

  /** The first of the types that one of these names. */
  namedIn(types: Iterable<TypeNode>): string | undefined {
    for (const type of types)
      for (const name of namedTypes(type)) {
        const text = this.#named.get(name) ?? (typeof name === 'number' ? this.byToken(name) : undefined);
        if (text !== undefined) return text;
      }
    return undefined;
  }

  /** The type that a TypeDefOrRef is, has as its generic type, or has in it. */
  byToken(token: Token): string | undefined {
    return this.#named.get(token) ?? this.instances.get(token) ?? this.mentions.get(token);
  }

  #readTypeSpecs(): void {
    const { TypeSpec } = this.#metadata.tables;
    for (let rid = 1; rid <= TypeSpec.rowCount; rid++) {
      const token = makeToken(TableId.TypeSpec, rid);
      const type = ifReadable(() => decodeTypeSpec(this.#metadata.blobs.reader(TypeSpec.get(rid, 'Signature'), 'a TypeSpec'), typeNodes));
      if (type === undefined) continue;
      const isInstance = type.kind === 'genericInstance';
      const definition = isInstance ? this.namedIn([type.generic]) : undefined;
      if (definition !== undefined) this.instances.set(token, definition);
      this.#mention(token, this.namedIn(isInstance ? type.arguments : [type]));
    }
  }

  #readMemberRefs(): void {
    const { MemberRef } = this.#metadata.tables;
    const parents = MemberRef.column('Class');
    for (let rid = 1; rid <= MemberRef.rowCount; rid++)
      this.#mention(makeToken(TableId.MemberRef, rid), this.#mentioned(parents.tokenOrBad(rid)));
  }

  #readMethodSpecs(): void {
    const { MethodSpec } = this.#metadata.tables;
    const methods = MethodSpec.column('Method');
    for (let rid = 1; rid <= MethodSpec.rowCount; rid++) {
      const text = ifReadable(() =>
        this.namedIn(decodeMethodSpec(this.#metadata.blobs.reader(MethodSpec.get(rid, 'Instantiation'), 'a MethodSpec'), typeNodes)),
      );
      this.#mention(makeToken(TableId.MethodSpec, rid), text ?? this.#mentioned(methods.tokenOrBad(rid)));
    }
  }

  #mentioned(token: Token | -1): string | undefined {
    return token === -1 ? undefined : this.mentions.get(token);
  }

  #mention(token: Token, text: string | undefined): void {
    if (text !== undefined) this.mentions.set(token, text);
  }
}

/** Constructors of the types, each with the text of its type: MethodDefs and MemberRefs. */
export function constructorsOf(
  metadata: Metadata,
  types: ReadonlyMap<Token, string>,
  instances: ReadonlyMap<Token, string>,
): ReadonlyMap<Token, string> {
  const { MemberRef, MethodDef } = metadata.tables;
  const isConstructor = (name: number): boolean => ifReadable(() => metadata.strings.get(name)) === '.ctor';
  const found = new Map<Token, string>();
  for (const [type, text] of types)
    if (isTokenOf(type, 'TypeDef'))
      for (const rid of metadata.methodsOf(tokenRid(type)))
        if (isConstructor(MethodDef.get(rid, 'Name'))) found.set(makeToken(TableId.MethodDef, rid), text);
  const [parents, names] = [MemberRef.column('Class'), MemberRef.column('Name')];
  for (let rid = 1; rid <= MemberRef.rowCount; rid++) {
    const parent = parents.tokenOrBad(rid);
    const text = parent === -1 ? undefined : (types.get(parent) ?? instances.get(parent));
    if (text !== undefined && isConstructor(names.at(rid))) found.set(makeToken(TableId.MemberRef, rid), text);
  }
  return found;
}
