const utf8 = new TextDecoder();
const utf16 = new TextDecoder('utf-16le');
const utf16BigEndian = new TextDecoder('utf-16be');

/** The XML text of an RT_MANIFEST resource, by its byte order mark; UTF-8 where it has none. */
export function decodeManifest(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return utf16.decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return utf16BigEndian.decode(bytes);
  return utf8.decode(bytes).replace(/\0+$/, '');
}
