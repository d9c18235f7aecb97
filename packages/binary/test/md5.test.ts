// MD5 against the test suite of RFC 1321, A.5, and against Node's own at every length around a block.
import { createHash } from 'node:crypto';
import { hexBytes, md5 } from '@ijw/binary';
import { expect, test } from 'vitest';

const encoder = new TextEncoder();

test.each([
  ['', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['a', '0cc175b9c0f1b6a831c399e269772661'],
  ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
  ['12345678901234567890123456789012345678901234567890123456789012345678901234567890', '57edf4a22be3c955ac49da2e2107b67a'],
])('the digest of "%s"', (text, digest) => {
  expect(hexBytes(md5(encoder.encode(text)))).toBe(digest);
});

test('lengths around one and two blocks', () => {
  for (let length = 50; length < 140; length++) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 7) & 0xff);
    expect(hexBytes(md5(bytes)), `${length} bytes`).toBe(createHash('md5').update(bytes).digest('hex'));
  }
});
