import type { Disassembly } from './disassembly.ts';

/** ECMA-335 II.25.3.3.3, and the two bits that the standard leaves out. */
const TYPE_WORDS: readonly (readonly [number, string])[] = [
  [0x01, 'int32'],
  [0x02, 'int64'],
  [0x04, 'fromunmanaged'],
  [0x08, 'retainappdomain'],
  [0x10, 'callmostderived'],
];

/** `.vtfixup` for every record, each with its slots as data. */
export function writeVTableFixups({ options, sink }: Disassembly): void {
  for (const { rva, count, type, bytes } of options.vtable?.fixups ?? []) {
    const words = TYPE_WORDS.filter(([bit]) => type & bit).map(([, word]) => `${word} `);
    const label = `VT_${rva.toString(16).toUpperCase().padStart(8, '0')}`;
    sink.line(`.vtfixup [${count}] ${words.join('')}at ${label}`);
    sink.start().text(`.data ${label} = bytearray (`).hexBytes(bytes).text(')').end();
  }
}
