// Names of the #Strings heap as IL text quotes them.
import { Diagnostics, hex } from '@ijw/binary';
import { MetadataPlace, StringHeap } from '@ijw/metadata';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeapNames } from '../src/text/lexical/heap-names.ts';
import { Identifiers } from '../src/text/lexical/identifier.ts';
import { keywords } from '../src/text/lexical/keywords.ts';
import { TextSink } from '../src/text/text-sink.ts';

/** A heap with one string, at offset 1. */
const heapOf = (name: string): StringHeap => new StringHeap(new TextEncoder().encode(`\0${name}\0`), new MetadataPlace(0, undefined));

function written(write: (sink: TextSink) => void): string {
  const sink = new TextSink();
  write(sink);
  return new TextDecoder().decode(sink.bytes.subarray(0, sink.length));
}

const part = fc.oneof(
  fc.constantFrom(...keywords, 'List`1', 'get_Item', '<>c', 'naïve', ''),
  fc.string({ unit: fc.constantFrom('a', 'Z', '_', '#', '@', '$', '?', '`', '7', '-', ' ', "'", '\\', '\n', 'é', '名'), maxLength: 6 }),
);
const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));

describe('names of the #Strings heap', () => {
  it.each([false, true])('are written as identifiers are (all quoted: %s)', (quoteAll) => {
    fc.assert(
      fc.property(name, (text) => {
        const identifiers = new Identifiers({ quoteAll });
        const names = new HeapNames(heapOf(text), identifiers, new Diagnostics());
        expect(written((sink) => names.write(sink, 1))).toBe(identifiers.dotted(text));
        expect(written((sink) => names.writeWord(sink, 1))).toBe(text === '' ? '' : identifiers.simple(text));
        expect(names.isEmpty(1)).toBe(text === '');
      }),
      { numRuns: 3000, seed: 1 },
    );
  });

  it('quotes every keyword', () => {
    for (const word of keywords) {
      const names = new HeapNames(heapOf(word), new Identifiers(), new Diagnostics());
      expect(written((sink) => names.write(sink, 1))).toBe(`'${word}'`);
    }
  });

  it('says once what is wrong with a place, and writes the place', () => {
    const diagnostics = new Diagnostics();
    const heap = new StringHeap(new TextEncoder().encode('\0abc'), new MetadataPlace(0, undefined));
    const names = new HeapNames(heap, new Identifiers(), diagnostics);
    for (const [offset, code] of [
      [9, 'BAD_STRING_OFFSET'],
      [1, 'UNTERMINATED_STRING'],
    ] as const) {
      for (let time = 0; time < 2; time++) expect(written((sink) => names.write(sink, offset))).toBe(`'<string ${hex(offset)}>'`);
      expect(diagnostics.entries.at(-1)).toMatchObject({ code, severity: 'error' });
    }
    expect(diagnostics.entries).toHaveLength(2);
  });
});
