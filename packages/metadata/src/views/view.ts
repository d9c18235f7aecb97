import type { Metadata } from '../metadata.ts';
import { TableId } from '../tables/table-id.ts';
import {
  type AssemblyRefToken,
  type EventToken,
  type ExportedTypeToken,
  type FieldToken,
  type GenericParamToken,
  isNilToken,
  type MemberRefToken,
  type MethodDefToken,
  type ParamToken,
  type PropertyToken,
  type Token,
  type TypeDefToken,
  type TypeRefToken,
  tokenRid,
  tokenTable,
} from '../tables/token.ts';
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
  [TableId.TypeRef]: (metadata: Metadata, token: Token) => new TypeReference(metadata, token as TypeRefToken),
  [TableId.TypeDef]: (metadata: Metadata, token: Token) => new TypeDefinition(metadata, token as TypeDefToken),
  [TableId.Field]: (metadata: Metadata, token: Token) => new FieldDefinition(metadata, token as FieldToken),
  [TableId.MethodDef]: (metadata: Metadata, token: Token) => new MethodDefinition(metadata, token as MethodDefToken),
  [TableId.Param]: (metadata: Metadata, token: Token) => new ParameterDefinition(metadata, token as ParamToken),
  [TableId.MemberRef]: (metadata: Metadata, token: Token) => new MemberReference(metadata, token as MemberRefToken),
  [TableId.CustomAttribute]: (metadata: Metadata, token: Token) => new CustomAttribute(metadata, tokenRid(token)),
  [TableId.Event]: (metadata: Metadata, token: Token) => new EventDefinition(metadata, token as EventToken),
  [TableId.Property]: (metadata: Metadata, token: Token) => new PropertyDefinition(metadata, token as PropertyToken),
  [TableId.Assembly]: (metadata: Metadata) => AssemblyDefinition.of(metadata),
  [TableId.AssemblyRef]: (metadata: Metadata, token: Token) => new AssemblyReference(metadata, token as AssemblyRefToken),
  [TableId.ExportedType]: (metadata: Metadata, token: Token) => new ExportedType(metadata, token as ExportedTypeToken),
  [TableId.GenericParam]: (metadata: Metadata, token: Token) => new GenericParameter(metadata, token as GenericParamToken),
} as const;

export type View = NonNullable<ReturnType<(typeof views)[keyof typeof views]>>;

/** The view of what a token names; `undefined` for nil, and for tables that have no view. A missing row is an error when it is read. */
export function viewOf(metadata: Metadata, token: Token): View | undefined {
  if (isNilToken(token)) return undefined;
  const table = tokenTable(token);
  return table in views ? views[table as keyof typeof views](metadata, token) : undefined;
}
