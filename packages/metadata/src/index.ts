export { type EnumUnderlyingTypeName, enumUnderlyingType, isEnumeration } from './enumeration.ts';
export { BlobHeap } from './heaps/blob-heap.ts';
export { formatGuid, GuidHeap, parseGuid } from './heaps/guid-heap.ts';
export { type HeapEntry, type HeapName, heapEntries, heapNames } from './heaps/heap-entries.ts';
export { StringHeap } from './heaps/string-heap.ts';
export { UserStringHeap } from './heaps/user-string-heap.ts';
export { fieldTypeOf, instanceFields } from './instance-fields.ts';
export { Metadata, type MetadataOptions } from './metadata.ts';
export { MetadataPlace } from './metadata-place.ts';
export {
  METADATA_SIGNATURE,
  type MetadataRoot,
  type MetadataRootInput,
  readMetadataRoot,
  type StreamHeader,
  writeMetadataRoot,
} from './metadata-root.ts';
export { fieldFullName, methodFullName } from './names/method-full-name.ts';
export { methodSignatureOf, methodSignatureText, parameterName, parameterRids } from './names/method-signature-text.ts';
export { coreTypeNames, csharpKeywords } from './names/primitive-names.ts';
export {
  formatSerializedTypeName,
  parseSerializedTypeName,
  type SerializedType,
  type SerializedTypeName,
  tryParseSerializedTypeName,
} from './names/serialized-type-name.ts';
export { typeFullName } from './names/type-full-name.ts';
export { modifierNames, typeSpecText, typeText } from './names/type-text.ts';
export { type PdbStream, readPdbStream, writePdbStream } from './pdb-stream.ts';
export { type SelectedStreams, type StreamName, selectStreams } from './stream-selection.ts';
export {
  CodedIndexDecoder,
  type CodedIndexKind,
  codedIndexDecoder,
  codedIndexes,
  decodeCodedIndex,
  encodeCodedIndex,
} from './tables/coded-index.ts';
export { Column, type RowBytes } from './tables/column.ts';
export { KeyIndex } from './tables/key-index.ts';
export {
  AssemblyFlags,
  AssemblyHashAlgorithm,
  EventAttributes,
  FieldAttributes,
  FileAttributes,
  GenericParamAttributes,
  ManifestResourceAttributes,
  MethodAttributes,
  MethodImplAttributes,
  MethodSemanticsAttributes,
  ParamAttributes,
  PInvokeAttributes,
  PropertyAttributes,
  TypeAttributes,
} from './tables/metadata-flags.ts';
export { OwnerLookup } from './tables/owner-lookup.ts';
export { emptyRange, RowRange } from './tables/row-range.ts';
export { type ColumnKind, type ColumnName, pointerTables, sortColumns, tableSchemas } from './tables/schema.ts';
export type { Tables } from './tables/table.ts';
export { type Row, Table } from './tables/table.ts';
export { TableId, type TableName, type TableNameOf, tableNameOf, tableNames } from './tables/table-id.ts';
export {
  type ColumnLayout,
  type ColumnWidth,
  columnWidth,
  HeapSizes,
  type LayoutInput,
  layoutTables,
  type TableLayout,
} from './tables/table-layout.ts';
export type { TablesHeader } from './tables/tables-input.ts';
export { readTablesHeader } from './tables/tables-stream.ts';
export {
  type AssemblyRefToken,
  type AssemblyToken,
  type EventToken,
  type ExportedTypeToken,
  type FieldToken,
  type FileToken,
  type GenericParamToken,
  isNilToken,
  isTokenOf,
  type ManifestResourceToken,
  type MemberRefToken,
  type MethodDefToken,
  type MethodSpecToken,
  type ModuleRefToken,
  type ModuleToken,
  makeToken,
  nilToken,
  type ParamToken,
  type PropertyToken,
  type StandAloneSigToken,
  type Token,
  type TokenOf,
  type TypeDefOrRefToken,
  type TypeDefToken,
  type TypeRefToken,
  type TypeSpecToken,
  tokenRid,
  tokenTable,
  UserStringTokenTag,
} from './tables/token.ts';
export { AssemblyDefinition, AssemblyReference } from './views/assembly-definition.ts';
export { constantOf } from './views/constant.ts';
export { CustomAttribute, customAttributes } from './views/custom-attribute.ts';
export { EventDefinition } from './views/event-definition.ts';
export { FieldDefinition } from './views/field-definition.ts';
export { GenericParameter, genericParameters } from './views/generic-parameter.ts';
export { marshallingOf } from './views/marshalling.ts';
export { MemberReference } from './views/member-reference.ts';
export {
  countMethodCodeKinds,
  isILCode,
  type MethodCodeFacts,
  type MethodCodeKind,
  methodCodeKind,
  methodCodeKindOf,
  methodCodeKinds,
} from './views/method-code.ts';
export { MethodDefinition } from './views/method-definition.ts';
export { ModuleDefinition } from './views/module-definition.ts';
export { ParameterDefinition } from './views/parameter-definition.ts';
export { type PlatformInvoke, platformInvokeFlags, platformInvokeOf } from './views/platform-invoke.ts';
export { PropertyDefinition } from './views/property-definition.ts';
export { type SecurityDeclaration, securityDeclarations } from './views/security-declaration.ts';
export { type ClassLayout, type MethodImplementation, TypeDefinition, type TypeKind, typeDefinitions } from './views/type-definition.ts';
export { ExportedType, TypeReference } from './views/type-reference.ts';
export { type View, viewOf } from './views/view.ts';
