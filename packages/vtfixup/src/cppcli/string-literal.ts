// MSVC names a string literal for its content: ??_C@_ 0 (char) or 1 (wider), the length in bytes, a hash, the first characters.

const windowsText = new TextDecoder('windows-1252');
const utf8Text = new TextDecoder('utf-8', { fatal: true });
const utf16Text = new TextDecoder('utf-16le');

export type LiteralEncoding = 'narrow' | 'utf16' | 'utf32';

/** How the characters of a literal's field are stored: by its name, and by the element type in the name of its array type. */
export function literalEncoding(fieldName: string, typeName: string): LiteralEncoding {
  if (!fieldName.startsWith('??_C@_1')) return 'narrow';
  return typeName.endsWith('_U') ? 'utf32' : 'utf16';
}

function narrowText(bytes: Uint8Array): string {
  try {
    return utf8Text.decode(bytes);
  } catch {
    return windowsText.decode(bytes);
  }
}

function utf32Text(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let offset = 0; offset + 4 <= bytes.length; offset += 4) {
    const point = view.getUint32(offset, true);
    text += point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
  }
  return text;
}

const withoutEnd = (text: string): string => (text.endsWith('\0') ? text.slice(0, -1) : text);

/** The text of a literal without its terminating NUL. Narrow text is UTF-8 where it can be, else Windows-1252. */
export function literalText(bytes: Uint8Array, encoding: LiteralEncoding): string {
  if (encoding === 'narrow') return withoutEnd(narrowText(bytes));
  return withoutEnd(encoding === 'utf16' ? utf16Text.decode(bytes) : utf32Text(bytes));
}
