import { BadImageError } from '@ijw/binary';
import fc from 'fast-check';
import { expect } from 'vitest';

const place = fc.noBias(fc.nat());
const byte = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xbf, 0xc0, 0xdf, 0xff), fc.noBias(fc.nat(255)));
const cut = fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: place });

/** A blob with some of its bytes changed, to the values that counts and lengths like least among others, or with its end cut off. */
export const mutated = (blobs: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> =>
  fc.tuple(blobs, fc.array(fc.tuple(place, byte), { minLength: 1, maxLength: 6 }), cut).map(([blob, changes, end]) => {
    const bytes = blob.slice(0, end === undefined ? blob.length : end % (blob.length + 1));
    for (const [position, value] of changes) if (bytes.length > 0) bytes[position % bytes.length] = value;
    return bytes;
  });

/** Reading ends in a value or in a `BadImageError`; every other error is a defect of the reader. */
export function endsWell(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(BadImageError);
  }
}

/** Any blob whatever, and mutations of good ones. */
export const hostile = (good: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> =>
  fc.oneof(fc.uint8Array({ maxLength: 64 }), mutated(good));
