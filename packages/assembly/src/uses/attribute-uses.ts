import { ifReadable } from '@ijw/binary';
import { type Metadata, type Token, typeFullName } from '@ijw/metadata';
import {
  type AttributeArgument,
  type AttributeValue,
  attributeDecoderOf,
  attributeTypeOf,
  type BoxedAttributeValue,
  type CustomAttributeValue,
} from '@ijw/metadata/attributes';
import type { Resolver } from '@ijw/metadata/resolution';
import { ownerText } from '../members/owner-text.ts';
import type { MemberUse } from './member-use.ts';
import type { SearchedModule } from './searched-module.ts';
import type { UseKind } from './use-kind.ts';

/** Attributes that create one of the types, name one in an argument (`typeof`), or set one of the fields and properties. */
export function* attributeUses({ file, metadata, meanings }: SearchedModule, resolver: Resolver): Generator<MemberUse> {
  const { members, constructors } = meanings;
  if (members.size === 0) return;
  const { CustomAttribute } = metadata.tables;
  const [parents, types] = [CustomAttribute.column('Parent'), CustomAttribute.column('Type')];
  const serialized = new SerializedTypes(metadata, members, resolver);
  const targets = new Set(members.values());
  for (let rid = 1; rid <= CustomAttribute.rowCount; rid++) {
    const [parent, type] = [parents.tokenOrBad(rid), types.tokenOrBad(rid)];
    if (parent === -1 || type === -1) continue;
    const use = (kind: UseKind, target: string): MemberUse => ({
      file: file.name,
      kind,
      in: ownerText(metadata, parent),
      token: parent,
      target,
    });
    const created = constructors.get(type) ?? members.get(type);
    if (created !== undefined) yield use('create', created);
    const value = ifReadable(() => attributeDecoderOf(metadata).decode(rid));
    if (value === undefined) continue;
    for (const name of new Set(typeNames(value))) {
      const target = serialized.target(name);
      if (target !== undefined) yield use('reference', target);
    }
    if (value.namedArguments.length === 0) continue;
    const owner = ifReadable(() => typeFullName(metadata, attributeTypeOf(metadata, rid)));
    for (const { kind, name } of value.namedArguments) {
      const target = kind === 'field' ? `${owner}::${name}` : `${owner}::set_${name}`;
      if (targets.has(target)) yield use(kind === 'field' ? 'write' : 'call', target);
    }
  }
}

/** The names of types in arguments, each of them looked up once. */
class SerializedTypes {
  readonly #metadata: Metadata;
  readonly #members: ReadonlyMap<Token, string>;
  readonly #resolver: Resolver;
  readonly #simpleNames: ReadonlySet<string>;
  readonly #targets = new Map<string, string | undefined>();

  constructor(metadata: Metadata, members: ReadonlyMap<Token, string>, resolver: Resolver) {
    this.#metadata = metadata;
    this.#members = members;
    this.#resolver = resolver;
    this.#simpleNames = new Set([...members].flatMap(([, text]) => (text.includes('::') ? [] : [text.split(/[./]/).at(-1) ?? text])));
  }

  /** The searched type that a serialized name means. */
  target(name: string): string | undefined {
    if (![...this.#simpleNames].some((simple) => name.includes(simple))) return undefined;
    if (!this.#targets.has(name)) this.#targets.set(name, this.#find(name));
    return this.#targets.get(name);
  }

  #find(name: string): string | undefined {
    const full = (name.split(',', 1)[0] ?? '').replaceAll('+', '/');
    for (const text of this.#members.values()) if (text === full) return text;
    const found = ifReadable(() => this.#resolver.serializedType(this.#metadata, name));
    return found?.kind === 'type' && found.metadata === this.#metadata ? this.#members.get(found.token) : undefined;
  }
}

function* typeNames({ fixedArguments, namedArguments }: CustomAttributeValue): Generator<string> {
  for (const argument of [...fixedArguments, ...namedArguments]) yield* typesOf(argument);
}

function* typesOf({ type, value }: AttributeArgument): Generator<string> {
  if (type.kind === 'type' && typeof value === 'string') yield value;
  else if (type.kind === 'array' && Array.isArray(value)) for (const item of value) yield* typesOf({ type: type.element, value: item });
  else if (isBoxed(value)) yield* typesOf(value);
}

const isBoxed = (value: AttributeValue): value is BoxedAttributeValue =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'boxed';
