import { hex, ifReadable } from '@ijw/binary';
import {
  fieldFullName,
  isTokenOf,
  type Metadata,
  makeToken,
  methodFullName,
  TableId,
  type Token,
  tokenRid,
  tokenTable,
  typeFullName,
} from '@ijw/metadata';

/** `Namespace.Type`, `Namespace.Type::Name` of a definition or a reference. @throws BadImageError */
export function memberText(metadata: Metadata, token: Token): string {
  if (isTokenOf(token, 'Field')) return fieldFullName(metadata, token);
  if (isTokenOf(token, 'TypeDef') || isTokenOf(token, 'TypeRef')) return typeFullName(metadata, token);
  return methodFullName(metadata, token);
}

/** What has an attribute, in words: a member by its name, a parameter by its method and number. */
export const ownerText = (metadata: Metadata, token: Token): string => ifReadable(() => nameOfOwner(metadata, token)) ?? hex(token, 8);

function nameOfOwner(metadata: Metadata, token: Token): string {
  const { strings, tables } = metadata;
  const rid = tokenRid(token);
  if (isTokenOf(token, 'Property') || isTokenOf(token, 'Event')) {
    const name = isTokenOf(token, 'Property') ? tables.Property.get(rid, 'Name') : tables.Event.get(rid, 'Name');
    return `${typeFullName(metadata, metadata.declaringType(token))}::${strings.get(name)}`;
  }
  if (isTokenOf(token, 'Param')) {
    const sequence = tables.Param.get(rid, 'Sequence');
    const method = methodFullName(metadata, metadata.declaringMethod(token));
    return sequence === 0 ? `${method}, return value` : `${method}, parameter ${sequence}`;
  }
  if (isTokenOf(token, 'GenericParam')) {
    const owner = tables.GenericParam.column('Owner').token(rid);
    return `${memberText(metadata, owner)}, generic parameter ${strings.get(tables.GenericParam.get(rid, 'Name'))}`;
  }
  switch (tokenTable(token)) {
    case TableId.Assembly:
      return `assembly ${strings.get(tables.Assembly.get(rid, 'Name'))}`;
    case TableId.Module:
      return `module ${strings.get(tables.Module.get(rid, 'Name'))}`;
    case TableId.InterfaceImpl:
      return typeFullName(metadata, makeToken(TableId.TypeDef, tables.InterfaceImpl.get(rid, 'Class')));
    default:
      return memberText(metadata, token) || hex(token, 8);
  }
}
