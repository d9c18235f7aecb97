import { ifReadable } from '@ijw/binary';
import type { Metadata } from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import { bodyStructures } from './body-map.ts';
import { imageStructures } from './header-map.ts';
import type { MappedStructure } from './mapped-structure.ts';
import { metadataStructures } from './metadata-map.ts';

/** Bytes of a file with what they mean. */
export interface MappedBytes {
  /** In the file. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** Absent for bytes that no structure claims. */
  readonly structure?: string;
  readonly field?: string;
  readonly value?: string;
}

/** What is opened: an `Assembly`. */
interface MappedContent {
  readonly file: { readonly bytes: Uint8Array };
  readonly image: PEImage | undefined;
  readonly metadata: Metadata | undefined;
}

/** Which structure and field each byte of a file belongs to. Structures are listed once, when the map is made; their fields when they are asked for. */
export class ByteMap {
  readonly #bytes: Uint8Array;
  readonly #structures: readonly MappedStructure[];

  /** What cannot be read has no structure. */
  constructor({ file, image, metadata }: MappedContent) {
    this.#bytes = file.bytes;
    const found: MappedStructure[] = [];
    const add = (structures: () => Iterable<MappedStructure>): void =>
      ifReadable(() => {
        for (const structure of structures()) found.push(structure);
      });
    if (image !== undefined) add(() => imageStructures(image));
    if (metadata !== undefined) {
      add(() => metadataStructures(metadata, metadata.bytes.byteOffset - file.bytes.byteOffset));
      if (image !== undefined) add(() => bodyStructures(image, metadata));
    }
    this.#structures = found.sort((one, other) => one.offset - other.offset || other.size - one.size);
  }

  /** The fields that have bytes of a range, in the order of the file, and what lies between them. Of structures that overlap, the one that begins later goes on. */
  *range(start: number, end: number): Generator<MappedBytes> {
    const limit = Math.min(end, this.#bytes.length);
    let at = Math.max(0, start);
    for (const [index, structure] of this.#structures.entries()) {
      if (structure.offset >= limit) break;
      const next = this.#structures[index + 1];
      const stop = Math.min(limit, structure.offset + structure.size, next === undefined ? limit : Math.max(next.offset, at));
      if (stop <= at) continue;
      if (structure.offset > at) yield this.#bytesOf(at, structure.offset);
      at = Math.max(at, structure.offset);
      for (const field of structure.fields()) {
        if (field.offset + field.size <= at) continue;
        if (field.offset >= stop) break;
        if (field.offset > at) yield { ...this.#bytesOf(at, field.offset), structure: structure.name };
        const from = Math.max(at, field.offset);
        at = Math.min(stop, field.offset + field.size);
        yield {
          ...this.#bytesOf(from, at),
          structure: structure.name,
          field: field.name,
          ...(field.value !== undefined && { value: field.value }),
        };
      }
      if (at < stop) yield { ...this.#bytesOf(at, stop), structure: structure.name };
      at = stop;
    }
    if (at < limit) yield this.#bytesOf(at, limit);
  }

  #bytesOf(start: number, end: number): MappedBytes {
    return { offset: start, bytes: this.#bytes.subarray(start, end) };
  }
}
