// Written by tools/write-parsers.ts with binary-parser from the declarations in src. Do not edit: run `npm run generate`.

/** `cliHeaderLayout` of cli-header/cli-header.ts. */
export const cliHeader = (dataView: DataView, offset: number) => ({
  cb: dataView.getUint32(offset, true),
  majorRuntimeVersion: dataView.getUint16(offset + 4, true),
  minorRuntimeVersion: dataView.getUint16(offset + 6, true),
  metaDataRva: dataView.getUint32(offset + 8, true),
  metaDataSize: dataView.getUint32(offset + 12, true),
  flags: dataView.getUint32(offset + 16, true),
  entryPointTokenOrRva: dataView.getUint32(offset + 20, true),
  resourcesRva: dataView.getUint32(offset + 24, true),
  resourcesSize: dataView.getUint32(offset + 28, true),
  strongNameSignatureRva: dataView.getUint32(offset + 32, true),
  strongNameSignatureSize: dataView.getUint32(offset + 36, true),
  codeManagerTableRva: dataView.getUint32(offset + 40, true),
  codeManagerTableSize: dataView.getUint32(offset + 44, true),
  vTableFixupsRva: dataView.getUint32(offset + 48, true),
  vTableFixupsSize: dataView.getUint32(offset + 52, true),
  exportAddressTableJumpsRva: dataView.getUint32(offset + 56, true),
  exportAddressTableJumpsSize: dataView.getUint32(offset + 60, true),
  managedNativeHeaderRva: dataView.getUint32(offset + 64, true),
  managedNativeHeaderSize: dataView.getUint32(offset + 68, true),
});

/** `debugEntryLayout` of debug/debug-directory.ts. */
export const debugEntry = (dataView: DataView, offset: number) => ({
  characteristics: dataView.getUint32(offset, true),
  timeDateStamp: dataView.getUint32(offset + 4, true),
  majorVersion: dataView.getUint16(offset + 8, true),
  minorVersion: dataView.getUint16(offset + 10, true),
  type: dataView.getUint32(offset + 12, true),
  sizeOfData: dataView.getUint32(offset + 16, true),
  addressOfRawData: dataView.getUint32(offset + 20, true),
  pointerToRawData: dataView.getUint32(offset + 24, true),
});

/** `exportDirectoryLayout` of exports/export-directory.ts. */
export const exportDirectory = (dataView: DataView, offset: number) => ({
  characteristics: dataView.getUint32(offset, true),
  timeDateStamp: dataView.getUint32(offset + 4, true),
  majorVersion: dataView.getUint16(offset + 8, true),
  minorVersion: dataView.getUint16(offset + 10, true),
  nameRva: dataView.getUint32(offset + 12, true),
  ordinalBase: dataView.getUint32(offset + 16, true),
  numberOfFunctions: dataView.getUint32(offset + 20, true),
  numberOfNames: dataView.getUint32(offset + 24, true),
  addressOfFunctions: dataView.getUint32(offset + 28, true),
  addressOfNames: dataView.getUint32(offset + 32, true),
  addressOfNameOrdinals: dataView.getUint32(offset + 36, true),
});

/** `coffHeaderLayout` of headers/coff-header.ts. */
export const coffHeader = (dataView: DataView, offset: number) => ({
  machine: dataView.getUint16(offset, true),
  numberOfSections: dataView.getUint16(offset + 2, true),
  timeDateStamp: dataView.getUint32(offset + 4, true),
  pointerToSymbolTable: dataView.getUint32(offset + 8, true),
  numberOfSymbols: dataView.getUint32(offset + 12, true),
  sizeOfOptionalHeader: dataView.getUint16(offset + 16, true),
  characteristics: dataView.getUint16(offset + 18, true),
});

/** `dosHeaderLayout` of headers/dos-header.ts. */
export const dosHeader = (dataView: DataView, offset: number, buffer: Uint8Array) => ({
  magic: dataView.getUint16(offset, true),
  lastPageBytes: dataView.getUint16(offset + 2, true),
  pages: dataView.getUint16(offset + 4, true),
  relocations: dataView.getUint16(offset + 6, true),
  headerParagraphs: dataView.getUint16(offset + 8, true),
  minimumParagraphs: dataView.getUint16(offset + 10, true),
  maximumParagraphs: dataView.getUint16(offset + 12, true),
  initialSs: dataView.getUint16(offset + 14, true),
  initialSp: dataView.getUint16(offset + 16, true),
  checksum: dataView.getUint16(offset + 18, true),
  initialIp: dataView.getUint16(offset + 20, true),
  initialCs: dataView.getUint16(offset + 22, true),
  relocationTableOffset: dataView.getUint16(offset + 24, true),
  overlayNumber: dataView.getUint16(offset + 26, true),
  reserved: buffer.subarray(offset + 28, offset + 36),
  oemId: dataView.getUint16(offset + 36, true),
  oemInfo: dataView.getUint16(offset + 38, true),
  reserved2: buffer.subarray(offset + 40, offset + 60),
  newHeaderOffset: dataView.getUint32(offset + 60, true),
});

/** `optionalHeader32Layout` of headers/optional-header.ts. */
export const optionalHeader32 = (dataView: DataView, offset: number) => ({
  magic: dataView.getUint16(offset, true),
  majorLinkerVersion: dataView.getUint8(offset + 2),
  minorLinkerVersion: dataView.getUint8(offset + 3),
  sizeOfCode: dataView.getUint32(offset + 4, true),
  sizeOfInitializedData: dataView.getUint32(offset + 8, true),
  sizeOfUninitializedData: dataView.getUint32(offset + 12, true),
  addressOfEntryPoint: dataView.getUint32(offset + 16, true),
  baseOfCode: dataView.getUint32(offset + 20, true),
  baseOfData: dataView.getUint32(offset + 24, true),
  imageBase: dataView.getUint32(offset + 28, true),
  sectionAlignment: dataView.getUint32(offset + 32, true),
  fileAlignment: dataView.getUint32(offset + 36, true),
  majorOperatingSystemVersion: dataView.getUint16(offset + 40, true),
  minorOperatingSystemVersion: dataView.getUint16(offset + 42, true),
  majorImageVersion: dataView.getUint16(offset + 44, true),
  minorImageVersion: dataView.getUint16(offset + 46, true),
  majorSubsystemVersion: dataView.getUint16(offset + 48, true),
  minorSubsystemVersion: dataView.getUint16(offset + 50, true),
  win32VersionValue: dataView.getUint32(offset + 52, true),
  sizeOfImage: dataView.getUint32(offset + 56, true),
  sizeOfHeaders: dataView.getUint32(offset + 60, true),
  checkSum: dataView.getUint32(offset + 64, true),
  subsystem: dataView.getUint16(offset + 68, true),
  dllCharacteristics: dataView.getUint16(offset + 70, true),
  sizeOfStackReserve: dataView.getUint32(offset + 72, true),
  sizeOfStackCommit: dataView.getUint32(offset + 76, true),
  sizeOfHeapReserve: dataView.getUint32(offset + 80, true),
  sizeOfHeapCommit: dataView.getUint32(offset + 84, true),
  loaderFlags: dataView.getUint32(offset + 88, true),
  numberOfRvaAndSizes: dataView.getUint32(offset + 92, true),
});

/** `optionalHeader64Layout` of headers/optional-header.ts. */
export const optionalHeader64 = (dataView: DataView, offset: number) => ({
  magic: dataView.getUint16(offset, true),
  majorLinkerVersion: dataView.getUint8(offset + 2),
  minorLinkerVersion: dataView.getUint8(offset + 3),
  sizeOfCode: dataView.getUint32(offset + 4, true),
  sizeOfInitializedData: dataView.getUint32(offset + 8, true),
  sizeOfUninitializedData: dataView.getUint32(offset + 12, true),
  addressOfEntryPoint: dataView.getUint32(offset + 16, true),
  baseOfCode: dataView.getUint32(offset + 20, true),
  imageBase: dataView.getBigUint64(offset + 24, true),
  sectionAlignment: dataView.getUint32(offset + 32, true),
  fileAlignment: dataView.getUint32(offset + 36, true),
  majorOperatingSystemVersion: dataView.getUint16(offset + 40, true),
  minorOperatingSystemVersion: dataView.getUint16(offset + 42, true),
  majorImageVersion: dataView.getUint16(offset + 44, true),
  minorImageVersion: dataView.getUint16(offset + 46, true),
  majorSubsystemVersion: dataView.getUint16(offset + 48, true),
  minorSubsystemVersion: dataView.getUint16(offset + 50, true),
  win32VersionValue: dataView.getUint32(offset + 52, true),
  sizeOfImage: dataView.getUint32(offset + 56, true),
  sizeOfHeaders: dataView.getUint32(offset + 60, true),
  checkSum: dataView.getUint32(offset + 64, true),
  subsystem: dataView.getUint16(offset + 68, true),
  dllCharacteristics: dataView.getUint16(offset + 70, true),
  sizeOfStackReserve: dataView.getBigUint64(offset + 72, true),
  sizeOfStackCommit: dataView.getBigUint64(offset + 80, true),
  sizeOfHeapReserve: dataView.getBigUint64(offset + 88, true),
  sizeOfHeapCommit: dataView.getBigUint64(offset + 96, true),
  loaderFlags: dataView.getUint32(offset + 104, true),
  numberOfRvaAndSizes: dataView.getUint32(offset + 108, true),
});

/** `sectionHeaderLayout` of headers/section-header.ts. */
export const sectionHeader = (dataView: DataView, offset: number, buffer: Uint8Array) => ({
  nameBytes: buffer.subarray(offset, offset + 8),
  virtualSize: dataView.getUint32(offset + 8, true),
  virtualAddress: dataView.getUint32(offset + 12, true),
  sizeOfRawData: dataView.getUint32(offset + 16, true),
  pointerToRawData: dataView.getUint32(offset + 20, true),
  pointerToRelocations: dataView.getUint32(offset + 24, true),
  pointerToLineNumbers: dataView.getUint32(offset + 28, true),
  numberOfRelocations: dataView.getUint16(offset + 32, true),
  numberOfLineNumbers: dataView.getUint16(offset + 34, true),
  characteristics: dataView.getUint32(offset + 36, true),
});

/** `boundDescriptorLayout` of imports/bound-import-directory.ts. */
export const boundDescriptor = (dataView: DataView, offset: number) => ({
  timeDateStamp: dataView.getUint32(offset, true),
  offsetModuleName: dataView.getUint16(offset + 4, true),
  numberOfModuleForwarderRefs: dataView.getUint16(offset + 6, true),
});

/** `delayDescriptorLayout` of imports/delay-import-directory.ts. */
export const delayDescriptor = (dataView: DataView, offset: number) => ({
  attributes: dataView.getUint32(offset, true),
  name: dataView.getUint32(offset + 4, true),
  moduleHandle: dataView.getUint32(offset + 8, true),
  importAddressTable: dataView.getUint32(offset + 12, true),
  importNameTable: dataView.getUint32(offset + 16, true),
  boundImportAddressTable: dataView.getUint32(offset + 20, true),
  unloadInformationTable: dataView.getUint32(offset + 24, true),
  timeDateStamp: dataView.getUint32(offset + 28, true),
});

/** `importDescriptorLayout` of imports/import-directory.ts. */
export const importDescriptor = (dataView: DataView, offset: number) => ({
  importLookupTableRva: dataView.getUint32(offset, true),
  timeDateStamp: dataView.getUint32(offset + 4, true),
  forwarderChain: dataView.getUint32(offset + 8, true),
  nameRva: dataView.getUint32(offset + 12, true),
  importAddressTableRva: dataView.getUint32(offset + 16, true),
});

/** `importSectionLayout` of ready-to-run/import-cells.ts. */
export const importSection = (dataView: DataView, offset: number) => ({
  rva: dataView.getUint32(offset, true),
  size: dataView.getUint32(offset + 4, true),
  flags: dataView.getUint16(offset + 8, true),
  type: dataView.getUint8(offset + 10),
  entrySize: dataView.getUint8(offset + 11),
  signatures: dataView.getUint32(offset + 12, true),
  auxiliaryData: dataView.getUint32(offset + 16, true),
});

/** `groupEntryLayout` of resources/icon-group.ts. */
export const groupEntry = (dataView: DataView, offset: number) => ({
  width: dataView.getUint8(offset),
  height: dataView.getUint8(offset + 1),
  colors: dataView.getUint8(offset + 2),
  reserved: dataView.getUint8(offset + 3),
  planes: dataView.getUint16(offset + 4, true),
  bitCount: dataView.getUint16(offset + 6, true),
  size: dataView.getUint32(offset + 8, true),
  id: dataView.getUint16(offset + 12, true),
});

/** `resourceTableLayout` of resources/resource-directory.ts. */
export const resourceTable = (dataView: DataView, offset: number) => ({
  characteristics: dataView.getUint32(offset, true),
  timeDateStamp: dataView.getUint32(offset + 4, true),
  majorVersion: dataView.getUint16(offset + 8, true),
  minorVersion: dataView.getUint16(offset + 10, true),
  numberOfNameEntries: dataView.getUint16(offset + 12, true),
  numberOfIdEntries: dataView.getUint16(offset + 14, true),
});

/** `resourceDataLayout` of resources/resource-directory.ts. */
export const resourceData = (dataView: DataView, offset: number) => ({
  rva: dataView.getUint32(offset, true),
  size: dataView.getUint32(offset + 4, true),
  codePage: dataView.getUint32(offset + 8, true),
  reserved: dataView.getUint32(offset + 12, true),
});

/** `fixedInfoLayout` of resources/version-info.ts. */
export const fixedInfo = (dataView: DataView, offset: number) => ({
  signature: dataView.getUint32(offset, true),
  structureVersion: dataView.getUint32(offset + 4, true),
  fileVersionHigh: dataView.getUint32(offset + 8, true),
  fileVersionLow: dataView.getUint32(offset + 12, true),
  productVersionHigh: dataView.getUint32(offset + 16, true),
  productVersionLow: dataView.getUint32(offset + 20, true),
  fileFlagsMask: dataView.getUint32(offset + 24, true),
  fileFlags: dataView.getUint32(offset + 28, true),
  fileOs: dataView.getUint32(offset + 32, true),
  fileType: dataView.getUint32(offset + 36, true),
  fileSubtype: dataView.getUint32(offset + 40, true),
  fileDateHigh: dataView.getUint32(offset + 44, true),
  fileDateLow: dataView.getUint32(offset + 48, true),
});
