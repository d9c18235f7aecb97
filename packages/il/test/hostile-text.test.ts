import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BadImageError, Diagnostics } from '@ijw/binary';
import { disassemble } from '@ijw/il';
import { Metadata } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyCases } from './golden-cases/body-cases.ts';
import { manifestCases } from './golden-cases/manifest-cases.ts';
import { methodCases } from './golden-cases/method-cases.ts';
import { typeCases } from './golden-cases/type-cases.ts';
import { buildILImage } from './il-image.ts';

const edge = readFileSync(join(import.meta.dirname, '../../../node_modules/edge-js/lib/native/win32/x64/26/edge_nativeclr.node'));
const goldens = Object.values({ ...manifestCases, ...typeCases, ...methodCases, ...bodyCases }).map(({ fill, cli }) =>
  buildILImage(fill, cli),
);
const extremes = [0x00, 0x01, 0x7f, 0x80, 0xff, 0xfe];

/** The text of an image may be cut short by `BadImageError` alone, and stays in proportion to the image. */
function disassembled(bytes: Uint8Array): number {
  let length = 0;
  try {
    const image = PEImage.parse(bytes);
    const metadata = Metadata.of(image);
    if (metadata === undefined) return 0;
    disassemble(image, metadata, (chunk) => (length += chunk.length), new Diagnostics(), { strict: true });
  } catch (error) {
    if (!(error instanceof BadImageError)) throw error;
  }
  return length;
}

const change = fc.record({ at: fc.nat(), byte: fc.oneof(fc.constantFrom(...extremes), fc.nat({ max: 255 })) });

function mutated(original: Uint8Array, changes: readonly { readonly at: number; readonly byte: number }[], from: number): Uint8Array {
  const bytes = original.slice();
  for (const { at, byte } of changes) bytes[from + (at % (bytes.length - from))] = byte;
  return bytes;
}

describe('hostile images', () => {
  it('of every construct', () => {
    fc.assert(
      fc.property(fc.nat({ max: goldens.length - 1 }), fc.array(change, { minLength: 1, maxLength: 4 }), (index, changes) => {
        expect(disassembled(mutated(goldens[index]!, changes, 0x200))).toBeLessThan(1e7);
      }),
      { numRuns: 3000, seed: 4 },
    );
  });

  it('of a compiler', () => {
    const metadata = PEImage.parse(edge);
    const base = Metadata.of(metadata)!.place.base;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        expect(disassembled(mutated(edge, changes, base))).toBeLessThan(1e8);
      }),
      { numRuns: 40, seed: 4 },
    );
  });

  it('that are cut off', () => {
    for (const bytes of goldens) for (let length = bytes.length; length > 0x200; length -= 97) disassembled(bytes.subarray(0, length));
  });
});
