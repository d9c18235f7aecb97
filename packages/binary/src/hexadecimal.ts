/** `001f`: lower-case digits without a prefix, at least as many as `digits` says. */
export const hexDigits = (value: number | bigint, digits = 0): string => value.toString(16).padStart(digits, '0');

/** `0x1f`: how numbers that are places in a file are written in messages. */
export const hex = (value: number | bigint, digits = 0): string => `0x${hexDigits(value, digits)}`;

/** Lower-case hexadecimal digits without separators: how bytes are written in JSON. */
export function hexBytes(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += hexDigits(byte, 2);
  return text;
}
