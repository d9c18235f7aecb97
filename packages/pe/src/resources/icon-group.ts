import { ByteReader, ByteWriter } from '@ijw/binary';
import * as parsers from '../generated/structure-parsers.ts';
import type { PEImage } from '../pe-image.ts';
import { structure } from '../structure.ts';
import { type Resource, type ResourceId, ResourceType, resourceBytes } from './resource-directory.ts';

/** GRPICONDIRENTRY: what an .ico file has too, but the number of an RT_ICON resource in the place of an offset. */
export const groupEntryLayout = structure(
  {
    width: 'u8',
    height: 'u8',
    colors: 'u8',
    reserved: 'u8',
    planes: 'u16',
    bitCount: 'u16',
    size: 'u32',
    id: 'u16',
  },
  parsers.groupEntry,
);

const ICON_FILE_ENTRY = 16;
const GROUP_HEADER = 6;

export interface IconGroupEntry {
  /** In pixels. Stored in one byte, where 0 stands for 256. */
  readonly width: number;
  readonly height: number;
  readonly colors: number;
  readonly planes: number;
  readonly bitCount: number;
  /** Of the image, in bytes. */
  readonly size: number;
  /** The name of its RT_ICON or RT_CURSOR resource. */
  readonly id: number;
}

export interface IconGroup {
  readonly kind: 'icon' | 'cursor';
  readonly entries: readonly IconGroupEntry[];
}

/** GRPICONDIR: the value of an RT_GROUP_ICON or RT_GROUP_CURSOR resource (whose entries have 16-bit sizes). Throws `BadImageError`. */
export function decodeIconGroup(bytes: Uint8Array, base = 0): IconGroup {
  const reader = new ByteReader(bytes, { base, reading: 'an icon group' });
  reader.skip(2);
  const type = reader.u16();
  if (type !== 1 && type !== 2) throw reader.error('BAD_ICON_GROUP', `Type ${type} is neither 1 (icons) nor 2 (cursors)`, 2);
  const count = reader.count(reader.u16(), groupEntryLayout.size);
  const entries = Array.from({ length: count }, () => (type === 1 ? readIcon(reader) : readCursor(reader)));
  return { kind: type === 1 ? 'icon' : 'cursor', entries };
}

function readIcon(reader: ByteReader): IconGroupEntry {
  const { reserved: _, ...raw } = groupEntryLayout.read(reader);
  return { ...raw, width: raw.width || 256, height: raw.height || 256 };
}

/** A cursor's entry has words for its size, and its height is that of both masks. */
function readCursor(reader: ByteReader): IconGroupEntry {
  const width = reader.u16();
  const height = reader.u16() / 2;
  return { width, height, colors: 0, planes: reader.u16(), bitCount: reader.u16(), size: reader.u32(), id: reader.u16() };
}

/** The twin. */
export function encodeIconGroup(group: IconGroup): Uint8Array {
  const writer = new ByteWriter()
    .u16(0)
    .u16(group.kind === 'icon' ? 1 : 2)
    .u16(group.entries.length);
  for (const entry of group.entries) {
    if (group.kind === 'icon')
      groupEntryLayout.write(writer, { ...entry, width: entry.width & 0xff, height: entry.height & 0xff, reserved: 0 });
    else
      writer
        .u16(entry.width)
        .u16(entry.height * 2)
        .u16(entry.planes)
        .u16(entry.bitCount)
        .u32(entry.size)
        .u16(entry.id);
  }
  return writer.toBytes();
}

/** The .ico file that a group was made of; images that are not among `resources` are left out. Throws `BadImageError`. */
export function iconFile(image: PEImage, group: IconGroup, resources: Iterable<Resource>): Uint8Array {
  const icons = new Map<ResourceId, Resource>();
  for (const resource of resources) if (resource.type === ResourceType.ICON) icons.set(resource.name, resource);
  const found = group.entries.flatMap((entry) => {
    const resource = icons.get(entry.id);
    return resource === undefined ? [] : [{ entry, bytes: resourceBytes(image, resource) }];
  });
  const writer = new ByteWriter().u16(0).u16(1).u16(found.length);
  let offset = GROUP_HEADER + found.length * ICON_FILE_ENTRY;
  for (const { entry, bytes } of found) {
    writer
      .u8(entry.width & 0xff)
      .u8(entry.height & 0xff)
      .u8(entry.colors)
      .u8(0);
    writer.u16(entry.planes).u16(entry.bitCount).u32(bytes.length).u32(offset);
    offset += bytes.length;
  }
  for (const { bytes } of found) writer.bytes(bytes);
  return writer.toBytes();
}
