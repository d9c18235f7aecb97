import { ByteReader, ByteWriter } from '@ijw/binary';

/** A block of RT_STRING holds this many strings, each with its length in characters before it. */
const BLOCK_STRINGS = 16;

export interface ResourceString {
  readonly id: number;
  readonly text: string;
}

/** The strings of one RT_STRING resource, whose name is the number of the block. Empty ones are not there. Throws `BadImageError`. */
export function decodeStringTable(bytes: Uint8Array, block: number, base = 0): ResourceString[] {
  const reader = new ByteReader(bytes, { base, reading: 'a string table' });
  const strings: ResourceString[] = [];
  for (let index = 0; index < BLOCK_STRINGS && reader.remaining >= 2; index++) {
    const text = reader.utf16(reader.u16() * 2);
    if (text !== '') strings.push({ id: (block - 1) * BLOCK_STRINGS + index, text });
  }
  return strings;
}

/** The twin: the block of the strings whose identifiers fall into it. */
export function encodeStringTable(strings: readonly ResourceString[], block: number): Uint8Array {
  const texts = new Map(strings.map(({ id, text }) => [id, text]));
  const writer = new ByteWriter();
  for (let index = 0; index < BLOCK_STRINGS; index++) {
    const text = texts.get((block - 1) * BLOCK_STRINGS + index) ?? '';
    writer.u16(text.length).utf16(text);
  }
  return writer.toBytes();
}
