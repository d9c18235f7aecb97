import { BadImageError, ByteReader } from '@ijw/binary';

const SIGNATURE = 0x424a5342;
/** A stream's name with its NUL, at most. */
const NAME_LIMIT = 32;
const STREAM_HEADER_SIZE = 40;

interface Stream {
  readonly offset: number;
  readonly end: number;
}

/**
 * The last part of CheckCorHeader (ECMA-335 II.24.2.1 and II.24.2.2): signature, version string, stream headers, and streams that lie inside the
 * metadata and not over one another. The runtime asks for the room of a whole stream header with a 32-byte name, however short the name is.
 * `bytes` may be fewer than `size`, the claim of the CLI header.
 */
export function metadataRootProblem(bytes: Uint8Array, size: number): MetadataRootProblem | undefined {
  try {
    return streamsProblem(bytes, size);
  } catch (error) {
    if (error instanceof BadImageError) return corrupt(`has metadata that ends early: ${error.message}`);
    throw error;
  }
}

/** `corrupt` is an error that opening the metadata finds as well; only CheckCorHeader checks `layout`. */
export interface MetadataRootProblem {
  readonly kind: 'corrupt' | 'layout';
  readonly text: string;
}

const corrupt = (text: string): MetadataRootProblem => ({ kind: 'corrupt', text });

function streamsProblem(bytes: Uint8Array, size: number): MetadataRootProblem | undefined {
  const reader = new ByteReader(bytes, { reading: 'the metadata root' });
  if (reader.u32() !== SIGNATURE) return corrupt('has metadata without its signature');
  reader.skip(8);
  const versionLength = reader.u32();
  reader.skip(versionLength);
  reader.skip(2);
  const count = reader.u16();
  const headers: { readonly offset: number; readonly size: number }[] = [];
  for (let index = 0; index < count; index++) {
    if (reader.remaining < STREAM_HEADER_SIZE) return corrupt('has stream headers beyond its metadata');
    headers.push({ offset: reader.u32(), size: reader.u32() });
    const name = bytes.indexOf(0, reader.position) - reader.position;
    if (name <= 0 || name >= NAME_LIMIT) return corrupt('has a stream without a name');
    reader.skip(Math.ceil((name + 1) / 4) * 4);
  }
  return overlapProblem(headers, reader.position, size);
}

function overlapProblem(
  headers: readonly { readonly offset: number; readonly size: number }[],
  start: number,
  end: number,
): MetadataRootProblem | undefined {
  let left = end - start;
  const seen: Stream[] = [];
  for (const { offset, size } of headers) {
    const stream = { offset, end: offset + size };
    if (stream.end > end) return corrupt('has a stream outside its metadata');
    if (offset < start || offset >= end || size > left) return { kind: 'layout', text: 'has a stream outside its metadata' };
    const isOver = seen.some((other) => offset < other.end && stream.end > other.offset);
    if (isOver) return { kind: 'layout', text: 'has two streams over one another' };
    left -= size;
    seen.push(stream);
  }
  return undefined;
}
