export { embeddedResource, type ManifestResource, manifestResources, type ResourceLocation } from './manifest-resource.ts';
export { type ResourceTypeName, ResourceValueType } from './resource-type.ts';
export type { ResourceDecimal, ResourceValue } from './resource-value.ts';
export {
  isResourcesFile,
  type ResourceEntry,
  type ResourcesFile,
  readResource,
  readResourcesFile,
  resourceEntryType,
} from './resources-file.ts';
export { type ResourcesFileContent, resourceNameHash, writeResourcesFile } from './resources-file-writer.ts';
