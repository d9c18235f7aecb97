// Covers the parsers in src/generated: they are what binary-parser writes today, and they read what binary-parser reads.
import { readFileSync } from 'node:fs';
import { ByteReader, ByteWriter } from '@ijw/binary';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { declarations, PARSERS_FILE, parserOf, parsersText } from '../tools/write-parsers.ts';

const all = await declarations();

describe('generated parsers', () => {
  it('are in step with the declarations (npm run generate)', async () => {
    expect(readFileSync(PARSERS_FILE, 'utf8')).toBe(await parsersText());
  });

  it('exist for the headers of an image', () => {
    const names = all.map(({ name }) => name);
    for (const name of ['dosHeader', 'coffHeader', 'optionalHeader32', 'optionalHeader64', 'sectionHeader', 'cliHeader'])
      expect(names).toContain(name);
  });

  it.each(all)('$name reads what binary-parser reads, and writes it back', ({ layout }) => {
    const structureBytes = fc.uint8Array({ minLength: layout.size, maxLength: layout.size });
    fc.assert(
      fc.property(structureBytes, fc.nat(9), (bytes, before) => {
        const reader = new ByteReader(new Uint8Array([...Array(before).fill(0xcc), ...bytes, 0xcc]));
        reader.skip(before);
        const value = layout.read(reader);
        const { ...expected } = parserOf(layout.fields).parse(bytes);
        expect(value).toEqual(expected);
        expect(reader.position).toBe(before + layout.size);
        const writer = new ByteWriter();
        layout.write(writer, value);
        expect(writer.toBytes()).toEqual(bytes);
      }),
      { numRuns: 20 },
    );
  });

  it.each(all)('$name fails with TRUNCATED where a byte lacks', ({ layout }) => {
    const reader = new ByteReader(new Uint8Array(layout.size - 1));
    expect(() => layout.read(reader)).toThrow(expect.objectContaining({ code: 'TRUNCATED' }));
    expect(reader.position).toBe(0);
  });
});
