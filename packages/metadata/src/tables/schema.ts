import type { CodedIndexKind } from './coded-index.ts';
import type { TableName } from './table-id.ts';

/** How a column is stored. Heap, table and coded columns are 2 or 4 bytes wide depending on the sizes of what they point into (II.24.2.6). */
export type ColumnKind =
  | { readonly kind: 'u16' }
  | { readonly kind: 'u32' }
  | { readonly kind: 'string' }
  | { readonly kind: 'guid' }
  | { readonly kind: 'blob' }
  | { readonly kind: 'table'; readonly table: TableName }
  | { readonly kind: 'run'; readonly table: TableName }
  | { readonly kind: 'coded'; readonly coded: CodedIndexKind };

const u16 = { kind: 'u16' } as const;
const u32 = { kind: 'u32' } as const;
const string = { kind: 'string' } as const;
const guid = { kind: 'guid' } as const;
const blob = { kind: 'blob' } as const;
/** A row of another table. */
const row = <N extends TableName>(table: N) => ({ kind: 'table', table }) as const;
/** The first of a run of rows that ends where the next row's run starts; goes through the `…Ptr` table when there is one. */
const run = <N extends TableName>(table: N) => ({ kind: 'run', table }) as const;
const coded = <K extends CodedIndexKind>(kind: K) => ({ kind: 'coded', coded: kind }) as const;

/**
 * The columns of every table in the order they are stored. Reading, writing, sizes and dumps derive from this and nothing else.
 * ECMA-335 II.22, a table a section; `…Ptr`, `EncLog` and `EncMap` as in the runtime (clr `metamodelcolumndefs.h`); the last eight as in the Portable
 * PDB specification. `Constant.Type` is one byte and a zero byte (II.22.9).
 */
export const tableSchemas = {
  Module: { Generation: u16, Name: string, Mvid: guid, EncId: guid, EncBaseId: guid },
  TypeRef: { ResolutionScope: coded('ResolutionScope'), Name: string, Namespace: string },
  TypeDef: {
    Flags: u32,
    Name: string,
    Namespace: string,
    Extends: coded('TypeDefOrRef'),
    FieldList: run('Field'),
    MethodList: run('MethodDef'),
  },
  FieldPtr: { Field: row('Field') },
  Field: { Flags: u16, Name: string, Signature: blob },
  MethodPtr: { Method: row('MethodDef') },
  MethodDef: { RVA: u32, ImplFlags: u16, Flags: u16, Name: string, Signature: blob, ParamList: run('Param') },
  ParamPtr: { Param: row('Param') },
  Param: { Flags: u16, Sequence: u16, Name: string },
  InterfaceImpl: { Class: row('TypeDef'), Interface: coded('TypeDefOrRef') },
  MemberRef: { Class: coded('MemberRefParent'), Name: string, Signature: blob },
  Constant: { Type: u16, Parent: coded('HasConstant'), Value: blob },
  CustomAttribute: { Parent: coded('HasCustomAttribute'), Type: coded('CustomAttributeType'), Value: blob },
  FieldMarshal: { Parent: coded('HasFieldMarshal'), NativeType: blob },
  DeclSecurity: { Action: u16, Parent: coded('HasDeclSecurity'), PermissionSet: blob },
  ClassLayout: { PackingSize: u16, ClassSize: u32, Parent: row('TypeDef') },
  FieldLayout: { Offset: u32, Field: row('Field') },
  StandAloneSig: { Signature: blob },
  EventMap: { Parent: row('TypeDef'), EventList: run('Event') },
  EventPtr: { Event: row('Event') },
  Event: { EventFlags: u16, Name: string, EventType: coded('TypeDefOrRef') },
  PropertyMap: { Parent: row('TypeDef'), PropertyList: run('Property') },
  PropertyPtr: { Property: row('Property') },
  Property: { Flags: u16, Name: string, Type: blob },
  MethodSemantics: { Semantics: u16, Method: row('MethodDef'), Association: coded('HasSemantics') },
  MethodImpl: { Class: row('TypeDef'), MethodBody: coded('MethodDefOrRef'), MethodDeclaration: coded('MethodDefOrRef') },
  ModuleRef: { Name: string },
  TypeSpec: { Signature: blob },
  ImplMap: { MappingFlags: u16, MemberForwarded: coded('MemberForwarded'), ImportName: string, ImportScope: row('ModuleRef') },
  FieldRVA: { RVA: u32, Field: row('Field') },
  EncLog: { Token: u32, FuncCode: u32 },
  EncMap: { Token: u32 },
  Assembly: {
    HashAlgId: u32,
    Major: u16,
    Minor: u16,
    Build: u16,
    Revision: u16,
    Flags: u32,
    PublicKey: blob,
    Name: string,
    Culture: string,
  },
  AssemblyProcessor: { Processor: u32 },
  AssemblyOS: { PlatformId: u32, Major: u32, Minor: u32 },
  AssemblyRef: {
    Major: u16,
    Minor: u16,
    Build: u16,
    Revision: u16,
    Flags: u32,
    PublicKeyOrToken: blob,
    Name: string,
    Culture: string,
    HashValue: blob,
  },
  AssemblyRefProcessor: { Processor: u32, AssemblyRef: row('AssemblyRef') },
  AssemblyRefOS: { PlatformId: u32, Major: u32, Minor: u32, AssemblyRef: row('AssemblyRef') },
  File: { Flags: u32, Name: string, HashValue: blob },
  ExportedType: { Flags: u32, TypeDefId: u32, TypeName: string, TypeNamespace: string, Implementation: coded('Implementation') },
  ManifestResource: { Offset: u32, Flags: u32, Name: string, Implementation: coded('Implementation') },
  NestedClass: { NestedClass: row('TypeDef'), EnclosingClass: row('TypeDef') },
  GenericParam: { Number: u16, Flags: u16, Owner: coded('TypeOrMethodDef'), Name: string },
  MethodSpec: { Method: coded('MethodDefOrRef'), Instantiation: blob },
  GenericParamConstraint: { Owner: row('GenericParam'), Constraint: coded('TypeDefOrRef') },
  Document: { Name: blob, HashAlgorithm: guid, Hash: blob, Language: guid },
  MethodDebugInformation: { Document: row('Document'), SequencePoints: blob },
  LocalScope: {
    Method: row('MethodDef'),
    ImportScope: row('ImportScope'),
    VariableList: run('LocalVariable'),
    ConstantList: run('LocalConstant'),
    StartOffset: u32,
    Length: u32,
  },
  LocalVariable: { Attributes: u16, Index: u16, Name: string },
  LocalConstant: { Name: string, Signature: blob },
  ImportScope: { Parent: row('ImportScope'), Imports: blob },
  StateMachineMethod: { MoveNextMethod: row('MethodDef'), KickoffMethod: row('MethodDef') },
  CustomDebugInformation: { Parent: coded('HasCustomDebugInformation'), Kind: guid, Value: blob },
} as const satisfies Record<TableName, Readonly<Record<string, ColumnKind>>>;

/** What the schema of version 1.1 (betas of .NET 2.0) has behind the columns of II.22 (clr `metamodel.cpp`, `g_Table_GenericParamV1_1`). */
export const columnsOfSchema1_1: { readonly [N in TableName]?: Readonly<Record<string, ColumnKind>> } = {
  GenericParam: { Kind: coded('TypeDefOrRef') },
};

/** The names of a table's columns. */
export type ColumnName<N extends TableName> = N extends TableName ? keyof (typeof tableSchemas)[N] & string : never;

/** The tables that a run may reach indirectly, and the table of indirections (runtime: only in `#-`). */
export const pointerTables = {
  Field: 'FieldPtr',
  MethodDef: 'MethodPtr',
  Param: 'ParamPtr',
  Event: 'EventPtr',
  Property: 'PropertyPtr',
} as const satisfies Partial<Record<TableName, TableName>>;

/** The column by which a compressed stream keeps each of these tables sorted (II.22, "sorted"; II.24.2.6; Portable PDB specification). */
export const sortColumns = {
  InterfaceImpl: 'Class',
  Constant: 'Parent',
  CustomAttribute: 'Parent',
  FieldMarshal: 'Parent',
  DeclSecurity: 'Parent',
  ClassLayout: 'Parent',
  FieldLayout: 'Field',
  MethodSemantics: 'Association',
  MethodImpl: 'Class',
  ImplMap: 'MemberForwarded',
  FieldRVA: 'Field',
  NestedClass: 'NestedClass',
  GenericParam: 'Owner',
  GenericParamConstraint: 'Owner',
  LocalScope: 'Method',
  StateMachineMethod: 'MoveNextMethod',
  CustomDebugInformation: 'Parent',
} as const satisfies { readonly [N in TableName]?: ColumnName<N> };
