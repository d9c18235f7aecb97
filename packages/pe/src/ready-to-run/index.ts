export { type ImportSection, importCellSignature, readImportSections } from './import-cells.ts';
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
  instanceEntryPoints,
  type MethodEntryPoint,
  type ReadyToRunFunction,
  readFunctionIndex,
  readHotColdMap,
  readMethodEntryPoints,
  readRuntimeFunctions,
  readyToRunSection,
} from './runtime-functions.ts';
