/** A run of printable characters in raw bytes. */
export interface TextRun {
  /** Of its first byte. */
  readonly offset: number;
  readonly encoding: 'ascii' | 'utf16';
  readonly text: string;
}

/** Shorter runs are chance. */
const SHORTEST = 4;

/** Longer runs are given in pieces. */
const LONGEST = 0x4000;

const TAB = 9;

const isPrintable = (byte: number | undefined): boolean => byte !== undefined && ((byte >= 0x20 && byte < 0x7f) || byte === TAB);

const ascii = new TextDecoder('latin1');
const utf16 = new TextDecoder('utf-16le');

/** The texts in bytes: ASCII, and UTF-16 of ASCII characters (little-endian, at any alignment). */
export function* textRuns(bytes: Uint8Array, start: number, end: number): Generator<TextRun> {
  let at = start;
  while (at < end) {
    if (!isPrintable(bytes[at])) {
      at++;
      continue;
    }
    const limit = Math.min(end, at + LONGEST);
    let next = at + 1;
    if (bytes[next] === 0) {
      while (next < limit && bytes[next] === 0 && isPrintable(bytes[next - 1])) next += 2;
      next--;
      if (next - at >= SHORTEST * 2) yield { offset: at, encoding: 'utf16', text: utf16.decode(bytes.subarray(at, next)) };
    } else {
      while (next < limit && isPrintable(bytes[next])) next++;
      if (next - at >= SHORTEST) yield { offset: at, encoding: 'ascii', text: ascii.decode(bytes.subarray(at, next)) };
      // The last character may be the first of a text in UTF-16, after a length that looks like a character.
      else if (bytes[next] === 0) next--;
    }
    at = Math.max(next, at + 1);
  }
}
