// The `M`, `E` and `I` lines of bodies.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InstructionCursor, type ListingOptions, writeILListing } from '@ijw/il';
import { Metadata } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import { describe, expect, it } from 'vitest';
import { AsciiWriter } from '../src/listing/ascii-writer.ts';
import { writeInstructionLines } from '../src/listing/instruction-listing.ts';

const edge = join(import.meta.dirname, '../../../node_modules/edge-js/lib/native/win32');

function listingOf(path: string, options?: ListingOptions): { readonly text: string; readonly chunks: readonly number[] } {
  const image = PEImage.parse(readFileSync(join(edge, path, 'edge_nativeclr.node')));
  const chunks: Uint8Array[] = [];
  writeILListing(image, Metadata.of(image)!, (bytes) => chunks.push(bytes.slice()), options);
  return { text: Buffer.concat(chunks).toString('latin1'), chunks: chunks.map(({ length }) => length) };
}

describe('the listing of an image', () => {
  // The digests are those of the same listing by System.Reflection.Metadata (tools/compare-il.ts compares whole folders).
  it.each([
    ['x64/26', '19b951cc9636d206a2d3f7182a924b1fee2f2bc296a5e983e386e4292057b2d4', 'Z bodies=225 instructions=10103 ilbytes=22229'],
    ['ia32/22', 'eb0dc625974ad1424573523ad13a6b701fae9a1f087be735be8b63ecdae4b7a2', 'Z bodies=220 instructions=8753 ilbytes=20362'],
    ['arm64/26', 'e38b593b68ca3e51bb69c942928804b2a53ae6d20a8a313212b117c23afdf9f7', 'Z bodies=225 instructions=10116 ilbytes=22366'],
  ])('%s is that of the reference reader', (path, digest, totals) => {
    const { text } = listingOf(path);
    expect(text.trimEnd().split('\n').at(-1)).toBe(totals);
    expect(createHash('sha256').update(text).digest('hex')).toBe(digest);
  });

  it('reaches the sink in chunks', () => {
    const { chunks } = listingOf('x64/26');
    expect(chunks.length).toBeGreaterThan(3);
    expect(Math.max(...chunks)).toBeLessThan(0x20000);
  });

  it('can leave out the instructions, or be of one method', () => {
    expect(new Set(listingOf('x64/26', { instructions: false }).text.match(/^./gm))).toEqual(new Set(['M', 'E', 'Z']));
    const lines = listingOf('x64/26', { rid: 1 }).text.trimEnd().split('\n');
    expect(lines.map((line) => line.split(' ')[1]).slice(0, -1)).toEqual(lines.slice(0, -1).map(() => '1'));
  });
});

describe('the lines of instructions', () => {
  const linesOf = (...code: readonly number[]): readonly string[] => {
    const writer = new AsciiWriter();
    const count = writeInstructionLines(writer, new InstructionCursor(Uint8Array.from(code)));
    const lines = new TextDecoder().decode(writer.written).trimEnd().split('\n');
    expect(lines).toHaveLength(count);
    return lines;
  };

  it.each([
    ['ldc.i4.s is signed', [0x1f, 0xff], '0000 ldc.i4.s -1'],
    ['other bytes are not', [0xfe, 0x12, 0xff], '0000 unaligned. 255'],
    ['short variables', [0x0e, 0xff], '0000 ldarg.s 255'],
    ['long variables', [0xfe, 0x09, 0xff, 0xff], '0000 ldarg 65535'],
    ['ldc.i4', [0x20, 0, 0, 0, 0x80], '0000 ldc.i4 -2147483648'],
    ['ldc.i8', [0x21, 0, 0, 0, 0, 0, 0, 0, 0x80], '0000 ldc.i8 -9223372036854775808'],
    ['ldc.r4', [0x22, 0, 0, 0x80, 0x3f], '0000 ldc.r4 3f800000'],
    ['ldc.r8', [0x23, 1, 0, 0, 0, 0, 0, 0xf0, 0x7f], '0000 ldc.r8 7ff0000000000001'],
    ['tokens', [0x28, 1, 0, 0, 0x0a], '0000 call 0a000001'],
    ['a branch backwards out of the code', [0x2b, 0xf0], '0000 br.s -000e'],
    ['a branch whose target wraps', [0x38, 0xfb, 0xff, 0xff, 0x7f], '0000 br -80000000'],
    ['switch', [0x45, 2, 0, 0, 0, 0, 0, 0, 0, 0xf3, 0xff, 0xff, 0xff], '0000 switch (000d,0000)'],
    ['an empty switch', [0x45, 0, 0, 0, 0], '0000 switch ()'],
  ])('show %s', (_, code, line) => {
    expect(linesOf(...code)).toEqual([line]);
  });

  it('show what is no instruction a byte at a time, `no.` too, whose name the reference does not know', () => {
    expect(linesOf(0x24, 0xfe, 0x19, 0x00, 0xfe)).toEqual(['0000 bad 24', '0001 bad fe', '0002 ldc.i4.3', '0003 nop', '0004 bad fe']);
  });
});
