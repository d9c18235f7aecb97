import { alignUp, ByteWriter } from '@ijw/binary';
import type { Rva } from '../address.ts';
import type { ImagePart } from '../builder/image-plan.ts';
import { type ResourceId, resourceDataLayout, resourceTableLayout } from './resource-directory.ts';

export interface ResourceInput {
  readonly type: ResourceId;
  readonly name: ResourceId;
  readonly language: number;
  readonly bytes: Uint8Array;
  readonly codePage?: number;
}

/** Names come first, in the order of their upper-case letters; then numbers. */
function compareIds(first: ResourceId, second: ResourceId): number {
  if (typeof first === 'number' && typeof second === 'number') return first - second;
  if (typeof first === 'number') return 1;
  if (typeof second === 'number') return -1;
  const [one, other] = [first.toUpperCase(), second.toUpperCase()];
  return one < other ? -1 : one > other ? 1 : 0;
}

interface Group<T> {
  readonly id: ResourceId;
  readonly items: T[];
}

function groupBy<T>(items: readonly T[], idOf: (item: T) => ResourceId): Group<T>[] {
  const groups = new Map<ResourceId, Group<T>>();
  for (const item of items) {
    const id = idOf(item);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, { id, items: [item] });
    else group.items.push(item);
  }
  return [...groups.values()].sort((first, second) => compareIds(first.id, second.id));
}

interface TableEntry {
  readonly id: ResourceId;
  readonly child: TableNode | ResourceInput;
}

interface TableNode {
  readonly entries: readonly TableEntry[];
}

const treeOf = (resources: readonly ResourceInput[]): TableNode => ({
  entries: groupBy(resources, (resource) => resource.type).map((type) => ({
    id: type.id,
    child: {
      entries: groupBy(type.items, (resource) => resource.name).map((name) => ({
        id: name.id,
        child: {
          entries: groupBy(name.items, (resource) => resource.language).map((language) => ({ id: language.id, child: language.items[0]! })),
        },
      })),
    },
  })),
});

const tableSize = (node: TableNode): number => resourceTableLayout.size + node.entries.length * 8;

const isTable = (child: TableNode | ResourceInput): child is TableNode => 'entries' in child;

/** Tables level by level, then data entries, names and bytes, which is how the resource compiler lays them out. */
class ResourceLayout {
  readonly tables: TableNode[] = [];
  readonly leaves: ResourceInput[] = [];
  readonly offsets = new Map<TableNode | ResourceInput, number>();
  readonly names = new Map<string, number>();
  readonly nameBytes = new ByteWriter();
  readonly dataOffsets = new Map<ResourceInput, number>();
  readonly size: number;

  constructor(root: TableNode) {
    this.tables.push(root);
    for (const table of this.tables) {
      for (const { id, child } of table.entries) {
        if (isTable(child)) this.tables.push(child);
        else this.leaves.push(child);
        if (typeof id === 'string') this.names.set(id, 0);
      }
    }
    let offset = 0;
    for (const table of this.tables) {
      this.offsets.set(table, offset);
      offset += tableSize(table);
    }
    for (const leaf of this.leaves) {
      this.offsets.set(leaf, offset);
      offset += resourceDataLayout.size;
    }
    for (const name of this.names.keys()) {
      this.names.set(name, offset + this.nameBytes.length);
      this.nameBytes.u16(name.length).utf16(name);
    }
    offset += this.nameBytes.length;
    for (const leaf of this.leaves) {
      offset = alignUp(offset, 8);
      this.dataOffsets.set(leaf, offset);
      offset += leaf.bytes.length;
    }
    this.size = offset;
  }
}

function writeTable(writer: ByteWriter, table: TableNode, layout: ResourceLayout): void {
  const numberOfNameEntries = table.entries.filter(({ id }) => typeof id === 'string').length;
  resourceTableLayout.write(writer, {
    characteristics: 0,
    timeDateStamp: 0,
    majorVersion: 0,
    minorVersion: 0,
    numberOfNameEntries,
    numberOfIdEntries: table.entries.length - numberOfNameEntries,
  });
  for (const { id, child } of table.entries) {
    writer.u32(typeof id === 'string' ? (layout.names.get(id)! | 0x80000000) >>> 0 : id);
    const offset = layout.offsets.get(child)!;
    writer.u32(isTable(child) ? (offset | 0x80000000) >>> 0 : offset);
  }
}

function write(layout: ResourceLayout, start: Rva): Uint8Array {
  const writer = new ByteWriter();
  for (const table of layout.tables) writeTable(writer, table, layout);
  for (const leaf of layout.leaves) {
    const rva = start + layout.dataOffsets.get(leaf)!;
    resourceDataLayout.write(writer, { rva, size: leaf.bytes.length, codePage: leaf.codePage ?? 0, reserved: 0 });
  }
  writer.bytes(layout.nameBytes.toBytes());
  for (const leaf of layout.leaves) writer.align(8).bytes(leaf.bytes);
  return writer.toBytes();
}

/** The resources of an image as one part, with the three levels that Windows uses. Of two with the same three names the first is kept. */
export function resourceDirectoryPart(resources: readonly ResourceInput[]): ImagePart {
  const layout = new ResourceLayout(treeOf(resources));
  const part: ImagePart = { alignment: 8, size: layout.size, write: (plan) => write(layout, plan.rvaOf(part)) };
  return part;
}
