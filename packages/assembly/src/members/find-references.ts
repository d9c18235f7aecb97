import { ifReadable } from '@ijw/binary';
import { type Metadata, makeToken, methodSignatureOf, TableId, type Token, tokenTable, typeFullName, typeText } from '@ijw/metadata';
import { decodeTypeSpec, typeNodes } from '@ijw/metadata/signatures';
import { type MemberQuery, memberQueries } from './member-query.ts';
import { memberTest, STRICTNESS, type Strictness, typeTest } from './name-pattern.ts';
import { hasParameterTypes } from './parameter-types.ts';

/** The type that a MemberRef names, of a generic instance the generic type. @throws BadImageError */
export function genericDefinition(metadata: Metadata, type: Token): Token {
  if (tokenTable(type) !== TableId.TypeSpec) return type;
  const blob = metadata.tables.TypeSpec.get(type & 0xffffff, 'Signature');
  const node = decodeTypeSpec(metadata.blobs.reader(blob, 'a TypeSpec'), typeNodes);
  return node.kind === 'genericInstance' && node.generic.kind === 'named' ? node.generic.token : type;
}

/** The TypeRefs or MemberRefs that a text names, read as `findMembers` reads it. References that cannot be read are passed over. @throws BadImageError */
export function findReferences(metadata: Metadata, text: string): readonly Token[] {
  const queries = memberQueries(text);
  for (const strictness of STRICTNESS)
    for (const query of queries) {
      const found =
        query.member === undefined ? typeReferences(metadata, query.type ?? '', strictness) : memberReferences(metadata, query, strictness);
      if (found.length > 0) return found;
    }
  return [];
}

const rows = (count: number): Iterable<number> => Array.from({ length: count }, (_, index) => index + 1);

function typeReferences(metadata: Metadata, typed: string, strictness: Strictness): readonly Token[] {
  const test = typeTest(typed, strictness);
  const tokens: Token[] = [];
  for (const rid of rows(metadata.tables.TypeRef.rowCount)) {
    const token = makeToken(TableId.TypeRef, rid);
    const name = ifReadable(() => typeFullName(metadata, token));
    if (name !== undefined && test(name)) tokens.push(token);
  }
  return tokens;
}

function memberReferences(metadata: Metadata, { type, member = '', parameters }: MemberQuery, strictness: Strictness): readonly Token[] {
  const { MemberRef } = metadata.tables;
  const isMember = memberTest(member, strictness);
  const isType = type === undefined ? () => true : typeTest(type, strictness);
  const parents = MemberRef.column('Class');
  const tokens: Token[] = [];
  for (const rid of rows(MemberRef.rowCount)) {
    const token = makeToken(TableId.MemberRef, rid);
    const fits = ifReadable(
      () =>
        isMember(metadata.strings.get(MemberRef.get(rid, 'Name'))) &&
        isType(typeFullName(metadata, genericDefinition(metadata, parents.token(rid)))) &&
        (parameters === undefined || hasParameterTypes(parameterTexts(metadata, token), parameters)),
    );
    if (fits === true) tokens.push(token);
  }
  return tokens;
}

const parameterTexts = (metadata: Metadata, token: Token): readonly string[] =>
  methodSignatureOf(metadata, token).parameterTypes.map((type) => typeText(metadata, type));
