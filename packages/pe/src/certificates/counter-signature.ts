import { hexBytes } from '@ijw/binary';
import type { AsnType } from 'asn1js';
import type { Certificate, SignerInfo } from 'pkijs';
import type { CounterSignature } from './checked-signer.ts';
import { certificatesOf, digestName, digestOf, parseBer, type SignatureLibraries, signedDataOf } from './signed-data.ts';
import { checkSigner, signingTime } from './signer.ts';

const COUNTER_SIGNATURE = '1.2.840.113549.1.9.6';
const RFC3161_TOKEN = '1.3.6.1.4.1.311.3.3.1';

/** The first counter signature of a signer: of PKCS #9, with its certificates among those of the signature, or a token of RFC 3161 with its own. */
export async function readCounterSignature(
  libraries: SignatureLibraries,
  certificates: readonly Certificate[],
  info: SignerInfo,
): Promise<CounterSignature | undefined> {
  const signature = new Uint8Array(info.signature.valueBlock.valueHexView);
  for (const { type, values } of info.unsignedAttrs?.attributes ?? []) {
    if (type === COUNTER_SIGNATURE)
      return readPkcs9(libraries, certificates, new libraries.pkijs.SignerInfo({ schema: values[0] }), signature);
    if (type === RFC3161_TOKEN) return readToken(libraries, values[0], signature);
  }
  return undefined;
}

/** RFC 5652 11.4: the signed data is the signature. */
async function readPkcs9(
  libraries: SignatureLibraries,
  certificates: readonly Certificate[],
  info: SignerInfo,
  signature: Uint8Array,
): Promise<CounterSignature> {
  const time = signingTime(info);
  const { contentDigestMatches, ...signer } = await checkSigner(libraries, certificates, info, signature, { bareDigest: true });
  return {
    kind: 'PKCS #9',
    ...(time !== undefined && { time }),
    ...signer,
    ...(contentDigestMatches !== undefined && { contentDigestMatches, imprintMatches: contentDigestMatches }),
  };
}

/** RFC 3161 2.4.2: the signed data is a TSTInfo, which has the digest of the signature. */
async function readToken(
  libraries: SignatureLibraries,
  contentInfo: AsnType,
  signature: Uint8Array,
): Promise<CounterSignature | undefined> {
  const token = signedDataOf(libraries, contentInfo);
  const [info] = token.signerInfos;
  const content = token.encapContentInfo.eContent?.getValue();
  if (info === undefined || content === undefined) return undefined;
  const bytes = new Uint8Array(content);
  const { genTime, messageImprint } = new libraries.pkijs.TSTInfo({ schema: parseBer(libraries, bytes) });
  const imprint = await digestOf(digestName(messageImprint.hashAlgorithm.algorithmId), signature);
  return {
    kind: 'RFC 3161',
    time: genTime.toISOString(),
    ...(await checkSigner(libraries, certificatesOf(libraries, token), info, bytes)),
    ...(imprint !== undefined && { imprintMatches: imprint === hexBytes(messageImprint.hashedMessage.valueBlock.valueHexView) }),
  };
}
