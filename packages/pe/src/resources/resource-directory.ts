import { BadImageError, type ByteReader, lazyFor } from '@ijw/binary';
import type { Rva } from '../address.ts';
import * as parsers from '../generated/structure-parsers.ts';
import type { PEImage } from '../pe-image.ts';
import { structure } from '../structure.ts';

/** PE/COFF "Resource Directory Table": IMAGE_RESOURCE_DIRECTORY. */
export const resourceTableLayout = structure(
  {
    characteristics: 'u32',
    timeDateStamp: 'u32',
    majorVersion: 'u16',
    minorVersion: 'u16',
    numberOfNameEntries: 'u16',
    numberOfIdEntries: 'u16',
  },
  parsers.resourceTable,
);

/** PE/COFF "Resource Data Entry": IMAGE_RESOURCE_DATA_ENTRY. */
export const resourceDataLayout = structure({ rva: 'u32', size: 'u32', codePage: 'u32', reserved: 'u32' }, parsers.resourceData);

/** A number, or a name. */
export type ResourceId = number | string;

export interface ResourceData {
  readonly kind: 'data';
  readonly id: ResourceId;
  readonly rva: Rva;
  readonly size: number;
  readonly codePage: number;
}

export interface ResourceTable {
  readonly kind: 'table';
  readonly id: ResourceId;
  readonly characteristics: number;
  readonly timeDateStamp: number;
  readonly majorVersion: number;
  readonly minorVersion: number;
  readonly entries: readonly ResourceNode[];
}

export type ResourceNode = ResourceTable | ResourceData;

/** One resource of the three levels that Windows uses. */
export interface Resource {
  /** `ResourceType`, or a name. */
  readonly type: ResourceId;
  readonly name: ResourceId;
  /** A language identifier (LANGID). */
  readonly language: ResourceId;
  readonly rva: Rva;
  readonly size: number;
  readonly codePage: number;
}

const READING = 'the resource directory';
const HIGH_BIT = 0x80000000;

/** Windows uses three levels; deeper trees are possible, endless ones are not. */
const DEPTH_LIMIT = 32;

/** Reads tables by their offsets from the root. Entries do not share bytes, so all of them together must fit in the file. */
class TreeReader {
  readonly #image: PEImage;
  readonly #root: Rva;
  #left: number;

  constructor(image: PEImage, root: Rva) {
    this.#image = image;
    this.#root = root;
    this.#left = image.bytes.length / 8;
  }

  #readerAt(offset: number, length?: number): ByteReader {
    return this.#image.readerAt(this.#root + offset, length, READING);
  }

  #fail(code: string, offset: number, message: string): BadImageError {
    const rva = this.#root + offset;
    return new BadImageError({ code, offset: this.#image.rvaToOffset(rva) ?? 0, rva, reading: READING, message });
  }

  table(id: ResourceId, offset: number, depth: number): ResourceTable {
    if (depth > DEPTH_LIMIT) throw this.#fail('RESOURCES_TOO_DEEP', offset, `The resource tree is deeper than ${DEPTH_LIMIT} levels`);
    const raw = resourceTableLayout.read(this.#readerAt(offset, resourceTableLayout.size));
    const count = raw.numberOfNameEntries + raw.numberOfIdEntries;
    const reader = this.#readerAt(offset + resourceTableLayout.size, count * 8);
    const entries: ResourceNode[] = [];
    for (let index = 0; index < count; index++) {
      this.#left--;
      if (this.#left < 0) {
        this.#image.diagnostics.record(this.#fail('TOO_MUCH_DATA', offset, 'The tables of the resource tree overlap each other'));
        break;
      }
      const name = reader.u32();
      const target = reader.u32();
      const node = this.#image.diagnostics.attempt(() => this.#node(name, target, depth));
      if (node !== undefined) entries.push(node);
    }
    const { characteristics, timeDateStamp, majorVersion, minorVersion } = raw;
    return { kind: 'table', id, characteristics, timeDateStamp, majorVersion, minorVersion, entries };
  }

  #node(name: number, target: number, depth: number): ResourceNode {
    const id = name >= HIGH_BIT ? this.#name(name - HIGH_BIT) : name;
    if (target >= HIGH_BIT) return this.table(id, target - HIGH_BIT, depth + 1);
    const { rva, size, codePage } = resourceDataLayout.read(this.#readerAt(target, resourceDataLayout.size));
    return { kind: 'data', id, rva, size, codePage };
  }

  /** PE/COFF "Resource Directory String": a length in characters, UTF-16. */
  #name(offset: number): string {
    const length = this.#readerAt(offset, 2).u16();
    this.#left -= length / 4;
    return this.#readerAt(offset + 2, length * 2).utf16(length * 2);
  }
}

/**
 * PE/COFF "The .rsrc Section": the tree of resources; `undefined` when the image has none. Throws `BadImageError` when the root is not there; what is
 * malformed below is recorded in the image's diagnostics and left out.
 */
export const readResourceDirectory = lazyFor((image: PEImage): ResourceTable | undefined => {
  const directory = image.directory('resource');
  if (directory === undefined || directory.rva === 0) return undefined;
  return new TreeReader(image, directory.rva).table(0, 0, 0);
});

/** The resources of a tree as Windows names them, in its order. What is not on the third level has no such name and is not given. */
export function* listResources(root: ResourceTable): Generator<Resource> {
  for (const type of root.entries) {
    if (type.kind !== 'table') continue;
    for (const name of type.entries) {
      if (name.kind !== 'table') continue;
      for (const leaf of name.entries) {
        if (leaf.kind !== 'data') continue;
        const { id: language, rva, size, codePage } = leaf;
        yield { type: type.id, name: name.id, language, rva, size, codePage };
      }
    }
  }
}

/** The bytes of a resource. Throws `BadImageError` when they are not in the image. */
export const resourceBytes = (image: PEImage, resource: Pick<ResourceData, 'rva' | 'size'>): Uint8Array =>
  image.bytesAt(resource.rva, resource.size, 'a resource');

/** RT_* of winuser.h. */
export const ResourceType = {
  CURSOR: 1,
  BITMAP: 2,
  ICON: 3,
  MENU: 4,
  DIALOG: 5,
  STRING: 6,
  FONTDIR: 7,
  FONT: 8,
  ACCELERATOR: 9,
  RCDATA: 10,
  MESSAGETABLE: 11,
  GROUP_CURSOR: 12,
  GROUP_ICON: 14,
  VERSION: 16,
  DLGINCLUDE: 17,
  PLUGPLAY: 19,
  VXD: 20,
  ANICURSOR: 21,
  ANIICON: 22,
  HTML: 23,
  MANIFEST: 24,
} as const;
