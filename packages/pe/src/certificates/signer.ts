import { hexBytes } from '@ijw/binary';
import type { Certificate, SignerInfo } from 'pkijs';
import { certificateChain, checked } from './certificate-chain.ts';
import type { CheckedSigner } from './checked-signer.ts';
import { verifyRsa } from './rsa-signature.ts';
import { attributeValue, digestName, digestOf, type SignatureLibraries, signerCertificate } from './signed-data.ts';

/** RFC 5652 section 11. */
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_TIME = '1.2.840.113549.1.9.5';

export interface CheckOptions {
  /** Whether a signature over the digest alone, without its DigestInfo, is taken. */
  readonly bareDigest?: boolean;
}

interface SignerToVerify {
  readonly certificate: Certificate;
  readonly info: SignerInfo;
  readonly algorithm: string;
  readonly signed: Uint8Array;
  readonly bareDigest: boolean;
}

/** Checks with the browser's functions; if they fail, with plain RSA. */
async function verify(
  libraries: SignatureLibraries,
  { certificate, info, algorithm, signed, bareDigest }: SignerToVerify,
): Promise<boolean | undefined> {
  const { subjectPublicKeyInfo } = certificate;
  const verified = await checked(() =>
    libraries.engine.verifyWithPublicKey(
      signed as Uint8Array<ArrayBuffer>,
      info.signature,
      subjectPublicKeyInfo,
      info.signatureAlgorithm,
      algorithm,
    ),
  );
  if (verified || !(bareDigest || algorithm === 'MD5')) return verified;
  const digest = await digestOf(algorithm, signed);
  if (digest === undefined) return verified;
  const signature = info.signature.valueBlock.valueHexView;
  return verifyRsa(libraries, { certificate, signature, algorithm, digest, bareDigest }) ?? verified;
}

/** Checks a signer over some content: what the signed attributes are about or, without them, what was signed. */
export async function checkSigner(
  libraries: SignatureLibraries,
  certificates: readonly Certificate[],
  info: SignerInfo,
  content: Uint8Array,
  { bareDigest = false }: CheckOptions = {},
): Promise<CheckedSigner> {
  const certificate = signerCertificate(libraries, certificates, info);
  const algorithm = digestName(info.digestAlgorithm.algorithmId);
  const signed = info.signedAttrs === undefined ? content : new Uint8Array(info.signedAttrs.encodedValue);
  const verified = certificate && (await verify(libraries, { certificate, info, algorithm, signed, bareDigest }));
  const matches = await contentDigestMatches(libraries, info, algorithm, content);
  return {
    chain: certificate === undefined ? [] : await certificateChain(libraries, certificates, certificate),
    ...(verified !== undefined && { signatureVerified: verified }),
    ...(matches !== undefined && { contentDigestMatches: matches }),
  };
}

async function contentDigestMatches(
  { asn1js }: SignatureLibraries,
  info: SignerInfo,
  algorithm: string,
  content: Uint8Array,
): Promise<boolean | undefined> {
  const attribute = attributeValue(info.signedAttrs, MESSAGE_DIGEST);
  if (!(attribute instanceof asn1js.OctetString)) return undefined;
  const computed = await digestOf(algorithm, content);
  return computed === undefined ? undefined : computed === hexBytes(attribute.valueBlock.valueHexView);
}

/** ISO 8601, according to the signer. */
export function signingTime(info: SignerInfo): string | undefined {
  const value = attributeValue(info.signedAttrs, SIGNING_TIME);
  const date =
    value !== undefined && value !== null && typeof value === 'object' && 'toDate' in value
      ? (value.toDate as () => Date).call(value)
      : undefined;
  return date?.toISOString();
}
