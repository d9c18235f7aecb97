import { hexDigits } from '@ijw/binary';

/** The characters that are written unchanged: printable ASCII but for the space and what the canonical format uses to separate. */
const isPlain: readonly boolean[] = Array.from(
  { length: 256 },
  (_, code) => code > 0x20 && code < 0x7f && !'\\[](){},;!&*/"'.includes(String.fromCharCode(code)),
);

const escaped = (code: number): string => `\\u${hexDigits(code, 4)}`;

/** A name as the canonical format writes it: UTF-16 units other than plain ones as `\uxxxx`. */
export function escapeName(text: string): string {
  let start = 0;
  let result = '';
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x80 && isPlain[code]!) continue;
    result += text.slice(start, index) + escaped(code);
    start = index + 1;
  }
  return start === 0 ? text : result + text.slice(start);
}
