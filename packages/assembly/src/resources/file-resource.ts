import { ExpansionBudget, ifReadable } from '@ijw/binary';
import type { Metadata, Token } from '@ijw/metadata';
import {
  embeddedResource,
  isResourcesFile,
  type ManifestResource,
  manifestResources,
  type ResourceValue,
  readResource,
  readResourcesFile,
  resourceEntryType,
} from '@ijw/metadata/resources';
import type { PEImage } from '@ijw/pe';
import {
  type DecodedResource,
  iconFile,
  listDecodedResources,
  listResources,
  type Resource,
  type ResourceId,
  type ResourceTable,
  ResourceType,
  readResourceDirectory,
  resourceBytes,
} from '@ijw/pe/resources';

/** A part of a resource: an entry of a `.resources` file, a text of a string table, a field of the version. */
export interface ResourcePart {
  readonly name: string;
  /** A type of `.resources` such as `string` or `byteArray`, or the name of a class. */
  readonly type: string;
  /** Of the stored value, in bytes. */
  readonly size?: number;
  /** The value, where it is a text or a number. */
  readonly value?: string | number | boolean;
  /** The bytes of the value: of a text its UTF-8. @throws BadImageError */
  readonly bytes: () => Uint8Array;
}

/** A resource of a file: one that the manifest lists (ECMA-335 II.22.24), or one of the tree of Windows (PE/COFF "The .rsrc Section"). */
export interface FileResource {
  /** As the manifest has it; of Windows `TYPE/name/language`. */
  readonly name: string;
  /** `resources`: a `.resources` file; `linked` and `assembly`: the content is in another file. */
  readonly kind: 'embedded' | 'resources' | 'linked' | 'assembly' | 'win32';
  readonly token?: Token;
  /** The file or the assembly that has the content. */
  readonly location?: string;
  /** In bytes; absent where the content is elsewhere or outside the file. */
  readonly size?: number;
  /** Of the first byte, in the file. */
  readonly offset?: number;
  readonly entries?: readonly ResourcePart[];
  /** What a file of its own would have: of a group of icons an `.ico` file. `undefined` where the content is elsewhere. @throws BadImageError */
  readonly bytes: () => Uint8Array | undefined;
}

/** Every resource of an image, those of the manifest first. What is wrong with one is reported to the diagnostics of the image. */
export function* fileResources(image: PEImage, metadata: Metadata | undefined): Generator<FileResource> {
  const managed = metadata === undefined ? [] : (image.diagnostics.attempt(() => [...manifestResources(metadata)]) ?? []);
  const budget = ExpansionBudget.ofSharedData(image.bytes.length, 'the .resources files');
  for (const resource of managed) yield managedResource(image, resource, budget);
  const root = image.diagnostics.attempt(() => readResourceDirectory(image));
  if (root === undefined) return;
  for (const resource of listDecodedResources(image, root)) yield windowsResource(image, root, resource);
}

function managedResource(image: PEImage, resource: ManifestResource, budget: ExpansionBudget): FileResource {
  const { name, token, location } = resource;
  if (location.kind === 'linked') return { name, kind: 'linked', token, location: location.fileName, bytes: () => undefined };
  if (location.kind === 'assembly') return { name, kind: 'assembly', token, location: location.assemblyName, bytes: () => undefined };
  const content = image.diagnostics.attempt(() => embeddedResource(image, resource));
  const place = content && { size: content.length, offset: content.byteOffset - image.bytes.byteOffset };
  const entries =
    content !== undefined && isResourcesFile(content) ? image.diagnostics.attempt(() => resourcesEntries(content, budget)) : undefined;
  return {
    name,
    kind: entries === undefined ? 'embedded' : 'resources',
    token,
    ...place,
    ...(entries && { entries }),
    bytes: () => content,
  };
}

/** The entries of a `.resources` file in the order of their names. @throws BadImageError */
function resourcesEntries(content: Uint8Array, budget: ExpansionBudget): readonly ResourcePart[] {
  budget.spend(content.length, { offset: 0 });
  const file = readResourcesFile(content);
  const sorted = [...file.entries].sort((one, other) => (one.name < other.name ? -1 : 1));
  return sorted.map((entry): ResourcePart => {
    const value = ifReadable(() => readResource(file, entry));
    const shown = value && textOf(value);
    return {
      name: entry.name,
      type: ifReadable(() => resourceEntryType(file, entry)) ?? 'unknown',
      size: entry.end - entry.start,
      ...(shown !== undefined && { value: shown }),
      bytes: () => valueBytes(readResource(file, entry)),
    };
  });
}

function textOf(value: ResourceValue): string | number | boolean | undefined {
  switch (value.type) {
    case 'string':
    case 'boolean':
    case 'byte':
    case 'sbyte':
    case 'int16':
    case 'uint16':
    case 'int32':
    case 'uint32':
      return value.value;
    case 'char':
      return String.fromCharCode(value.value);
    case 'int64':
    case 'uint64':
    case 'dateTime':
    case 'timeSpan':
      return String(value.value);
    default:
      return undefined;
  }
}

const utf8 = new TextEncoder();

function valueBytes(value: ResourceValue): Uint8Array {
  if (value.type === 'byteArray' || value.type === 'stream' || value.type === 'user') return value.value;
  return utf8.encode(String(textOf(value) ?? ''));
}

const typeNames: ReadonlyMap<ResourceId, string> = new Map(Object.entries(ResourceType).map(([name, id]) => [id, name]));

const idText = (id: ResourceId): string => (typeof id === 'number' ? String(id) : id);

function windowsResource(image: PEImage, root: ResourceTable, resource: Resource & Partial<DecodedResource>): FileResource {
  const type = typeNames.get(resource.type) ?? idText(resource.type);
  const offset = image.rvaToOffset(resource.rva);
  const entries = windowsEntries(resource);
  return {
    name: `${type}/${idText(resource.name)}/${idText(resource.language)}`,
    kind: 'win32',
    size: resource.size,
    ...(offset !== undefined && { offset }),
    ...(entries !== undefined && { entries }),
    bytes: () =>
      resource.type === ResourceType.GROUP_ICON && 'group' in resource && resource.group !== undefined
        ? iconFile(image, resource.group, listResources(root))
        : resourceBytes(image, resource),
  };
}

const textPart = (name: string, value: string): ResourcePart => ({ name, type: 'string', value, bytes: () => utf8.encode(value) });

function windowsEntries(resource: Partial<DecodedResource>): readonly ResourcePart[] | undefined {
  if ('strings' in resource) return resource.strings?.map(({ id, text }) => textPart(String(id), text));
  if ('messages' in resource) return resource.messages?.map(({ id, text }) => textPart(String(id), text));
  if ('manifest' in resource && resource.manifest !== undefined) return [textPart('manifest', resource.manifest)];
  if ('version' in resource)
    return resource.version?.stringTables.flatMap(({ strings }) => strings.map(({ name, value }) => textPart(name, value)));
  return undefined;
}
