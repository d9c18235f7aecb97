import { type ByteReader, ByteWriter } from '@ijw/binary';
import { readUtf8 } from '../attributes/serialized-string.ts';

/** Parts of document names are separate blobs; this gives access to them. */
export interface DocumentNameParts {
  /** The UTF-8 text of the blob at a heap index. */
  get(index: number): string;
  /** Adds a text and returns its heap index. */
  add(text: string): number;
}

/** No path is longer; parts that are repeated in a hostile blob would otherwise multiply. */
const MAXIMUM_LENGTH = 0x10000;

/** How many bytes the UTF-8 character takes that starts with this byte. */
const characterLength = (first: number): number => (first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4);

/**
 * Portable PDB specification, "Document Name Blob": a separator (UTF-8, or 0 for none) and the heap indices of the parts. Throws `BadImageError`.
 */
export function readDocumentName(reader: ByteReader, parts: Pick<DocumentNameParts, 'get'>): string {
  const first = reader.peek();
  let separator = '';
  if (first === 0) reader.skip(1);
  else separator = readUtf8(reader, characterLength(first ?? 0));
  const texts: string[] = [];
  let length = 0;
  while (!reader.atEnd) {
    const index = reader.compressedUnsigned();
    const part = index === 0 ? '' : parts.get(index);
    length += part.length + separator.length;
    if (length > MAXIMUM_LENGTH)
      throw reader.error('DOCUMENT_NAME_TOO_LONG', `A document name is longer than ${MAXIMUM_LENGTH} characters`);
    texts.push(part);
  }
  return texts.join(separator);
}

/** The twin of `readDocumentName`. `separator` is one character, or empty to write the name as one part. */
export function writeDocumentName(name: string, separator: string, parts: Pick<DocumentNameParts, 'add'>): Uint8Array {
  const writer = new ByteWriter();
  if (separator === '') writer.u8(0);
  else writer.utf8(separator);
  for (const part of separator === '' ? [name] : name.split(separator)) writer.compressedUnsigned(part === '' ? 0 : parts.add(part));
  return writer.toBytes();
}
