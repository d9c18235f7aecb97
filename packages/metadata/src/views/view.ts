import type { Metadata } from '../metadata.ts';
import { TableId } from '../tables/table-id.ts';
import { isNilToken, type Token, tokenRid, tokenTable } from '../tables/token.ts';
import { AssemblyDefinition, AssemblyReference } from './assembly-definition.ts';
import { CustomAttribute } from './custom-attribute.ts';
import { EventDefinition } from './event-definition.ts';
import { FieldDefinition } from './field-definition.ts';
import { GenericParameter } from './generic-parameter.ts';
import { MemberReference } from './member-reference.ts';
import { MethodDefinition } from './method-definition.ts';
import { ModuleDefinition } from './module-definition.ts';
import { ParameterDefinition } from './parameter-definition.ts';
import { PropertyDefinition } from './property-definition.ts';
import { TypeDefinition } from './type-definition.ts';
import { ExportedType, TypeReference } from './type-reference.ts';

/** The view of a row, by its table. */
const views = {
  [TableId.Module]: (metadata: Metadata) => ModuleDefinition.of(metadata),
  [TableId.TypeRef]: (metadata: Metadata, token: Token) => new TypeReference(metadata, token as never),
  [TableId.TypeDef]: (metadata: Metadata, token: Token) => new TypeDefinition(metadata, token as never),
  [TableId.Field]: (metadata: Metadata, token: Token) => new FieldDefinition(metadata, token as never),
  [TableId.MethodDef]: (metadata: Metadata, token: Token) => new MethodDefinition(metadata, token as never),
  [TableId.Param]: (metadata: Metadata, token: Token) => new ParameterDefinition(metadata, token as never),
  [TableId.MemberRef]: (metadata: Metadata, token: Token) => new MemberReference(metadata, token as never),
  [TableId.CustomAttribute]: (metadata: Metadata, token: Token) => new CustomAttribute(metadata, tokenRid(token)),
  [TableId.Event]: (metadata: Metadata, token: Token) => new EventDefinition(metadata, token as never),
  [TableId.Property]: (metadata: Metadata, token: Token) => new PropertyDefinition(metadata, token as never),
  [TableId.Assembly]: (metadata: Metadata) => AssemblyDefinition.of(metadata),
  [TableId.AssemblyRef]: (metadata: Metadata, token: Token) => new AssemblyReference(metadata, token as never),
  [TableId.ExportedType]: (metadata: Metadata, token: Token) => new ExportedType(metadata, token as never),
  [TableId.GenericParam]: (metadata: Metadata, token: Token) => new GenericParameter(metadata, token as never),
} as const;

export type View = NonNullable<ReturnType<(typeof views)[keyof typeof views]>>;

/** The view of what a token names; `undefined` for nil, and for tables that have no view. Whether the row is there shows when it is read. */
export function viewOf(metadata: Metadata, token: Token): View | undefined {
  if (isNilToken(token)) return undefined;
  const table = tokenTable(token);
  return table in views ? views[table as keyof typeof views](metadata, token) : undefined;
}
