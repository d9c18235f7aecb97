import type { PEImage } from '../pe-image.ts';
import { decodeIconGroup, type IconGroup } from './icon-group.ts';
import { decodeManifest } from './manifest.ts';
import { decodeMessageTable, type ResourceMessage } from './message-table.ts';
import { type Resource, ResourceType, resourceBytes } from './resource-directory.ts';
import { decodeStringTable, type ResourceString } from './string-table.ts';
import { decodeVersionInfo, type VersionInfo } from './version-info.ts';

/** What a resource of one of the types that Windows defines says. */
export type DecodedResource =
  | { readonly version: VersionInfo }
  | { readonly manifest: string }
  | { readonly strings: readonly ResourceString[] }
  | { readonly messages: readonly ResourceMessage[] }
  | { readonly group: IconGroup };

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
