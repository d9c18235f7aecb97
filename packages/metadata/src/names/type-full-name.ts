import type { Metadata } from '../metadata.ts';
import { TableId } from '../tables/table-id.ts';
import { type Token, type TypeDefToken, tokenRid, tokenTable } from '../tables/token.ts';
import { typeSpecText } from './type-text.ts';

/** A chain of enclosing types longer than this is a loop or not meant to be read. */
const MAX_NESTING = 100;

const qualified = (namespace: string, name: string): string => (namespace === '' ? name : `${namespace}.${name}`);

/** One step of a chain: the name of a type, and the token of the type around it (0 for none). */
interface NamedType {
  readonly name: string;
  readonly outer: Token;
}

function namedType(metadata: Metadata, token: Token): NamedType | undefined {
  const rid = tokenRid(token);
  const { tables, strings } = metadata;
  switch (tokenTable(token)) {
    case TableId.TypeDef: {
      const name = qualified(strings.get(tables.TypeDef.get(rid, 'Namespace')), strings.get(tables.TypeDef.get(rid, 'Name')));
      return { name, outer: metadata.enclosingType(token as TypeDefToken) };
    }
    case TableId.TypeRef: {
      const name = qualified(strings.get(tables.TypeRef.get(rid, 'Namespace')), strings.get(tables.TypeRef.get(rid, 'Name')));
      const scope = tables.TypeRef.column('ResolutionScope').token(rid);
      return { name, outer: tokenTable(scope) === TableId.TypeRef ? scope : (0 as Token) };
    }
    case TableId.ExportedType: {
      const table = tables.ExportedType;
      const name = qualified(strings.get(table.get(rid, 'TypeNamespace')), strings.get(table.get(rid, 'TypeName')));
      const scope = table.column('Implementation').token(rid);
      return { name, outer: tokenTable(scope) === TableId.ExportedType ? scope : (0 as Token) };
    }
    default:
      return undefined;
  }
}

/**
 * `Namespace.Outer/Inner` of a TypeDef, TypeRef or ExportedType; of a TypeSpec the type as C# would write it; the empty string for a nil token or one
 * of any other table.
 * @throws BadImageError BAD_ROW, NESTING_TOO_DEEP
 */
export function typeFullName(metadata: Metadata, token: Token): string {
  if (tokenTable(token) === TableId.TypeSpec) return typeSpecText(metadata, token);
  let text = '';
  let current = token;
  for (let depth = 0; tokenRid(current) !== 0; depth++) {
    const type = namedType(metadata, current);
    if (type === undefined) return text;
    if (depth === MAX_NESTING) {
      throw metadata.place.error('NESTING_TOO_DEEP', 0, 'the NestedClass table', `Types are nested more than ${MAX_NESTING} deep`);
    }
    text = depth === 0 ? type.name : `${type.name}/${text}`;
    current = type.outer;
  }
  return text;
}
