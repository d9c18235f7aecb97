import { hexDigits } from '@ijw/binary';
import { type Disassembly, limitation } from './disassembly.ts';
import { quotedName } from './lexical/string-literal.ts';

/** ECMA-335 II.25.3.3.3, and the two bits that the standard leaves out. */
const TYPE_WORDS: readonly (readonly [number, string])[] = [
  [0x01, 'int32'],
  [0x02, 'int64'],
  [0x04, 'fromunmanaged'],
  [0x08, 'retainappdomain'],
  [0x10, 'callmostderived'],
];

/** `.vtfixup` for every record, each with its slots as data; and the exports that no method can carry. */
export function writeVTableFixups(disassembly: Disassembly): void {
  const { options, sink } = disassembly;
  for (const { rva, count, type, bytes } of options.vtable?.fixups ?? []) {
    const words = TYPE_WORDS.filter(([bit]) => type & bit).map(([, word]) => `${word} `);
    const label = `VT_${hexDigits(rva, 8).toUpperCase()}`;
    sink.line(`.vtfixup [${count}] ${words.join('')}at ${label}`);
    sink.start().text(`.data ${label} = bytearray (`).hexBytes(bytes).text(')').end();
  }
  for (const { ordinal, name, target } of options.vtable?.otherExports ?? []) {
    const text = name === undefined ? `${ordinal}` : `${ordinal} ${quotedName(name)}`;
    limitation(disassembly, 0, `The export ${text} leads to ${target}, not to a method: IL has no directive for it`);
  }
}
