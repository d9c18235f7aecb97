import { ExpansionBudget } from '@ijw/binary';
import type { PEImage } from '../pe-image.ts';
import { decodeIconGroup, type IconGroup } from './icon-group.ts';
import { decodeManifest } from './manifest.ts';
import { decodeMessageTable, type ResourceMessage } from './message-table.ts';
import { listResources, type Resource, type ResourceTable, ResourceType, resourceBytes } from './resource-directory.ts';
import { decodeStringTable, type ResourceString } from './string-table.ts';
import { decodeVersionInfo, type VersionInfo } from './version-info.ts';

/** The content of a resource of a type that Windows defines. */
export type DecodedResource =
  | { readonly version: VersionInfo }
  | { readonly manifest: string }
  | { readonly strings: readonly ResourceString[] }
  | { readonly messages: readonly ResourceMessage[] }
  | { readonly group: IconGroup };

const DECODED: ReadonlySet<unknown> = new Set([
  ResourceType.VERSION,
  ResourceType.MANIFEST,
  ResourceType.STRING,
  ResourceType.MESSAGETABLE,
  ResourceType.GROUP_ICON,
  ResourceType.GROUP_CURSOR,
]);

/**
 * The resources of a tree, each with its content. What is malformed is recorded in the image's diagnostics; resources do not share bytes, so that those
 * which claim more than the file has are given without their content.
 */
export function* listDecodedResources(image: PEImage, root: ResourceTable): Generator<Resource & Partial<DecodedResource>> {
  const budget = ExpansionBudget.ofDistinctData(image.bytes.length, 'the resources');
  let afforded = true;
  for (const resource of listResources(root)) {
    if (DECODED.has(resource.type))
      afforded &&= image.diagnostics.attempt(() => budget.spend(resource.size, { offset: 0, rva: resource.rva }) ?? true) === true;
    yield { ...resource, ...(afforded && image.diagnostics.attempt(() => decodeResource(image, resource))) };
  }
}

/** Decodes a resource by its type; `undefined` for types whose content is not structured here (icons' pixels, raw data …). Throws `BadImageError`. */
export function decodeResource(image: PEImage, resource: Resource): DecodedResource | undefined {
  const base = image.rvaToOffset(resource.rva) ?? 0;
  const bytes = (): Uint8Array => resourceBytes(image, resource);
  switch (resource.type) {
    case ResourceType.VERSION:
      return { version: decodeVersionInfo(bytes(), base) };
    case ResourceType.MANIFEST:
      return { manifest: decodeManifest(bytes()) };
    case ResourceType.STRING:
      return typeof resource.name === 'number' ? { strings: decodeStringTable(bytes(), resource.name, base) } : undefined;
    case ResourceType.MESSAGETABLE:
      return { messages: decodeMessageTable(bytes(), base) };
    case ResourceType.GROUP_ICON:
    case ResourceType.GROUP_CURSOR:
      return { group: decodeIconGroup(bytes(), base) };
    default:
      return undefined;
  }
}
