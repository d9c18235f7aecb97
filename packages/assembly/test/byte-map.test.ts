// The map from bytes to structures: every byte of a file once, fields of headers, rows, heaps, bodies, fixups and slots.

import { Assembly, ByteMap, type MappedBytes } from '@ijw/assembly';
import { buildMixedImage, damagedImages, managedSample } from '@ijw/fixtures';
import { describe, expect, it } from 'vitest';

const mixed = buildMixedImage({ architecture: 'x64', host: 'mscoree.dll', records: [{ type: 6, slots: ['Add', 'Twice'] }] }).bytes;

async function mapOf(bytes: Uint8Array): Promise<readonly MappedBytes[]> {
  const assembly = await Assembly.open(bytes);
  const metadata = assembly.diagnostics.attempt(() => assembly.metadata);
  return [...new ByteMap({ file: assembly.file, image: assembly.image, metadata }).range(0, bytes.length)];
}

const labels = (all: readonly MappedBytes[]): readonly string[] =>
  all.flatMap(({ structure, field, value }) =>
    field === undefined ? [] : [`${structure}: ${field}${value === undefined ? '' : ` = ${value}`}`],
  );

/** Every byte is there once, in order. */
function expectWhole(all: readonly MappedBytes[], bytes: Uint8Array): void {
  let at = 0;
  for (const part of all) {
    expect(part.offset).toBe(at);
    expect(part.bytes.length).toBeGreaterThan(0);
    at += part.bytes.length;
  }
  expect(at).toBe(bytes.length);
}

describe('ByteMap', () => {
  it('has every byte of a mixed image once', async () => {
    const all = await mapOf(mixed);
    expectWhole(all, mixed);
    const found = labels(all);
    expect(found).toContain('COFF header: machine = 0x8664');
    expect(found).toContain('optional header: magic = 0x20b');
    expect(found).toContain('vtable fixup 0: count = 2');
    expect(found.filter((label) => label.startsWith('slot '))).toHaveLength(2);
    expect(found).toContain('metadata root: signature = BSJB');
    expect(found.some((label) => /^MethodDef: 0x06000001\.Name = /.test(label))).toBe(true);
    expect(found.some((label) => /^#Strings: 0x[0-9a-f]+ = "/.test(label))).toBe(true);
    expect(found.some((label) => /^body of .*: IL_0000 = /.test(label))).toBe(true);
  });

  it('gives a part of a field where the range begins within it', async () => {
    const assembly = await Assembly.open(managedSample());
    const map = new ByteMap(assembly);
    expect([...map.range(0x3d, 0x3f)]).toMatchObject([{ offset: 0x3d, structure: 'DOS header', bytes: { length: 2 } }]);
    expect([...map.range(10, 5)]).toEqual([]);
  });

  it.each(damagedImages(managedSample()).map(({ name, bytes }) => [name, bytes] as const))('stays whole for %s', async (_, bytes) => {
    const opened = await Assembly.open(bytes).catch(() => undefined);
    if (opened !== undefined) expectWhole(await mapOf(bytes), bytes);
  });
});
