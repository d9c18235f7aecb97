// Text as UTF-8 bytes: labels, numbers, runs copied word by word, and lines of any length that reach the output whole and in order.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextSink } from '../src/text/text-sink.ts';

const kept = (write: (sink: TextSink) => void): string => {
  const sink = new TextSink();
  write(sink);
  return new TextDecoder().decode(sink.bytes.subarray(0, sink.length));
};

/** What reaches an output, its chunks joined. */
function sent(write: (sink: TextSink) => void): { readonly text: string; readonly chunks: number } {
  const chunks: Uint8Array[] = [];
  const sink = new TextSink((chunk) => chunks.push(chunk.slice()));
  write(sink);
  sink.flush();
  return { text: Buffer.concat(chunks).toString(), chunks: chunks.length };
}

const view = (text: string): DataView => new DataView(new TextEncoder().encode(text).buffer);

describe('a text sink', () => {
  it.each([
    [0, 'IL_0000'],
    [0x1f, 'IL_001f'],
    [0xffff, 'IL_ffff'],
    [0x10000, 'IL_10000'],
    [0xabcdef, 'IL_abcdef'],
    [0x7fffffff, 'IL_7fffffff'],
  ])('labels offset %i %s', (offset, label) => {
    expect(kept((sink) => sink.label(offset).text(';'))).toBe(`${label};`);
    const instruction = (sink: TextSink): void => {
      sink.indent = 6;
      sink.startInstruction(offset).text('nop').end();
    };
    expect(kept(instruction)).toBe(`      ${label}:  nop\n`);
  });

  it.each([0, 9, 10, 99, 100, 65535, 4294967295])('writes %i in decimal digits', (value) => {
    expect(kept((sink) => sink.decimal(value).text(';'))).toBe(`${value};`);
  });

  it('writes bytes, and some of them, as pairs of digits', () => {
    const bytes = Uint8Array.of(0x01, 0x0a, 0xff, 0x90);
    expect(kept((sink) => sink.hexBytes(bytes))).toBe('01 0A FF 90');
    expect(kept((sink) => sink.hexBytes(bytes, 1, 3).text(')'))).toBe('0A FF)');
    expect(kept((sink) => sink.hexBytes(bytes, 2, 2))).toBe('');
  });

  it('copies runs of any length and place, to the last byte of a buffer', () => {
    const from = view('abcdefghijk');
    for (let start = 0; start <= 11; start++)
      for (let end = start; end <= 11; end++)
        expect(kept((sink) => sink.text('<').run(from, start, end).text('>'))).toBe(`<${'abcdefghijk'.slice(start, end)}>`);
  });

  it('copies what it holds itself', () => {
    expect(kept((sink) => sink.text('abcdefg').run(sink.view, 1, 7).text('.'))).toBe('abcdefgbcdefg.');
  });

  it('passes lines and texts of any length on, whole and in order', () => {
    const part = fc.oneof(
      fc.record({ text: fc.constantFrom('a', 'nop', 'é', '名', '😀'), times: fc.constantFrom(1, 7, 0x7fff, 0x8000, 0x28000, 0x50001) }),
      fc.record({ text: fc.constant('\n'), times: fc.constant(1) }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const expected = parts.map(({ text, times }) => text.repeat(times)).join('');
        const asText = sent((sink) => {
          for (const { text, times } of parts) text === '\n' ? sink.end() : sink.text(text.repeat(times));
        });
        const asRuns = sent((sink) => {
          for (const { text, times } of parts) {
            const from = view(text.repeat(times));
            text === '\n' ? sink.end() : sink.run(from, 0, from.byteLength);
          }
        });
        expect(asText.text === expected).toBe(true);
        expect(asRuns.text === expected).toBe(true);
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  it('empties its buffer at the ends of lines', () => {
    const { text, chunks } = sent((sink) => {
      for (let line = 0; line < 50_000; line++) sink.start().text('nop').end();
    });
    expect(text).toBe('nop\n'.repeat(50_000));
    expect(chunks).toBe(2);
  });
});
