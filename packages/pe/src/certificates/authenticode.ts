import { BadImageError, ByteWriter, hexBytes } from '@ijw/binary';
import type { AsnType } from 'asn1js';
import type { SignedData, SignerInfo } from 'pkijs';
import { coffHeaderLayout } from '../headers/coff-header.ts';
import { directoryNames } from '../headers/data-directory.ts';
import { CHECKSUM_OFFSET, optionalHeaderSize } from '../headers/optional-header.ts';
import type { PEImage } from '../pe-image.ts';
import { CertificateType, readCertificates } from './certificate-table.ts';
import type { CertificateIdentity, CheckedSigner, CounterSignature } from './checked-signer.ts';
import { readCounterSignature } from './counter-signature.ts';
import {
  certificatesOf,
  digestName,
  digestOf,
  identityOf,
  loadSignatureLibraries,
  parseBer,
  type SignatureLibraries,
  signedDataOf,
  signerCertificate,
} from './signed-data.ts';
import { checkSigner, signingTime } from './signer.ts';

/**
 * The content of a signature of "Windows Authenticode Portable Executable Signature Format", and the results of the checks. Everything is checked with the keys
 * in the signature: the signer is proved up to the last certificate of the chain; trust in that certificate is not checked.
 */
export interface AuthenticodeSignature extends Partial<CheckedSigner> {
  /** Absent where the certificate of the signer is not in the signature. */
  readonly signer?: CertificateIdentity;
  /** The signing time according to the signer, ISO 8601. */
  readonly signingTime?: string;
  /** The signing time according to a time-stamping authority. */
  readonly timestamp?: string;
  readonly counterSignature?: CounterSignature;
  /** `SHA-1`, `SHA-256` …; an object identifier where it is another. */
  readonly digestAlgorithm: string;
  /** The digest that was signed, hexadecimal. */
  readonly digest: string;
  /** The digest of this file; absent where the algorithm is not known. */
  readonly computedDigest?: string;
  /** Absent if the digest was not computed. */
  readonly digestMatches?: boolean;
  /** Signatures with other digests, which older systems ignore. */
  readonly nested?: readonly AuthenticodeSignature[];
}

/** SPC_NESTED_SIGNATURE of the Windows SDK. */
const NESTED_SIGNATURE = '1.3.6.1.4.1.311.2.4.1';
/** A signature has one level of nested signatures; deeper ones are left out. */
const NESTING_LIMIT = 2;

/** The parts that the Authenticode digest leaves out: the checksum, the place of the certificates, the certificates. */
export function authenticodeContent(image: PEImage): Uint8Array {
  const optional = image.signatureOffset + 4 + coffHeaderLayout.size;
  const checksum = optional + CHECKSUM_OFFSET;
  const entry = optional + optionalHeaderSize(image.optionalHeader.magic) + directoryNames.indexOf('security') * 8;
  const directory = image.directory('security');
  const start = directory === undefined ? image.bytes.length : Math.max(entry + 8, Math.min(directory.rva, image.bytes.length));
  const end = directory === undefined ? image.bytes.length : Math.max(start, Math.min(directory.rva + directory.size, image.bytes.length));
  const writer = new ByteWriter();
  writer.bytes(image.bytes.subarray(0, checksum)).bytes(image.bytes.subarray(checksum + 4, entry));
  writer.bytes(image.bytes.subarray(entry + 8, start)).bytes(image.bytes.subarray(end));
  // A signed file is padded to 8 bytes first.
  return (directory === undefined ? writer.fill((8 - (image.bytes.length % 8)) % 8) : writer).toBytes();
}

interface IndirectData {
  readonly algorithm: string;
  readonly digest: string;
  /** The input of the signer's digest: the octets of the value, without tag and length. */
  readonly content: Uint8Array;
}

/** SpcIndirectDataContent: the signed data, and its digest with the algorithm. */
function indirectData({ asn1js }: SignatureLibraries, data: SignedData): IndirectData {
  const sequence: unknown = data.encapContentInfo.eContent;
  const info = sequence instanceof asn1js.Sequence ? sequence.valueBlock.value[1] : undefined;
  const [identifier, digest] = info instanceof asn1js.Sequence ? info.valueBlock.value : [];
  const algorithm = identifier instanceof asn1js.Sequence ? identifier.valueBlock.value[0] : undefined;
  if (!(sequence instanceof asn1js.Sequence && algorithm instanceof asn1js.ObjectIdentifier && digest instanceof asn1js.OctetString))
    throw new TypeError('The signed content is not a SpcIndirectDataContent');
  const whole = sequence.valueBeforeDecodeView;
  return {
    algorithm: digestName(algorithm.valueBlock.toString()),
    digest: hexBytes(digest.valueBlock.valueHexView),
    content: whole.subarray(whole.length - sequence.valueBlock.blockLength),
  };
}

/** The signer, the counter signatures, and the results of their checks. */
async function signerOf(
  libraries: SignatureLibraries,
  data: SignedData,
  info: SignerInfo,
  content: Uint8Array,
): Promise<Partial<AuthenticodeSignature>> {
  const certificates = certificatesOf(libraries, data);
  const signer = signerCertificate(libraries, certificates, info);
  const time = signingTime(info);
  const counterSignature = await readCounterSignature(libraries, certificates, info);
  return {
    ...(signer && { signer: identityOf(signer) }),
    ...(await checkSigner(libraries, certificates, info, content)),
    ...(time !== undefined && { signingTime: time }),
    ...(counterSignature?.time !== undefined && { timestamp: counterSignature.time }),
    ...(counterSignature && { counterSignature }),
  };
}

/** Of the file, by algorithm: made once, however many signatures there are. */
type FileDigests = (algorithm: string) => Promise<string | undefined>;

function fileDigests(image: PEImage): FileDigests {
  const content = authenticodeContent(image);
  const known = new Map<string, Promise<string | undefined>>();
  return (algorithm) => {
    const digest = known.get(algorithm) ?? digestOf(algorithm, content);
    known.set(algorithm, digest);
    return digest;
  };
}

async function readSignature(
  digests: FileDigests,
  libraries: SignatureLibraries,
  contentInfo: AsnType,
  depth: number,
): Promise<AuthenticodeSignature> {
  const data = signedDataOf(libraries, contentInfo);
  const { algorithm, digest, content } = indirectData(libraries, data);
  const [info] = data.signerInfos;
  const computedDigest = await digests(algorithm);
  const nested: AuthenticodeSignature[] = [];
  if (depth < NESTING_LIMIT) {
    for (const { type, values } of info?.unsignedAttrs?.attributes ?? []) {
      if (type === NESTED_SIGNATURE) for (const value of values) nested.push(await readSignature(digests, libraries, value, depth + 1));
    }
  }
  return {
    ...(info && (await signerOf(libraries, data, info, content))),
    digestAlgorithm: algorithm,
    digest,
    ...(computedDigest !== undefined && { computedDigest, digestMatches: computedDigest === digest }),
    ...(nested.length > 0 && { nested }),
  };
}

/**
 * The Authenticode signatures of a file: the signer, the time, whether the signed digest is that of the file, and whether the keys in the
 * certificates made the signatures. `undefined` when it has no certificates. The libraries that read PKCS #7 are loaded here. A signature that cannot
 * be read is recorded in the image's diagnostics.
 */
export async function readAuthenticodeSignatures(image: PEImage): Promise<readonly AuthenticodeSignature[] | undefined> {
  const entries = readCertificates(image)?.filter(({ type }) => type === CertificateType.PKCS_SIGNED_DATA);
  if (entries === undefined) return undefined;
  const libraries = await loadSignatureLibraries();
  const digests = fileDigests(image);
  const signatures: AuthenticodeSignature[] = [];
  for (const entry of entries) {
    try {
      signatures.push(await readSignature(digests, libraries, parseBer(libraries, entry.bytes), 1));
    } catch (error) {
      // The libraries throw errors of many kinds at malformed DER.
      const message = `The signature cannot be read: ${error instanceof Error ? error.message : String(error)}`;
      image.diagnostics.record(new BadImageError({ code: 'BAD_SIGNATURE', offset: entry.offset, reading: 'a certificate', message }));
    }
  }
  return signatures;
}
