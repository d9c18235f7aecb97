import { hexBytes, md5 } from '@ijw/binary';
import type { AsnType } from 'asn1js';
import type { Certificate, CryptoEngine, SignedData, SignerInfo } from 'pkijs';
import type { CertificateIdentity } from './checked-signer.ts';

/** The libraries that read PKCS #7 and check signatures, loaded when certificates are read. */
export interface SignatureLibraries {
  readonly asn1js: typeof import('asn1js');
  readonly pkijs: typeof import('pkijs');
  readonly engine: CryptoEngine;
}

/** With the cryptography that browsers and Node have. */
export async function loadSignatureLibraries(): Promise<SignatureLibraries> {
  const [asn1js, pkijs] = await Promise.all([import('asn1js'), import('pkijs')]);
  return { asn1js, pkijs, engine: new pkijs.CryptoEngine({ name: 'WebCrypto', crypto: globalThis.crypto }) };
}

/** Digests (RFC 8017 B.1), and algorithms of signatures that some signers name in the place of their digest. */
const digestNames: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.5': 'MD5',
  '1.2.840.113549.1.1.4': 'MD5',
  '1.3.14.3.2.26': 'SHA-1',
  '1.3.14.3.2.29': 'SHA-1',
  '1.2.840.113549.1.1.5': 'SHA-1',
  '1.2.840.113549.1.1.11': 'SHA-256',
  '1.2.840.113549.1.1.12': 'SHA-384',
  '1.2.840.113549.1.1.13': 'SHA-512',
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
};

/** `SHA-256` …; the object identifier where it is another. */
export const digestName = (identifier: string): string => digestNames[identifier] ?? identifier;

/** Hexadecimal; `undefined` where the algorithm is not known. */
export async function digestOf(algorithm: string, content: Uint8Array): Promise<string | undefined> {
  if (algorithm === 'MD5') return hexBytes(md5(content));
  if (!algorithm.startsWith('SHA-')) return undefined;
  return hexBytes(new Uint8Array(await crypto.subtle.digest(algorithm, content as Uint8Array<ArrayBuffer>)));
}

/** A parsed value of BER. Throws what the library throws, which is not `BadImageError`. */
export function parseBer({ asn1js }: SignatureLibraries, bytes: Uint8Array): AsnType {
  const parsed = asn1js.fromBER(new Uint8Array(bytes).buffer);
  if (parsed.offset === -1) throw new TypeError(parsed.result.error);
  return parsed.result;
}

export function signedDataOf({ pkijs }: SignatureLibraries, contentInfo: AsnType): SignedData {
  return new pkijs.SignedData({ schema: new pkijs.ContentInfo({ schema: contentInfo }).content });
}

const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';

function nameOf({ typesAndValues }: Certificate['subject']): string {
  const find = (type: string): unknown => typesAndValues.find((each) => each.type === type)?.value.valueBlock.value;
  return String(find(COMMON_NAME) ?? find(ORGANIZATION) ?? '');
}

const serialNumberOf = (certificate: Certificate): string => hexBytes(certificate.serialNumber.valueBlock.valueHexView);

export const identityOf = (certificate: Certificate): CertificateIdentity => ({
  name: nameOf(certificate.subject),
  issuer: nameOf(certificate.issuer),
  serialNumber: serialNumberOf(certificate),
  notBefore: certificate.notBefore.value.toISOString(),
  notAfter: certificate.notAfter.value.toISOString(),
});

/** The X.509 certificates that a signature brings along. */
export const certificatesOf = ({ pkijs }: SignatureLibraries, data: SignedData): readonly Certificate[] =>
  (data.certificates ?? []).filter((each): each is Certificate => each instanceof pkijs.Certificate);

/** RFC 5652 5.3: the signer is named by issuer and serial number. */
export function signerCertificate(
  { pkijs }: SignatureLibraries,
  certificates: readonly Certificate[],
  info: SignerInfo,
): Certificate | undefined {
  const sid: unknown = info.sid;
  if (!(sid instanceof pkijs.IssuerAndSerialNumber)) return undefined;
  const wanted = hexBytes(sid.serialNumber.valueBlock.valueHexView);
  return certificates.find((certificate) => serialNumberOf(certificate) === wanted && certificate.issuer.isEqual(sid.issuer));
}

/** The value of an attribute, from either list of a signer. */
export const attributeValue = (attributes: SignerInfo['signedAttrs'], wanted: string): unknown =>
  attributes?.attributes.find(({ type }) => type === wanted)?.values[0];
