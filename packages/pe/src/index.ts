export type { FileOffset, Rva } from './address.ts';
export type { ImageSegment } from './address-map.ts';
export {
  bytesPart,
  type ImagePart,
  ImagePlan,
  type PartPlace,
  type PlacedPart,
  type PlacedSection,
  type SectionOptions,
} from './builder/image-plan.ts';
export { PEBuilder, type PEBuilderOptions } from './builder/pe-builder.ts';
export { SectionBuilder } from './builder/section-builder.ts';
export {
  type AuthenticodeSignature,
  authenticodeContent,
  readAuthenticodeSignatures,
} from './certificates/authenticode.ts';
export type { ChainedCertificate } from './certificates/certificate-chain.ts';
export { type CertificateEntry, CertificateType, readCertificates, writeCertificates } from './certificates/certificate-table.ts';
export type { CounterSignature } from './certificates/counter-signature.ts';
export type { CertificateIdentity } from './certificates/signed-data.ts';
export type { CheckedSigner } from './certificates/signer.ts';
export {
  CLI_HEADER_SIZE,
  type CliDirectoryName,
  type CliHeader,
  type CliHeaderInput,
  CorFlags,
  cliHeaderPart,
  readCliHeader,
  writeCliHeader,
} from './cli-header/cli-header.ts';
export { type ImageKind, imageKind, imageKindOf } from './cli-header/image-kind.ts';
export { type Inflate, inflate, loadInflate } from './compression/inflate.ts';
export { type Container, type ContainerKind, detectContainer } from './container.ts';
export {
  type BundleEntry,
  BundleFileType,
  type BundleInput,
  bundleEntryBytes,
  readSingleFileBundle,
  type SingleFileBundle,
  writeSingleFileBundle,
} from './containers/single-file-bundle.ts';
export { webcilOfWasm } from './containers/wasm-module.ts';
export { imageOfWebcil, readWebcil, type Webcil, writeWebcil } from './containers/webcil.ts';
export type {
  CodeViewMtoc,
  CodeViewNb10,
  CodeViewOther,
  CodeViewRsds,
  DebugData,
  EmbeddedPortablePdb,
  ExtendedDllCharacteristics,
  FpoData,
  MiscData,
  PdbChecksum,
  Pogo,
  ReadyToRunPerfMap,
  Repro,
  VcFeature,
} from './debug/debug-data.ts';
export { type DebugEntry, DebugType, debugEntryBytes, readDebugDirectory } from './debug/debug-directory.ts';
export { buildDebugDirectory, codeViewEntry, type DebugEntryInput, pdbChecksumEntry, pogoEntry } from './debug/debug-directory-builder.ts';
export { readEmbeddedPortablePdb, writeEmbeddedPortablePdb } from './debug/embedded-portable-pdb.ts';
export {
  expandPackedArmEpilogue,
  expandPackedArmPrologue,
  type PackedArmUnwind,
  packArmUnwind,
  unpackArmUnwind,
} from './exceptions/arm-packed-unwind.ts';
export {
  type ArmEpilogue,
  type ArmUnwindInfo,
  type ArmUnwindInput,
  readArmUnwindInfo,
  writeArmUnwindInfo,
} from './exceptions/arm-unwind.ts';
export { type ArmUnwindOperation, type ArmWidth, decodeArmUnwindCode, encodeArmUnwindCode } from './exceptions/arm-unwind-codes.ts';
export { expandPackedUnwind, type PackedArm64Unwind, packArm64Unwind, unpackArm64Unwind } from './exceptions/arm64-packed-unwind.ts';
export {
  type Arm64Epilogue,
  type Arm64UnwindInfo,
  type Arm64UnwindInput,
  readArm64UnwindInfo,
  writeArm64UnwindInfo,
} from './exceptions/arm64-unwind.ts';
export { type Arm64UnwindOperation, decodeArm64UnwindCode, encodeArm64UnwindCode } from './exceptions/arm64-unwind-codes.ts';
export {
  type ExceptionDirectory,
  type ExceptionFormat,
  type ExceptionHandler,
  functionAt,
  type RuntimeFunction,
  readExceptionDirectory,
} from './exceptions/exception-directory.ts';
export {
  readUnwindInformation,
  readUnwoundFunctions,
  type UnwindInformation,
  type UnwoundFunction,
} from './exceptions/unwind-information.ts';
export {
  readX64UnwindChain,
  readX64UnwindInfo,
  UnwindFlags,
  writeX64UnwindInfo,
  type X64UnwindInfo,
  type X64UnwindOperation,
  x64Registers,
} from './exceptions/x64-unwind.ts';
export { type ExportDirectory, type ExportedSymbol, readExportDirectory } from './exports/export-directory.ts';
export { type ExportDirectoryInput, type ExportInput, exportDirectoryPart } from './exports/export-directory-builder.ts';
export { headerWords } from './header-words.ts';
export { computeChecksum, imageChecksum } from './headers/checksum.ts';
export { CoffCharacteristics, type CoffHeader } from './headers/coff-header.ts';
export { type DataDirectory, type DirectoryName, directoryNames } from './headers/data-directory.ts';
export type { DosHeader } from './headers/dos-header.ts';
export { PE_SIGNATURE } from './headers/image-headers.ts';
export { identifyMachine, Machine, type MachineIdentity, type MachineName, type MachineOs, MachineOsMask } from './headers/machine.ts';
export { DllCharacteristics, type OptionalHeader, PE32_MAGIC, PE32_PLUS_MAGIC, Subsystem } from './headers/optional-header.ts';
export { type Overlay, overlayOf } from './headers/overlay.ts';
export { type RichEntry, type RichHeader, readRichHeader, writeRichHeader } from './headers/rich-header.ts';
export { SectionCharacteristics, type SectionHeader } from './headers/section-header.ts';
export { type CertificatesDocument, certificatesDocument, type HeadersOptions, headersDocument } from './headers-document.ts';
export {
  type BoundForwarder,
  type BoundImportDirectory,
  type BoundImportedModule,
  readBoundImportDirectory,
  writeBoundImports,
} from './imports/bound-import-directory.ts';
export { type DelayImportDirectory, type DelayImportedModule, readDelayImportDirectory } from './imports/delay-import-directory.ts';
export { buildDelayImports, type DelayImportTables } from './imports/delay-import-directory-builder.ts';
export { type ImportDirectory, type ImportedModule, readImportDirectory } from './imports/import-directory.ts';
export { buildImports, type ImportInput, type ImportTables } from './imports/import-directory-builder.ts';
export { importHash } from './imports/import-hash.ts';
export type { SymbolInput } from './imports/import-tables.ts';
export { isSystemDll } from './imports/system-dlls.ts';
export type { ImportedSymbol } from './imports/thunk-table.ts';
export { type GuardTableEntry, type GuardTableName, readGuardTable } from './load-config/guard-tables.ts';
export {
  GuardFlags,
  type LoadConfig,
  type LoadConfigField,
  loadConfigLayout,
  readLoadConfig,
  writeLoadConfig,
} from './load-config/load-config.ts';
export { type ImageLayout, type ParseOptions, PEImage } from './pe-image.ts';
export { type ImportSection, importCellSignature, readImportSections } from './ready-to-run/import-cells.ts';
export { type NativeAotImage, readNativeAot } from './ready-to-run/native-aot.ts';
export { NativeArray, nativeHashtableEntries, readNativeSigned, readNativeUnsigned } from './ready-to-run/native-format.ts';
export {
  type NgenHeader,
  type ReadyToRunComponent,
  type ReadyToRunCore,
  ReadyToRunFlags,
  type ReadyToRunHeader,
  type ReadyToRunSection,
  ReadyToRunSectionType,
  readReadyToRunHeader,
  writeReadyToRunHeader,
} from './ready-to-run/ready-to-run-header.ts';
export {
  instanceEntryPoints,
  type MethodEntryPoint,
  type ReadyToRunFunction,
  readFunctionIndex,
  readHotColdMap,
  readMethodEntryPoints,
  readRuntimeFunctions,
  readyToRunSection,
} from './ready-to-run/runtime-functions.ts';
export {
  type BaseRelocation,
  type BaseRelocationBlock,
  RelocationType,
  readBaseRelocations,
  relocationTypeName,
} from './relocations/base-relocations.ts';
export { writeBaseRelocations } from './relocations/base-relocations-writer.ts';
export { type DecodedResource, decodeResource, listDecodedResources } from './resources/decoded-resource.ts';
export { decodeIconGroup, encodeIconGroup, type IconGroup, type IconGroupEntry, iconFile } from './resources/icon-group.ts';
export { decodeManifest } from './resources/manifest.ts';
export { decodeMessageTable, encodeMessageTable, type ResourceMessage } from './resources/message-table.ts';
export {
  listResources,
  type Resource,
  type ResourceData,
  type ResourceId,
  type ResourceNode,
  type ResourceTable,
  ResourceType,
  readResourceDirectory,
  resourceBytes,
} from './resources/resource-directory.ts';
export { type ResourceInput, resourceDirectoryPart } from './resources/resource-directory-builder.ts';
export { decodeStringTable, encodeStringTable, type ResourceString } from './resources/string-table.ts';
export {
  decodeVersionInfo,
  encodeVersionInfo,
  type FixedFileInfo,
  type VersionInfo,
  type VersionStringTable,
} from './resources/version-info.ts';
export { type CoffAuxiliary, StorageClass } from './symbols/coff-auxiliary.ts';
export {
  type CoffSymbol,
  type CoffSymbolInput,
  type CoffSymbolTable,
  readCoffSymbolTable,
  type WrittenSymbolTable,
  writeCoffSymbolTable,
} from './symbols/coff-symbol-table.ts';
export { readTlsDirectory, type TlsDirectory, type TlsDirectoryInput, tlsDirectoryPart } from './tls/tls-directory.ts';
