/** The image for another CLR. The version strings of CLR 2 and CLR 4 are of one length. */
export function withVersion(bytes: Uint8Array, version: string): Uint8Array {
  const text = new TextDecoder('latin1').decode(bytes);
  const at = text.indexOf('v4.0.30319');
  if (at < 0) return bytes;
  const changed = Uint8Array.from(bytes);
  changed.fill(0, at, at + 12);
  changed.set(new TextEncoder().encode(version), at);
  return changed;
}
