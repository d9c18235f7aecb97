/**
 * MD5 (RFC 1321). WebCrypto does not have it; old Authenticode signatures and the import hash that scanners compare use it.
 */
const SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;

/** RFC 1321 3.4: 2^32 times the sine of each step's number. */
const SINES = Int32Array.from({ length: 64 }, (_, index) => Math.floor(Math.abs(Math.sin(index + 1)) * 0x1_0000_0000));

/** The bits that each of the four rounds takes from three words, and the word of the block that a step of it takes. */
const ROUNDS: readonly {
  readonly mix: (b: number, c: number, d: number) => number;
  readonly word: (step: number) => number;
}[] = [
  { mix: (b, c, d) => (b & c) | (~b & d), word: (step) => step },
  { mix: (b, c, d) => (d & b) | (~d & c), word: (step) => 5 * step + 1 },
  { mix: (b, c, d) => b ^ c ^ d, word: (step) => 3 * step + 5 },
  { mix: (b, c, d) => c ^ (b | ~d), word: (step) => 7 * step },
];

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

/** The message, a one bit, zeroes, and the length in bits, in blocks of 64 bytes. */
function padded(message: Uint8Array): DataView {
  const bytes = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64);
  bytes.set(message);
  bytes[message.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setUint32(bytes.length - 8, message.length << 3, true);
  view.setUint32(bytes.length - 4, Math.floor(message.length / 0x2000_0000), true);
  return view;
}

function compress(state: Int32Array, block: DataView, start: number): void {
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  for (let step = 0; step < 64; step++) {
    const { mix, word } = ROUNDS[step >>> 4]!;
    const sum = (a + mix(b, c, d) + SINES[step]! + block.getInt32(start + (word(step) & 15) * 4, true)) | 0;
    a = d;
    d = c;
    c = b;
    b = (b + rotate(sum, SHIFTS[step >>> 4]![step & 3]!)) | 0;
  }
  [a, b, c, d].forEach((value, index) => {
    state[index] = state[index]! + value;
  });
}

/** The 16 bytes of the digest. */
export function md5(message: Uint8Array): Uint8Array {
  const view = padded(message);
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  for (let start = 0; start < view.byteLength; start += 64) compress(state, view, start);
  const digest = new DataView(new ArrayBuffer(16));
  state.forEach((word, index) => {
    digest.setInt32(index * 4, word, true);
  });
  return new Uint8Array(digest.buffer);
}
