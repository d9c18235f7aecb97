import type { Metadata } from '../metadata.ts';
import { TableId } from '../tables/table-id.ts';
import { type FieldToken, type MethodDefToken, type Token, tokenRid, tokenTable } from '../tables/token.ts';
import { typeFullName } from './type-full-name.ts';

const joined = (type: string, name: string): string => (type === '' ? name : `${type}::${name}`);

function memberRefName(metadata: Metadata, rid: number): string {
  const { MemberRef, ModuleRef } = metadata.tables;
  const parent = MemberRef.column('Class').token(rid);
  const name = metadata.strings.get(MemberRef.get(rid, 'Name'));
  switch (tokenTable(parent)) {
    case TableId.MethodDef:
      return methodFullName(metadata, parent);
    case TableId.ModuleRef:
      return joined(`[${metadata.strings.get(ModuleRef.get(tokenRid(parent), 'Name'))}]<Module>`, name);
    default:
      return joined(typeFullName(metadata, parent), name);
  }
}

/**
 * `Namespace.Type::Name` of a MethodDef, MemberRef or MethodSpec; a method outside all types is the module's: `<Module>::Name`. The empty string for a
 * nil token or one of any other table.
 * @throws BadImageError
 */
export function methodFullName(metadata: Metadata, token: Token): string {
  const rid = tokenRid(token);
  if (rid === 0) return '';
  const { tables, strings } = metadata;
  switch (tokenTable(token)) {
    case TableId.MethodDef:
      return joined(
        typeFullName(metadata, metadata.declaringType(token as MethodDefToken)),
        strings.get(tables.MethodDef.get(rid, 'Name')),
      );
    case TableId.MemberRef:
      return memberRefName(metadata, rid);
    case TableId.MethodSpec:
      return methodFullName(metadata, tables.MethodSpec.column('Method').token(rid));
    default:
      return '';
  }
}

/** `Namespace.Type::Name` of a Field. @throws BadImageError */
export const fieldFullName = (metadata: Metadata, token: FieldToken): string =>
  joined(typeFullName(metadata, metadata.declaringType(token)), metadata.strings.get(metadata.tables.Field.get(tokenRid(token), 'Name')));
