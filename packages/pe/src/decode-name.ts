const utf8 = new TextDecoder();

/** Longer names are left to the decoder, which is faster with them. */
const SHORT = 64;

/** UTF-8 text; short ASCII, which names nearly always are, without the cost of a decoder. */
export function decodeName(bytes: Uint8Array): string {
  if (bytes.length > SHORT) return utf8.decode(bytes);
  let text = '';
  for (const byte of bytes) {
    if (byte >= 0x80) return utf8.decode(bytes);
    text += String.fromCharCode(byte);
  }
  return text;
}
