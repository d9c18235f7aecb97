/** `0x1f`: how numbers that are places in a file are written in messages. */
export const hex = (value: number | bigint, digits = 0): string => `0x${value.toString(16).padStart(digits, '0')}`;

/** Lower-case hexadecimal digits without separators: how bytes are written in JSON. */
export function hexBytes(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}
