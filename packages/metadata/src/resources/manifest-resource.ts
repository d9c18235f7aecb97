import { BadImageError, hex } from '@ijw/binary';
import { type PEImage, readCliHeader } from '@ijw/pe';
import type { Metadata } from '../metadata.ts';
import { TableId } from '../tables/table-id.ts';
import {
  type AssemblyRefToken,
  type FileToken,
  isNilToken,
  type ManifestResourceToken,
  makeToken,
  tokenRid,
  tokenTable,
} from '../tables/token.ts';

/** The location of a resource's content. */
export type ResourceLocation =
  | { readonly kind: 'embedded'; readonly offset: number }
  | { readonly kind: 'linked'; readonly file: FileToken; readonly fileName: string; readonly offset: number }
  | { readonly kind: 'assembly'; readonly assembly: AssemblyRefToken; readonly assemblyName: string };

/** A row of ManifestResource (ECMA-335 II.22.24). */
export interface ManifestResource {
  readonly token: ManifestResourceToken;
  readonly name: string;
  /** `ManifestResourceAttributes`. */
  readonly flags: number;
  readonly location: ResourceLocation;
}

function locationOf(metadata: Metadata, rid: number): ResourceLocation {
  const { ManifestResource, File, AssemblyRef } = metadata.tables;
  const implementation = ManifestResource.column('Implementation');
  const token = implementation.token(rid);
  const offset = ManifestResource.get(rid, 'Offset');
  if (isNilToken(token)) return { kind: 'embedded', offset };
  const target = tokenRid(token);
  switch (tokenTable(token)) {
    case TableId.File:
      return { kind: 'linked', file: token as FileToken, fileName: metadata.strings.get(File.get(target, 'Name')), offset };
    case TableId.AssemblyRef:
      return { kind: 'assembly', assembly: token as AssemblyRefToken, assemblyName: metadata.strings.get(AssemblyRef.get(target, 'Name')) };
    default:
      throw implementation.error('BAD_RESOURCE', 'A resource is neither here, nor in a file, nor in an assembly', rid);
  }
}

/** The resources that a manifest lists, those of other files and assemblies too. Throws `BadImageError`. */
export function* manifestResources(metadata: Metadata): Generator<ManifestResource> {
  const { ManifestResource } = metadata.tables;
  for (let rid = 1; rid <= ManifestResource.rowCount; rid++) {
    yield {
      token: makeToken(TableId.ManifestResource, rid),
      name: metadata.strings.get(ManifestResource.get(rid, 'Name')),
      flags: ManifestResource.get(rid, 'Flags'),
      location: locationOf(metadata, rid),
    };
  }
}

/** The content of a resource that is embedded in the image (a view): its length precedes it. `undefined` for the others. Throws `BadImageError`. */
export function embeddedResource(image: PEImage, resource: ManifestResource): Uint8Array | undefined {
  const { location } = resource;
  if (location.kind !== 'embedded') return undefined;
  const directory = readCliHeader(image)?.resources;
  const reading = 'a manifest resource';
  if (directory === undefined || directory.rva === 0 || location.offset + 4 > directory.size) {
    const message = `The resource '${resource.name.slice(0, 200)}' at ${hex(location.offset)} is not in the resources of the CLI header`;
    throw new BadImageError({ code: 'RESOURCE_OUT_OF_RANGE', offset: 0, reading, message });
  }
  const rva = directory.rva + location.offset;
  const length = image.readerAt(rva, 4, reading).u32();
  return image.bytesAt(rva + 4, length, reading);
}
