export { Assembly } from './assembly.ts';
export { CallerIndex } from './callers.ts';
export { type FileSource, memoryFiles, windowsPaths } from './files/file-source.ts';
export { zipFiles } from './files/zip-archive.ts';
export type { ImageCounts, ImageSummary, MetadataSummary } from './info/image-summary.ts';
export { type InfoDocument, type InfoOptions, infoDocument, type Sha256 } from './info/info-document.ts';
export { entryPaths, type OpenedFile, type OpenOptions, openFile } from './open-file.ts';
export { type FoundPortablePdb, findPortablePdb, type LookUpFile } from './portable-pdb-lookup.ts';
export {
  isRuntimeId,
  OBSERVED_RUNTIME,
  type ProcessPlatform,
  processPlatform,
  type RefusalCase,
  type RefusalCodes,
  RUNTIME_PROFILES,
  type RuntimeHost,
  type RuntimeId,
  type RuntimeProfile,
  refusalCodes,
  refusalMessage,
  runtimeIds,
  type TargetHost,
  type TargetRuntime,
  targetRuntime,
} from './runtime-profiles/index.ts';
export { hostImportOf } from './target-host.ts';
