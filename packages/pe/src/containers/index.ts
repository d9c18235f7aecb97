export { type Inflate, inflate, loadInflate, loadInflateUpTo } from '../compression/inflate.ts';
export {
  type BundleEntry,
  BundleFileType,
  type BundleInput,
  bundleEntryBytes,
  inflatedBundleEntry,
  readSingleFileBundle,
  type SingleFileBundle,
  writeSingleFileBundle,
} from './single-file-bundle.ts';
export { webcilOfWasm } from './wasm-module.ts';
export { imageOfWebcil, readWebcil, type Webcil, writeWebcil } from './webcil.ts';
