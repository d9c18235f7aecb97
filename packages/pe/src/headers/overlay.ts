import type { FileOffset } from '../address.ts';
import type { PEImage } from '../pe-image.ts';

export interface Overlay {
  readonly offset: FileOffset;
  /** In bytes. */
  readonly size: number;
}

/**
 * The bytes of the file behind its last section: installers' payloads, bundles, certificates (which the security directory points at).
 * `undefined` when there is nothing, and in a dump, which has no file behind its sections.
 */
export function overlayOf(image: PEImage): Overlay | undefined {
  if (image.layout === 'mapped') return undefined;
  const ends = image.sections
    .filter((section) => section.sizeOfRawData > 0)
    .map((section) => section.pointerToRawData + section.sizeOfRawData);
  const offset = ends.reduce((last, end) => Math.max(last, end), image.optionalHeader.sizeOfHeaders);
  return offset < image.bytes.length ? { offset, size: image.bytes.length - offset } : undefined;
}
