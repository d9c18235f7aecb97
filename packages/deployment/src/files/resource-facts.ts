import { ifReadable } from '@ijw/binary';
import type { ImageKind, PEImage } from '@ijw/pe';
import {
  decodeManifest,
  decodeVersionInfo,
  listResources,
  type Resource,
  ResourceType,
  readResourceDirectory,
  resourceBytes,
} from '@ijw/pe/resources';
import { attributeOf, xmlTags } from './xml-tags.ts';

/** A side-by-side assembly that a manifest asks for ("Application Manifests", `dependentAssembly`). */
export interface ManifestDependency {
  /** `Microsoft.VC90.CRT`. */
  readonly name: string;
  readonly version: string | undefined;
}

/** What the resources of an image say to the Windows loader, and its version. */
export interface ResourceFacts {
  readonly dependencies: readonly ManifestDependency[];
  /** `<file name="…"/>`: files beside the image that Windows finds although they are not on the search path. */
  readonly files: readonly string[];
  /** Of the version resource: four numbers. */
  readonly version: readonly number[] | undefined;
}

const NONE: ResourceFacts = { dependencies: [], files: [], version: undefined };

/** Reads manifest and version. Managed images have manifests that only their programs need: theirs are not read. */
export function readResourceFacts(image: PEImage, kind: ImageKind): ResourceFacts {
  if (kind === 'managed') return NONE;
  const root = ifReadable(() => readResourceDirectory(image));
  if (root === undefined) return NONE;
  const resources = ifReadable(() => [...listResources(root)]) ?? [];
  const manifest = find(resources, ResourceType.MANIFEST, (resource) => decodeManifest(resourceBytes(image, resource)));
  const version = find(resources, ResourceType.VERSION, (resource) => decodeVersionInfo(resourceBytes(image, resource)).fixed?.fileVersion);
  return { ...manifestFacts(manifest ?? ''), version: version?.split('.').map(Number) };
}

function find<T>(resources: readonly Resource[], type: number, read: (resource: Resource) => T): T | undefined {
  const resource = resources.find(({ type: resourceType }) => resourceType === type);
  return resource && ifReadable(() => read(resource));
}

/** The elements of a manifest that name files and assemblies ("Application Manifests"). The identity of the image itself is outside of `dependentAssembly`. */
function manifestFacts(xml: string): Pick<ResourceFacts, 'dependencies' | 'files'> {
  const dependencies: ManifestDependency[] = [];
  const files: string[] = [];
  let isDependent = false;
  for (const tag of xmlTags(xml)) {
    if (tag.name === 'dependentAssembly') isDependent = !tag.isEnd;
    const name = tag.isEnd ? undefined : attributeOf(tag, 'name');
    if (name === undefined) continue;
    if (tag.name === 'file') files.push(name);
    if (tag.name === 'assemblyIdentity' && isDependent) dependencies.push({ name, version: attributeOf(tag, 'version') });
  }
  return { dependencies, files };
}
