export { BlobHeapBuilder } from './builder/blob-heap-builder.ts';
export { GuidHeapBuilder } from './builder/guid-heap-builder.ts';
export { type BuildOptions, type CellInput, MetadataBuilder, type NamedStream, type RowInput } from './builder/metadata-builder.ts';
export { StringHeapBuilder } from './builder/string-heap-builder.ts';
export type { TablesHeaderOverrides } from './builder/tables-writer.ts';
export { encodeUserString, UserStringHeapBuilder } from './builder/user-string-heap-builder.ts';
export { BlobHeap } from './heaps/blob-heap.ts';
export { formatGuid, GuidHeap, parseGuid } from './heaps/guid-heap.ts';
export { StringHeap } from './heaps/string-heap.ts';
export { UserStringHeap } from './heaps/user-string-heap.ts';
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
export { methodSignatureOf, methodSignatureText, parameterNames } from './names/method-signature-text.ts';
export { typeFullName } from './names/type-full-name.ts';
export { modifierNames, typeSpecText, typeText } from './names/type-text.ts';
export { type PdbStream, readPdbStream, writePdbStream } from './pdb-stream.ts';
export { ElementType, type PrimitiveName, primitiveElementTypes, primitiveNameOf } from './signatures/element-type.ts';
export {
  decodeFieldSignature,
  decodeLocalSignature,
  decodeMethodSignature,
  decodeMethodSpec,
  decodePropertySignature,
  decodeTypeSpec,
  MAX_SIGNATURE_DEPTH,
  SignatureDecoder,
  type SignatureSource,
} from './signatures/signature-decoder.ts';
export {
  encodeFieldSignature,
  encodeLocalSignature,
  encodeMethodSignature,
  encodeMethodSpec,
  encodePropertySignature,
  encodeTypeSpec,
} from './signatures/signature-encoder.ts';
export {
  CallingConvention,
  callingConventionName,
  SignatureFlags,
  type SignatureKind,
  signatureKindOf,
} from './signatures/signature-header.ts';
export type { ArrayShape, MethodSignature, SignatureTypeProvider } from './signatures/signature-type-provider.ts';
export { type TypeNode, typeNodes } from './signatures/type-node.ts';
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
export { OwnerLookup } from './tables/owner-lookup.ts';
export { emptyRange, RowRange } from './tables/row-range.ts';
export { type ColumnKind, type ColumnName, pointerTables, sortColumns, tableSchemas } from './tables/schema.ts';
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
export { readTablesHeader, type Tables, type TablesHeader } from './tables/tables-stream.ts';
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
