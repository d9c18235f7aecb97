import { hexBytes } from '@ijw/binary';
import type { Metadata } from '../metadata.ts';

/** The content of a heap at an offset (GUIDs: at a number from 1). */
export interface HeapEntry {
  readonly offset: number;
  /** A string, a GUID, or the bytes of a blob in hexadecimal digits. */
  readonly text: string;
}

/** The heaps of metadata, by the names of their streams (ECMA-335 II.24.2.2). */
export const heapNames = ['#Strings', '#US', '#Blob', '#GUID'] as const;
export type HeapName = (typeof heapNames)[number];

function* strings({ strings: heap }: Metadata): Generator<HeapEntry> {
  for (let offset = 1; offset < heap.size; ) {
    const end = heap.bytes.indexOf(0, offset);
    if (end !== offset) yield { offset, text: heap.get(offset) };
    offset = end < 0 ? heap.size : end + 1;
  }
}

function* blobs({ blobs: heap }: Metadata): Generator<HeapEntry> {
  for (let offset = 1; offset < heap.size; ) {
    const bytes = heap.get(offset);
    if (bytes.length > 0) yield { offset, text: hexBytes(bytes) };
    offset = heap.start(offset) + bytes.length;
  }
}

function* guids({ guids: heap }: Metadata): Generator<HeapEntry> {
  for (let index = 1; index <= heap.count; index++) yield { offset: index, text: heap.get(index) ?? '' };
}

const READERS: Readonly<Record<HeapName, (metadata: Metadata) => Iterable<HeapEntry>>> = {
  '#Strings': strings,
  '#US': ({ userStrings }) => userStrings.entries(),
  '#Blob': blobs,
  '#GUID': guids,
};

/** The entries of a heap, in order; padding is left out. @throws BadImageError where an entry cannot be read, after those before it */
export const heapEntries = (metadata: Metadata, heap: HeapName): Iterable<HeapEntry> => READERS[heap](metadata);
