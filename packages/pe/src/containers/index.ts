export { type Inflate, inflate, loadInflate } from '../compression/inflate.ts';
export {
  type BundleEntry,
  BundleFileType,
  type BundleInput,
  bundleEntryBytes,
  readSingleFileBundle,
  type SingleFileBundle,
  writeSingleFileBundle,
} from './single-file-bundle.ts';
export { webcilOfWasm } from './wasm-module.ts';
export { imageOfWebcil, readWebcil, type Webcil, writeWebcil } from './webcil.ts';
