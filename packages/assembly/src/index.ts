export { Assembly } from './assembly.ts';
export { CallerIndex } from './callers.ts';
export { type FileSource, memoryFiles, windowsPaths } from './files/file-source.ts';
export { zipFiles } from './files/zip-archive.ts';
export type { ImageCounts, ImageSummary, MetadataSummary } from './info/image-summary.ts';
export { type FileIdentity, type InfoDocument, infoDocument } from './info/info-document.ts';
export { entryPaths, type OpenedFile, type OpenOptions, openFile } from './open-file.ts';
export { type FoundPortablePdb, findPortablePdb, type LookUpFile } from './portable-pdb-lookup.ts';
export { hostOf, type RuntimeHost } from './target-host.ts';
