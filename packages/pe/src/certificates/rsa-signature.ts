import { hexBytes, hexDigits } from '@ijw/binary';
import type { Certificate } from 'pkijs';
import type { SignatureLibraries } from './signed-data.ts';

/*
 * RSASSA-PKCS1-v1_5 (RFC 8017 8.2.2) for signatures that browsers do not check: MD5 digests, and blocks with a digest alone, which time-stamping services of
 * VeriSign and Symantec made and Windows takes.
 */

/** The DER of a DigestInfo up to the digest (RFC 8017 9.2, note 1). */
const DIGEST_INFO: Readonly<Record<string, string>> = {
  MD5: '3020300c06082a864886f70d020505000410',
  'SHA-1': '3021300906052b0e03021a05000414',
  'SHA-256': '3031300d060960864801650304020105000420',
  'SHA-384': '3041300d060960864801650304020205000430',
  'SHA-512': '3051300d060960864801650304020305000440',
};

const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
/** No certificate authority issues larger keys: the work grows with the third power. */
const MAXIMUM_MODULUS_BITS = 16384;
const MAXIMUM_EXPONENT_BITS = 64;

interface RsaKey {
  readonly modulus: bigint;
  readonly exponent: bigint;
  /** Of the modulus. */
  readonly digits: number;
}

const integer = (hex: string): bigint => BigInt(`0x${hex || '0'}`);
const bitsOf = (value: bigint): number => value.toString(2).length;

function rsaKey({ asn1js }: SignatureLibraries, { subjectPublicKeyInfo }: Certificate): RsaKey | undefined {
  if (subjectPublicKeyInfo.algorithm.algorithmId !== RSA_ENCRYPTION) return undefined;
  const parsed = asn1js.fromBER(new Uint8Array(subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView).buffer);
  if (parsed.offset === -1 || !(parsed.result instanceof asn1js.Sequence)) return undefined;
  const [modulus, exponent] = parsed.result.valueBlock.value;
  if (!(modulus instanceof asn1js.Integer && exponent instanceof asn1js.Integer)) return undefined;
  const key = {
    modulus: integer(hexBytes(modulus.valueBlock.valueHexView)),
    exponent: integer(hexBytes(exponent.valueBlock.valueHexView)),
  };
  const bits = bitsOf(key.modulus);
  if (key.modulus === 0n || bits > MAXIMUM_MODULUS_BITS || bitsOf(key.exponent) > MAXIMUM_EXPONENT_BITS) return undefined;
  return { ...key, digits: Math.ceil(bits / 8) * 2 };
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let factor = base % modulus, left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * factor) % modulus;
    factor = (factor * factor) % modulus;
  }
  return result;
}

export interface RsaSignature {
  readonly certificate: Certificate;
  readonly signature: Uint8Array;
  /** `MD5`, `SHA-1` … */
  readonly algorithm: string;
  /** Of the signed data, hexadecimal. */
  readonly digest: string;
  /** Whether a block with the digest alone is taken. */
  readonly bareDigest: boolean;
}

/** Whether the key made the signature; `undefined` where it is not of RSA or the algorithm is not known. */
export function verifyRsa(
  libraries: SignatureLibraries,
  { certificate, signature, algorithm, digest, bareDigest }: RsaSignature,
): boolean | undefined {
  const key = rsaKey(libraries, certificate);
  const prefix = DIGEST_INFO[algorithm];
  if (key === undefined || prefix === undefined) return undefined;
  const value = integer(hexBytes(signature));
  if (value >= key.modulus) return false;
  const block = hexDigits(power(value, key.exponent, key.modulus), key.digits);
  const holds = (payload: string): boolean => {
    const padding = key.digits - payload.length - 6;
    return padding >= 16 && block === `0001${'f'.repeat(padding)}00${payload}`;
  };
  return holds(prefix + digest) || (bareDigest && holds(digest));
}
