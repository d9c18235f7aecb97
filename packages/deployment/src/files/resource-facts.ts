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

/** The elements of a manifest that name files and assemblies; attributes may come in any order. */
export function manifestFacts(xml: string): Pick<ResourceFacts, 'dependencies' | 'files'> {
  const dependencies = [...xml.matchAll(/<dependentAssembly\b[\s\S]*?<assemblyIdentity\b([^>]*)>/g)].flatMap(([, attributes = '']) => {
    const name = attributeOf(attributes, 'name');
    return name === undefined ? [] : [{ name, version: attributeOf(attributes, 'version') }];
  });
  const files = [...xml.matchAll(/<file\b([^>]*)>/g)].flatMap(([, attributes = '']) => attributeOf(attributes, 'name') ?? []);
  return { dependencies, files };
}

/** An attribute of an XML start tag, as its text. */
export const attributeOf = (attributes: string, name: string): string | undefined =>
  new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i')
    .exec(attributes)
    ?.slice(1)
    .find((value) => value !== undefined);
