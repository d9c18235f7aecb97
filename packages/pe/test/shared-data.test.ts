// Directories whose entries share one datum: read as long as all of it is no more than twice the file, and no further.
import { ByteWriter } from '@ijw/binary';
import { describe, expect, test } from 'vitest';
import { PEBuilder } from '../src/builder/index.ts';
import { DebugType, readDebugDirectory } from '../src/debug/index.ts';
import { type DirectoryName, headersDocument, PEImage } from '../src/index.ts';
import { readReadyToRunHeader } from '../src/ready-to-run/index.ts';
import { listDecodedResources, ResourceType, readResourceDirectory } from '../src/resources/index.ts';

const START = 0x1000;

/** An image with everything at known places from RVA 0x1000 on. */
function imageWith(
  name: DirectoryName,
  content: (at: (bytes: Uint8Array) => number) => { readonly rva: number; readonly size: number },
): PEImage {
  const writer = new ByteWriter();
  const add = (bytes: Uint8Array): number => {
    writer.align(16);
    const rva = START + writer.length;
    writer.bytes(bytes);
    return rva;
  };
  const place = content(add);
  const builder = new PEBuilder();
  builder.addSection('.data', { rva: START }).add(writer.toBytes(), { rva: START });
  builder.setDirectory(name, place);
  return PEImage.parse(builder.build());
}

const SIZE = 100_000;
const tooMuch = (image: PEImage): boolean => image.diagnostics.entries.some(({ code }) => code === 'TOO_MUCH_DATA');

/** How many entries of `SIZE` bytes are affordable. */
const affordable = (image: PEImage): number => Math.floor((image.bytes.length * 2 + 0x10000) / SIZE);

describe('debug entries', () => {
  const image = (count: number): PEImage =>
    imageWith('debug', (add) => {
      const data = add(new Uint8Array(SIZE));
      const entries = new ByteWriter();
      for (let left = count; left > 0; left--) entries.fill(12).u32(DebugType.REPRO).u32(SIZE).u32(data).u32(0);
      return { rva: add(entries.toBytes()), size: entries.length };
    });

  test('that share their data are read up to the budget', () => {
    const below = image(2);
    expect(affordable(below)).toBe(2);
    expect(readDebugDirectory(below)).toHaveLength(2);
    expect(tooMuch(below)).toBe(false);
    const above = image(3);
    expect(readDebugDirectory(above)).toHaveLength(2);
    expect(tooMuch(above)).toBe(true);
  });
});

describe('resources', () => {
  const directory = (entries: readonly (readonly [number, number])[]): Uint8Array => {
    const writer = new ByteWriter().fill(14).u16(entries.length);
    for (const [id, offset] of entries) writer.u32(id).u32(offset);
    return writer.toBytes();
  };
  const image = (leaves: number): PEImage =>
    imageWith('resource', (add) => {
      const data = add(new Uint8Array(SIZE).fill(0x41));
      const tree = new ByteWriter()
        .bytes(directory([[ResourceType.MANIFEST, 0x80000018]]))
        .bytes(directory([[1, 0x80000030]]))
        .bytes(directory(Array.from({ length: leaves }, (_, id) => [id, 0x40 + 8 * leaves])))
        .u32(data)
        .u32(SIZE)
        .fill(8);
      return { rva: add(tree.toBytes()), size: tree.length };
    });
  const decoded = (from: PEImage): number =>
    [...listDecodedResources(from, readResourceDirectory(from)!)].filter((one) => 'manifest' in one).length;

  test('that share their data are decoded up to the budget, and listed all the same', () => {
    const below = image(2);
    expect(decoded(below)).toBe(2);
    expect(tooMuch(below)).toBe(false);
    const above = image(200);
    expect(decoded(above)).toBe(affordable(above));
    expect([...listDecodedResources(above, readResourceDirectory(above)!)]).toHaveLength(200);
    expect(tooMuch(above)).toBe(true);
  });

  test('stand in the document of the headers', () => {
    expect(headersDocument(image(2)).resources).toHaveLength(2);
  });
});

describe('components of a composite image', () => {
  const SECTIONS = 8000;
  const CORE = 8 + 12 * SECTIONS;
  const image = (count: number): PEImage =>
    imageWith('cliHeader', (add) => {
      const core = add(
        new ByteWriter()
          .u32(0)
          .u32(SECTIONS)
          .fill(12 * SECTIONS)
          .toBytes(),
      );
      const components = new ByteWriter();
      for (let left = count; left > 0; left--) components.u32(0).u32(0).u32(core).u32(CORE);
      const place = add(components.toBytes());
      const header = new ByteWriter().u32(0x00525452).u16(9).u16(0).u32(0).u32(1).u32(115).u32(place).u32(components.length);
      const readyToRun = add(header.toBytes());
      const cli = new ByteWriter().u32(72).u16(2).u16(5).fill(56).u32(readyToRun).u32(header.length);
      return { rva: add(cli.toBytes()), size: 72 };
    });
  const componentsOf = (from: PEImage): number | undefined => {
    const header = readReadyToRunHeader(from);
    return header?.kind === 'readyToRun' ? header.components.length : undefined;
  };

  test('that share a header are read up to the budget', () => {
    expect(componentsOf(image(2))).toBe(2);
    const above = image(3);
    expect(Math.floor((above.bytes.length * 2 + 0x10000) / CORE)).toBe(2);
    expect(componentsOf(above)).toBe(2);
    expect(tooMuch(above)).toBe(true);
  });
});
