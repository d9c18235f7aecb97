// IL text of mutated images: text with //@error lines, in bounded time.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BadImageError, Diagnostics } from '@ijw/binary';
import { disassemble } from '@ijw/il';
import { Metadata, type TypeDefOrRefToken } from '@ijw/metadata';
import { encodeTypeSpec } from '@ijw/metadata/signatures';
import { PEImage } from '@ijw/pe';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyCases } from './golden-cases/body-cases.ts';
import { manifestCases } from './golden-cases/manifest-cases.ts';
import { methodCases } from './golden-cases/method-cases.ts';
import { typeCases } from './golden-cases/type-cases.ts';
import { buildILImage, classType, INT } from './il-image.ts';

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

  it('whose types double from one to the next', () => {
    const bytes = buildILImage(({ builder, system }) => {
      const pair = classType(system('System.Pair`2'));
      let last: TypeDefOrRefToken = builder.add('TypeSpec', { Signature: encodeTypeSpec(INT) });
      for (let level = 0; level < 60; level++) {
        const both = [classType(last), classType(last)];
        last = builder.add('TypeSpec', { Signature: encodeTypeSpec({ kind: 'genericInstance', generic: pair, arguments: both }) });
      }
      builder.add('TypeDef', { Name: 'C', Flags: 1, Extends: last });
    });
    const image = PEImage.parse(bytes);
    const diagnostics = new Diagnostics();
    disassemble(image, Metadata.of(image)!, () => {}, diagnostics);
    expect(diagnostics.entries.map(({ code, severity }) => `${severity} ${code}`)).toEqual(['error BAD_TOKEN']);
  });

  it('whose references all have one name', () => {
    const bytes = buildILImage(({ builder }) => {
      builder.add('Assembly', { Name: 'a' });
      for (let left = 20_000; left > 0; left--) builder.add('AssemblyRef', { Name: 'A' });
    });
    const image = PEImage.parse(bytes);
    let text = '';
    disassemble(image, Metadata.of(image)!, (chunk) => (text += new TextDecoder().decode(chunk)), new Diagnostics());
    expect(text).toContain('.assembly extern A as A_19999\n');
  });

  it('that are cut off', () => {
    for (const bytes of goldens) for (let length = bytes.length; length > 0x200; length -= 97) disassembled(bytes.subarray(0, length));
  });
});
