export { Assembly } from './assembly.ts';
export { CallerIndex } from './callers.ts';
export { type FileSearch, type FileSource, type FoundFile, memoryFiles, searchFiles } from './files/file-source.ts';
export { zipFiles } from './files/zip-archive.ts';
export type { ImageCounts, ImageSummary, MetadataSummary } from './info/image-summary.ts';
export { type InfoDocument, type InfoOptions, infoDocument, type Sha256 } from './info/info-document.ts';
export { findMembers, requireMembers } from './members/find-members.ts';
export { parameterTypes } from './members/parameter-types.ts';
export { entryPaths, type OpenedFile, type OpenOptions, openFile } from './open-file.ts';
export { type FoundPortablePdb, findPortablePdb, type LookUpFile } from './portable-pdb-lookup.ts';
export { type ProcessPlatform, processPlatform } from './runtime-profiles/process-platform.ts';
export { type RefusalCase, type RefusalCodes, refusalCodes, refusalMessage } from './runtime-profiles/refusal-codes.ts';
export {
  isRuntimeId,
  OBSERVED_RUNTIME,
  RUNTIME_PROFILES,
  type RuntimeId,
  type RuntimeProfile,
  runtimeIds,
} from './runtime-profiles/runtime-profile.ts';
export { type TargetHost, type TargetRuntime, targetRuntime } from './runtime-profiles/target-runtime.ts';
export { hostImportOf, type RuntimeHost } from './target-host.ts';
