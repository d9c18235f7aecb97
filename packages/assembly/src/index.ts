export { Assembly } from './assembly.ts';
export { ByteMap, type MappedBytes } from './byte-map/byte-map.ts';
export { type Change, type ChangeArea, changeAreas } from './diff/change.ts';
export { type ComparedVersion, diffAssemblies } from './diff/diff.ts';
export { type FileSearch, type FileSource, type FoundFile, memoryFiles, searchFiles } from './files/file-source.ts';
export { zipFiles } from './files/zip-archive.ts';
export { findMatches, usualKinds } from './find/find-matches.ts';
export { type FoundMatch, type MatchKind, matchKinds, type SearchedContent } from './find/found-match.ts';
export type { ImageCounts, ImageSummary, MetadataSummary } from './info/image-summary.ts';
export { type InfoDocument, type InfoOptions, infoDocument, type Sha256 } from './info/info-document.ts';
export { findMembers, parseToken, requireMembers } from './members/find-members.ts';
export { parameterTypes } from './members/parameter-types.ts';
export { entryPaths, type OpenedFile, type OpenOptions, openFile } from './open-file.ts';
export { type FoundPortablePdb, findPortablePdb } from './portable-pdb-lookup.ts';
export { type FileResource, fileResources, type ResourcePart } from './resources/file-resource.ts';
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
export { findUses } from './uses/find-uses.ts';
export type { MemberUse, SearchedFile } from './uses/member-use.ts';
export { type InstructionUse, TokenUseIndex } from './uses/token-use-index.ts';
export { type UseKind, useKinds } from './uses/use-kind.ts';
export { type UseSubject, useSubject } from './uses/use-subject.ts';
export { type FoundWindowsPdb, findWindowsPdb } from './windows-pdb-lookup.ts';
