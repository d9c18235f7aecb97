// SHA-1 against OpenSSL, and public key tokens.
import { createHash } from 'node:crypto';
import { hexBytes } from '@ijw/binary';
import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { publicKeyToken } from '../src/resolution/assembly-identity.ts';
import { sha1 } from '../src/resolution/sha1.ts';

test('the digest is the one of OpenSSL', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      (bytes) => void expect(hexBytes(sha1(bytes))).toBe(createHash('sha1').update(bytes).digest('hex')),
    ),
  );
});

it('gives the token of the ECMA key (ECMA-335 II.6.2.1.3)', () => {
  const standardKey = Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]);
  expect(publicKeyToken(standardKey)).toBe('b77a5c561934e089');
  expect(publicKeyToken(new Uint8Array(0))).toBe('');
});
