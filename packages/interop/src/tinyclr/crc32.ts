/** The polynomial of the checksum that NETMF, nanoFramework and TinyCLR share: CRC-32, most significant bit first. */
const POLYNOMIAL = 0x04c11db7;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ POLYNOMIAL : value << 1;
  return value;
});

/** CRC-32 without reflection and without a final exclusive-or, going on from `crc` (0 at the start). */
export function crc32(bytes: Uint8Array, crc = 0): number {
  let value = crc >>> 0;
  for (const byte of bytes) value = ((value << 8) ^ TABLE[(value >>> 24) ^ byte]!) >>> 0;
  return value;
}
