import { isDecorated } from '../src/index.ts';

/** The decorated names among the NUL-terminated strings of a file: export and import names, metadata strings, run-time type data. */
export function decoratedStrings(bytes: Uint8Array): Set<string> {
  const found = new Set<string>();
  let start = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte >= 0x20 && byte < 0x7f) continue;
    if (byte === 0 && i - start > 4 && i - start < 8192) {
      const text = String.fromCharCode(...bytes.subarray(start, i));
      if (isDecorated(text)) found.add(text);
    }
    start = i + 1;
  }
  return found;
}
