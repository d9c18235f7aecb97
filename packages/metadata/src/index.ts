export { AttributeDecoder, type AttributeDecoderOptions } from './attributes/attribute-decoder.ts';
export {
  type AttributeType,
  type EnumAttributeType,
  type EnumReference,
  type PrimitiveAttributeTypeName,
  SerializationType,
  simpleAttributeTypeOf,
} from './attributes/attribute-type.ts';
export { customAttributesOfType } from './attributes/attributes-of-type.ts';
export type {
  AttributeArgument,
  AttributeValue,
  BoxedAttributeValue,
  CustomAttributeValue,
  NamedAttributeArgument,
} from './attributes/custom-attribute-value.ts';
export { attributeDecoderOf, attributeTypeOf, customAttributeValue, findCustomAttribute } from './attributes/find-custom-attribute.ts';
export { type AttributeValueContext, readAttributeValue, readNamedArguments } from './attributes/read-attribute-value.ts';
export { readSerializedString, writeSerializedString } from './attributes/serialized-string.ts';
export { targetFramework } from './attributes/target-framework.ts';
export { writeAttributeValue, writeNamedArguments } from './attributes/write-attribute-value.ts';
export { BlobHeapBuilder } from './builder/blob-heap-builder.ts';
export { GuidHeapBuilder } from './builder/guid-heap-builder.ts';
export { type BuildOptions, type CellInput, MetadataBuilder, type NamedStream, type RowInput } from './builder/metadata-builder.ts';
export { StringHeapBuilder } from './builder/string-heap-builder.ts';
export type { TablesHeaderOverrides } from './builder/tables-writer.ts';
export { encodeUserString, UserStringHeapBuilder } from './builder/user-string-heap-builder.ts';
export { type AttributeLinesOptions, attributeArgumentsText, attributeLines, attributeText } from './canonical/attribute-lines.ts';
export { type CellText, cellText } from './canonical/cell-text.ts';
export { escapeName } from './canonical/escape.ts';
export { headerLines } from './canonical/header-lines.ts';
export { SignatureText } from './canonical/signature-text.ts';
export {
  type ChunkSink,
  rawTableLines,
  resolvedTableLines,
  type TableLinesOptions,
  writeRawTables,
  writeResolvedTables,
} from './canonical/table-lines.ts';
export { presentTables, type TableDocument, type TablesDocument, tableDocument, tablesDocument } from './canonical/tables-document.ts';
export { TokenText } from './canonical/token-text.ts';
export { ConstantType, type ConstantValue, readConstantValue, writeConstantValue } from './constants/constant-value.ts';
export { type FloatingPoint, float32Bits, float64Bits, type NotANumber } from './constants/floating-point.ts';
export { type EnumUnderlyingTypeName, enumUnderlyingType, isEnumeration } from './enumeration.ts';
export { type GenerationRow, MetadataGenerations } from './generations/metadata-generations.ts';
export { BlobHeap } from './heaps/blob-heap.ts';
export { formatGuid, GuidHeap, parseGuid } from './heaps/guid-heap.ts';
export { type HeapEntry, type HeapName, heapEntries, heapNames } from './heaps/heap-entries.ts';
export { StringHeap } from './heaps/string-heap.ts';
export { UserStringHeap } from './heaps/user-string-heap.ts';
export { type FieldData, FieldDataReader } from './layout/field-data.ts';
export { type Extent, type LayoutRequest, type PlacedField, placeFields } from './layout/field-placement.ts';
export { layoutRequestOf } from './layout/layout-request.ts';
export { primitiveSizes } from './layout/primitive-size.ts';
export { TypeSizes, type TypeSizesOptions } from './layout/type-sizes.ts';
export {
  ARRAY_SIZE_PARAMETER_SPECIFIED,
  type MarshallingDescriptor,
  readMarshallingDescriptor,
  writeMarshallingDescriptor,
} from './marshalling/marshalling-descriptor.ts';
export { NativeType, type NativeTypeName, nativeTypeName } from './marshalling/native-type.ts';
export { VariantType, VariantTypeFlag, type VariantTypeName, variantTypeName } from './marshalling/variant-type.ts';
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
export {
  formatSerializedTypeName,
  parseSerializedTypeName,
  type SerializedType,
  type SerializedTypeName,
  tryParseSerializedTypeName,
} from './names/serialized-type-name.ts';
export { typeFullName } from './names/type-full-name.ts';
export { modifierNames, typeSpecText, typeText } from './names/type-text.ts';
export {
  type AwaitPoint,
  type CustomDebugInformation,
  type MetadataReference,
  readCustomDebugInformation,
  writeCustomDebugInformation,
} from './pdb/custom-debug-information.ts';
export {
  CustomDebugInformationKind,
  type CustomDebugInformationKindName,
  customDebugInformationKindName,
} from './pdb/custom-debug-information-kind.ts';
export { documentHashAlgorithms, documentLanguages } from './pdb/document-guids.ts';
export { type DocumentNameParts, readDocumentName, writeDocumentName } from './pdb/document-name.ts';
export { type ImportKind, importKinds } from './pdb/import-kind.ts';
export { type Import, type ImportStrings, readImports, writeImports } from './pdb/imports.ts';
export {
  type ConstantModifier,
  type LocalConstantSignature,
  readLocalConstantSignature,
  writeLocalConstantSignature,
} from './pdb/local-constant.ts';
export {
  type ImportScope,
  type LocalConstant,
  type LocalScope,
  type LocalVariable,
  PortablePdb,
  type SourceDocument,
} from './pdb/portable-pdb.ts';
export { readSequencePoints, type SequencePoint, type SequencePoints, writeSequencePoints } from './pdb/sequence-points.ts';
export { type PdbStream, readPdbStream, writePdbStream } from './pdb-stream.ts';
export {
  type AssemblyIdentity,
  type AssemblyVersion,
  formatAssemblyIdentity,
  formatVersion,
  parseAssemblyIdentity,
  publicKeyToken,
} from './resolution/assembly-identity.ts';
export { type AssemblyProvider, assembliesAtHand } from './resolution/assembly-provider.ts';
export { assemblyIdentity, referencedAssembly } from './resolution/assembly-references.ts';
export type { MemberResolution, ResolvedType, TypeResolution, Unresolved, UnresolvedReason } from './resolution/resolution.ts';
export { Resolver } from './resolution/resolver.ts';
export { sha1 } from './resolution/sha1.ts';
export { TypeIndex } from './resolution/type-index.ts';
export { TypeResolver } from './resolution/type-resolver.ts';
export { embeddedResource, type ManifestResource, manifestResources, type ResourceLocation } from './resources/manifest-resource.ts';
export { type ResourceTypeName, ResourceValueType } from './resources/resource-type.ts';
export type { ResourceDecimal, ResourceValue } from './resources/resource-value.ts';
export {
  isResourcesFile,
  type ResourceEntry,
  type ResourcesFile,
  readResource,
  readResourcesFile,
  resourceEntryType,
} from './resources/resources-file.ts';
export { type ResourcesFileContent, resourceNameHash, writeResourcesFile } from './resources/resources-file-writer.ts';
export { type PermissionSet, readPermissionSet, type SecurityAttribute, writePermissionSet } from './security/permission-set.ts';
export { SecurityAction, type SecurityActionName, securityActionName } from './security/security-action.ts';
export {
  decodeFieldSignature,
  decodeLocalSignature,
  decodeMethodSignature,
  decodeMethodSpec,
  decodePropertySignature,
  decodeTypeSpec,
} from './signatures/decode-signature.ts';
export { ElementType, type PrimitiveName, primitiveElementTypes, primitiveNameOf } from './signatures/element-type.ts';
export type { SignatureSource } from './signatures/signature-cursor.ts';
export { MAX_SIGNATURE_DEPTH, SignatureDecoder } from './signatures/signature-decoder.ts';
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
export { type PlatformInvoke, platformInvokeOf } from './views/platform-invoke.ts';
export { PropertyDefinition } from './views/property-definition.ts';
export { type SecurityDeclaration, securityDeclarations } from './views/security-declaration.ts';
export { type ClassLayout, type MethodImplementation, TypeDefinition, type TypeKind, typeDefinitions } from './views/type-definition.ts';
export { ExportedType, TypeReference } from './views/type-reference.ts';
export { type View, viewOf } from './views/view.ts';
export { cellWords } from './words/cell-words.ts';
export { flagWords } from './words/flag-words.ts';
export { signatureWords } from './words/signature-words.ts';
