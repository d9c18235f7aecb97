export {
  EAGER_IMPORTS,
  type ImportCell,
  type ImportSection,
  importCellSignature,
  importSectionTypes,
  readFixupList,
  readImportSections,
} from './import-cells.ts';
export { type NativeAotImage, readNativeAot } from './native-aot.ts';
export { NativeArray, nativeHashtableEntries, readNativeSigned, readNativeUnsigned } from './native-format.ts';
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
} from './ready-to-run-header.ts';
export {
  type EntryPoint,
  instanceEntryPoints,
  type MethodEntryPoint,
  type ReadyToRunFunction,
  readEntryPoint,
  readHotColdMap,
  readMethodEntryPoints,
  readRuntimeFunctions,
  readyToRunSection,
} from './runtime-functions.ts';
