// Mutated method bodies: a body, a diagnostic or a BadImageError.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Diagnostics } from '@ijw/binary';
import {
  callEffectsOf,
  decodeInstructions,
  methodCodes,
  methodsWithCode,
  readControlFlow,
  readILStatistics,
  readStackDepth,
  writeILListing,
} from '@ijw/il';
import { NativeDisassembler } from '@ijw/il/native';
import { Metadata } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const edge = join(import.meta.dirname, '../../../node_modules/edge-js/lib/native/win32');
const original = readFileSync(join(edge, 'x64/26/edge_nativeclr.node'));

/** Where the bodies are in the file: their headers, code and sections. */
const places = (() => {
  const image = PEImage.parse(original);
  const found = [...methodCodes(image, Metadata.of(image)!)];
  return found.flatMap((code) => (code.kind === 'il' ? [{ offset: code.body.fileOffset, size: code.body.size }] : []));
})();

const extremes = [0x00, 0x01, 0x7f, 0x80, 0xff, 0xfe, 0x45, 0x2b, 0x03, 0x0b, 0x41, 0xc1];

/** A change of one byte of one body; headers, which decide the most, as often as all the rest. */
const mutation = fc
  .record({
    place: fc.nat({ max: places.length - 1 }),
    at: fc.oneof(fc.nat({ max: 11 }), fc.nat()),
    byte: fc.oneof(fc.constantFrom(...extremes), fc.nat({ max: 255 })),
  })
  .map(({ place, at, byte }) => ({ offset: places[place]!.offset + (at % places[place]!.size), byte }));

/** Everything that reads bodies, over the whole image. */
function readAll(bytes: Uint8Array): void {
  const image = PEImage.parse(bytes);
  const metadata = Metadata.of(image)!;
  const effects = callEffectsOf(metadata);
  for (const code of methodCodes(image, metadata)) {
    if (code.kind !== 'il') continue;
    const diagnostics = new Diagnostics();
    const flow = readControlFlow(code.body, diagnostics);
    readStackDepth(code.body, flow, effects, diagnostics);
    let size = 0;
    for (const instruction of decodeInstructions(code.body)) size += instruction.size;
    expect(size).toBe(code.body.codeEnd - code.body.codeStart);
  }
  readILStatistics(image, metadata);
  writeILListing(image, metadata, () => {});
}

describe('mutated bodies', () => {
  it('are read to the end, whatever is in them', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 60 }), (mutations) => {
        const bytes = new Uint8Array(original);
        for (const { offset, byte } of mutations) bytes[offset] = byte;
        readAll(bytes);
      }),
      { seed: 4335, numRuns: 60 },
    );
  });

  it('are read to the end where the image is cut off within them', { timeout: 60_000 }, () => {
    for (const { offset } of places.filter((_, index) => index % 20 === 0)) readAll(cutCode(offset + 5));
  });

  it('of machine code are read to the end', async () => {
    const disassembler = await NativeDisassembler.load(PEImage.parse(original), {});
    const image = PEImage.parse(original);
    for (const { rva } of methodsWithCode(Metadata.of(image)!)) {
      const { size, instructions } = disassembler.body(rva);
      expect(instructions.reduce((sum, instruction) => sum + instruction.size, 0)).toBeLessThanOrEqual(size);
    }
  });
});

/** The image with a `.text` section that ends at a file offset: all that lies behind is read as not there. */
function cutCode(end: number): Uint8Array {
  const image = PEImage.parse(original);
  const section = image.sections.find(
    ({ pointerToRawData, sizeOfRawData }) => pointerToRawData < end && end <= pointerToRawData + sizeOfRawData,
  )!;
  const bytes = new Uint8Array(original);
  const view = new DataView(bytes.buffer);
  const headers = image.dosHeader.newHeaderOffset + 24 + image.coffHeader.sizeOfOptionalHeader;
  const at = headers + image.sections.indexOf(section) * 40;
  view.setUint32(at + 8, end - section.pointerToRawData, true);
  view.setUint32(at + 16, end - section.pointerToRawData, true);
  return bytes;
}
