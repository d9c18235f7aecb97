import { hex, ifReadable, UsageError } from '@ijw/binary';
import type { MemberFilter } from '@ijw/il';
import { type Metadata, makeToken, methodFullName, TableId, type Token, tokenRid, tokenTable, typeFullName } from '@ijw/metadata';
import { type MemberQuery, memberQueries } from './member-query.ts';
import { hasWildcard, memberTest, type NameTest, STRICTNESS, type Strictness, typeTest } from './name-pattern.ts';
import { nearestNames } from './nearest-names.ts';
import { operatorTexts } from './operator-names.ts';
import { hasParameters, parameterTypes } from './parameter-types.ts';

/** Hexadecimal, as text has it, or the 9 or 10 decimal digits of JSON. */
const TOKEN = /^(0x)?0*([0-9a-f]{7,8})$/i;
const DECIMAL_TOKEN = /^[1-9]\d{8,9}$/;

/** The token that a text is; `undefined` for another text. */
export function parseToken(text: string): number | undefined {
  if (DECIMAL_TOKEN.test(text) && Number(text) <= 0xffffffff) return Number(text);
  const digits = TOKEN.exec(text)?.[2];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

/** A search through the names of a module. Names that cannot be read are passed over. */
class MemberSearch {
  readonly #metadata: Metadata;
  /** The full name of each TypeDef, by row. */
  readonly #types: readonly (string | undefined)[];

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
    this.#types = Array.from({ length: metadata.tables.TypeDef.rowCount }, (_, index) =>
      ifReadable(() => typeFullName(metadata, makeToken(TableId.TypeDef, index + 1))),
    );
  }

  find(query: MemberQuery, strictness: Strictness): MemberFilter | undefined {
    const types = query.type === undefined ? undefined : this.types(query.type, strictness);
    if (types?.length === 0) return undefined;
    const found = query.member === undefined ? { kind: 'type' as const, rids: types ?? [] } : this.#members(query, types, strictness);
    return found !== undefined && strictness === 'anyCase' && !this.#isOne(found) ? undefined : found;
  }

  /** The whole name, or its end: a type of the full name hides those whose names end so. */
  types(typed: string, strictness: Strictness): readonly number[] {
    const test = typeTest(typed, strictness);
    const found = this.#typesWhere(test);
    const whole = found.filter((rid) => this.#types[rid - 1] === typed.replaceAll('+', '/'));
    return whole.length > 0 ? whole : found;
  }

  #typesWhere(test: NameTest): readonly number[] {
    return this.#types.flatMap((name, index) => (name !== undefined && test(name) ? [index + 1] : []));
  }

  #members(
    { member = '', parameters }: MemberQuery,
    types: readonly number[] | undefined,
    strictness: Strictness,
  ): MemberFilter | undefined {
    const { MethodDef, Field } = this.#metadata.tables;
    const test = memberTest(member, strictness);
    const rows = types ?? this.#types.map((_, index) => index + 1);
    const methods = rows.flatMap((type) => this.#named(this.#metadata.methodsOf(type), (rid) => MethodDef.get(rid, 'Name'), test));
    const fitting =
      parameters === undefined
        ? methods
        : methods.filter((rid) => hasParameters(this.#metadata, makeToken(TableId.MethodDef, rid), parameters));
    if (fitting.length > 0) return { kind: 'methods', rids: fitting };
    if (parameters !== undefined) return undefined;
    const fields = rows.flatMap((type) => this.#named(this.#metadata.fieldsOf(type), (rid) => Field.get(rid, 'Name'), test));
    return fields.length > 0 ? { kind: 'fields', rids: fields } : undefined;
  }

  #named(rids: Iterable<number>, nameOf: (rid: number) => number, test: NameTest): readonly number[] {
    const { strings } = this.#metadata;
    return [...rids].filter((rid) => {
      const name = ifReadable(() => strings.get(nameOf(rid)));
      return name !== undefined && test(name);
    });
  }

  /** Overloads are one. */
  #isOne({ kind, rids }: MemberFilter): boolean {
    if (kind !== 'methods') return rids.length === 1;
    return new Set(rids.map((rid) => ifReadable(() => methodFullName(this.#metadata, makeToken(TableId.MethodDef, rid))))).size === 1;
  }

  /** The message if nothing has the name. */
  failure(text: string, queries: readonly MemberQuery[]): string {
    for (const query of queries) {
      const without = query.parameters === undefined ? undefined : this.find({ ...query, parameters: undefined }, 'anyArity');
      if (without?.kind === 'methods') return `No overload of "${text}" fits; there is ${this.#overloads(without.rids)}`;
    }
    const near = this.#nearest(queries);
    if (near.length > 0) return `No type or member is named "${text}"; did you mean ${near.join(', ')}?`;
    const inside = this.#types.find((name) => name?.startsWith(`${text}.`));
    if (inside !== undefined) return `"${text}" is a namespace; "${text}.*" names its types, the first is ${inside}`;
    const hint = /^[a-z]\w{3}/i.test(text) ? `; "*" stands for any text, as in "*${text.slice(0, 3)}*"` : '';
    return `No type or member is named "${text}"${hint}`;
  }

  #overloads(rids: readonly number[]): string {
    const lists = rids.slice(0, 10).map((rid) => {
      const token = makeToken(TableId.MethodDef, rid);
      return `${methodFullName(this.#metadata, token)}(${(ifReadable(() => parameterTypes(this.#metadata, token)) ?? ['?']).join(', ')})`;
    });
    return `${lists.join('; ')}${rids.length > lists.length ? '; …' : ''}`;
  }

  #nearest(queries: readonly MemberQuery[]): readonly string[] {
    const [query] = queries;
    if (query === undefined) return [];
    const types = query.type === undefined ? [] : this.types(query.type, 'anyCase');
    if (query.member !== undefined && types.length > 0) return nearestNames(query.member, this.#memberNames(types));
    const { type = '', member } = queries.at(-1) ?? query;
    const typed = query.member === undefined ? (query.type ?? '') : type || (member ?? '');
    const simple = typed.split(/[./+]/).at(-1) ?? '';
    const near = nearestNames(simple, this.#typeNames());
    return near.length > 0 ? near : nearestNames(simple, this.#memberNames(this.#types.map((_, index) => index + 1)));
  }

  *#typeNames(): Generator<readonly [string, () => string]> {
    for (const name of this.#types) if (name !== undefined) yield [(name.split(/[./]/).at(-1) ?? '').replace(/`\d+$/, ''), () => name];
  }

  *#memberNames(types: readonly number[]): Generator<readonly [string, () => string]> {
    const { strings, tables } = this.#metadata;
    for (const type of types)
      for (const rid of this.#metadata.methodsOf(type)) {
        const name = ifReadable(() => strings.get(tables.MethodDef.get(rid, 'Name')));
        if (name !== undefined) yield [name, () => `${this.#types[type - 1]}::${name}`];
      }
  }
}

function tokenFilter(metadata: Metadata, token: Token): MemberFilter | undefined {
  const { TypeDef, MethodDef, Field } = metadata.tables;
  const rid = tokenRid(token);
  switch (tokenTable(token)) {
    case TableId.TypeDef:
      return TypeDef.has(rid) ? { kind: 'type', rids: [rid] } : undefined;
    case TableId.MethodDef:
      return MethodDef.has(rid) ? { kind: 'methods', rids: [rid] } : undefined;
    case TableId.Field:
      return Field.has(rid) ? { kind: 'fields', rids: [rid] } : undefined;
    default:
      return undefined;
  }
}

/** The matches, or the reason why nothing matches. */
function lookUp(metadata: Metadata, text: string): MemberFilter | string {
  const token = parseToken(text) as Token | undefined;
  if (token !== undefined)
    return tokenFilter(metadata, token) ?? `${hex(token, 8)} is not the token of a type, method or field of this file`;
  const queries = (operatorTexts(text) ?? [text]).flatMap(memberQueries);
  const search = new MemberSearch(metadata);
  for (const strictness of STRICTNESS)
    for (const query of queries) {
      const found = search.find(query, strictness);
      if (found !== undefined) return found;
    }
  return hasWildcard(text) ? `Nothing is named like "${text}"` : search.failure(text, queries);
}

/**
 * Finds the types, methods or fields that a text names: `Main`, `Type::M`, `Ns.Type.M`, `M(string, int)`, `List<T>::Add`, `Type::Get*`, a property or an event for
 * its accessors, or a token. Overloads are several. Names in another case count where one name fits; `undefined` where nothing has the name.
 * @throws BadImageError
 */
export function findMembers(metadata: Metadata, text: string): MemberFilter | undefined {
  const found = lookUp(metadata, text);
  return typeof found === 'string' ? undefined : found;
}

/** As `findMembers`. @throws UsageError with the nearest names where nothing has the name; BadImageError */
export function requireMembers(metadata: Metadata, text: string): MemberFilter {
  const found = lookUp(metadata, text);
  if (typeof found === 'string') throw new UsageError(found);
  return found;
}
