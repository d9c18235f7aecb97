export { type DecodedResource, decodeResource, listDecodedResources } from './decoded-resource.ts';
export { decodeIconGroup, encodeIconGroup, type IconGroup, type IconGroupEntry, iconFile } from './icon-group.ts';
export { decodeManifest } from './manifest.ts';
export { decodeMessageTable, encodeMessageTable, type ResourceMessage } from './message-table.ts';
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
} from './resource-directory.ts';
export { type ResourceInput, resourceDirectoryPart } from './resource-directory-builder.ts';
export { decodeStringTable, encodeStringTable, type ResourceString } from './string-table.ts';
export { decodeVersionInfo, encodeVersionInfo, type FixedFileInfo, type VersionInfo, type VersionStringTable } from './version-info.ts';
