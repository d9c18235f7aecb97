import { BadImageError, ByteWriter, hexBytes } from '@ijw/binary';
import type { SignedData, SignerInfo } from 'pkijs';
import { coffHeaderLayout } from '../headers/coff-header.ts';
import { directoryNames } from '../headers/data-directory.ts';
import { CHECKSUM_OFFSET, optionalHeaderSize } from '../headers/optional-header.ts';
import type { PEImage } from '../pe-image.ts';
import { type CertificateEntry, CertificateType, readCertificates } from './certificate-table.ts';

export interface CertificateIdentity {
  /** The common name, or the organization where there is none. */
  readonly name: string;
  readonly issuer: string;
  /** Hexadecimal. */
  readonly serialNumber: string;
  /** ISO 8601. */
  readonly notBefore: string;
  readonly notAfter: string;
}

/** What a signature of "Windows Authenticode Portable Executable Signature Format" says. No chain of trust is followed. */
export interface AuthenticodeSignature {
  /** Absent where the certificate of the signer is not in the signature. */
  readonly signer?: CertificateIdentity;
  /** When the signer says that it signed, ISO 8601. */
  readonly signingTime?: string;
  /** When a time-stamping authority says so. */
  readonly timestamp?: string;
  /** `SHA-1`, `SHA-256` …; an object identifier where it is another. */
  readonly digestAlgorithm: string;
  /** The digest that was signed, hexadecimal. */
  readonly digest: string;
  /** The digest of this file; absent where the algorithm is not known. */
  readonly computedDigest?: string;
  readonly digestMatches: boolean;
}

const digestNames: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.5': 'MD5',
  '1.3.14.3.2.26': 'SHA-1',
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
};

const SIGNING_TIME = '1.2.840.113549.1.9.5';
const COUNTER_SIGNATURE = '1.2.840.113549.1.9.6';
const RFC3161_TOKEN = '1.3.6.1.4.1.311.3.3.1';
const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';

/** What the Authenticode digest leaves out: the checksum, the place of the certificates, the certificates. */
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
  // A file that is signed is filled up to 8 bytes first.
  return (directory === undefined ? writer.fill((8 - (image.bytes.length % 8)) % 8) : writer).toBytes();
}

async function digestOf(image: PEImage, algorithm: string): Promise<string | undefined> {
  if (!algorithm.startsWith('SHA-')) return undefined;
  const content = authenticodeContent(image);
  return hexBytes(new Uint8Array(await crypto.subtle.digest(algorithm, content as Uint8Array<ArrayBuffer>)));
}

type Libraries = { readonly asn1js: typeof import('asn1js'); readonly pkijs: typeof import('pkijs') };

function parseSignedData({ asn1js, pkijs }: Libraries, bytes: Uint8Array): SignedData {
  const parsed = asn1js.fromBER(new Uint8Array(bytes).buffer);
  if (parsed.offset === -1) throw new TypeError(parsed.result.error);
  return new pkijs.SignedData({ schema: new pkijs.ContentInfo({ schema: parsed.result }).content });
}

type NamedType = {
  readonly typesAndValues: readonly { readonly type: string; readonly value: { readonly valueBlock: { readonly value: unknown } } }[];
};

function nameOf(name: NamedType): string {
  const find = (type: string): unknown => name.typesAndValues.find((each) => each.type === type)?.value.valueBlock.value;
  return String(find(COMMON_NAME) ?? find(ORGANIZATION) ?? '');
}

function signerOf({ pkijs }: Libraries, data: SignedData, info: SignerInfo): CertificateIdentity | undefined {
  const sid = info.sid as { readonly serialNumber?: { readonly valueBlock: { readonly valueHexView: Uint8Array } } };
  const wanted = sid.serialNumber && hexBytes(sid.serialNumber.valueBlock.valueHexView);
  for (const certificate of data.certificates ?? []) {
    if (!(certificate instanceof pkijs.Certificate)) continue;
    const serialNumber = hexBytes(certificate.serialNumber.valueBlock.valueHexView);
    if (serialNumber !== wanted) continue;
    return {
      name: nameOf(certificate.subject),
      issuer: nameOf(certificate.issuer),
      serialNumber,
      notBefore: certificate.notBefore.value.toISOString(),
      notAfter: certificate.notAfter.value.toISOString(),
    };
  }
  return undefined;
}

const signingTime = (info: SignerInfo): string | undefined => {
  const value: unknown = info.signedAttrs?.attributes.find(({ type }) => type === SIGNING_TIME)?.values[0];
  const date =
    value !== undefined && value !== null && typeof value === 'object' && 'toDate' in value
      ? (value.toDate as () => Date).call(value)
      : undefined;
  return date?.toISOString();
};

/** The time of a counter signature (PKCS #9), or of a time stamp token (RFC 3161). */
function timestampOf({ asn1js, pkijs }: Libraries, info: SignerInfo): string | undefined {
  for (const { type, values } of info.unsignedAttrs?.attributes ?? []) {
    if (type === COUNTER_SIGNATURE) return signingTime(new pkijs.SignerInfo({ schema: values[0] }));
    if (type !== RFC3161_TOKEN) continue;
    const token = new pkijs.SignedData({ schema: new pkijs.ContentInfo({ schema: values[0] }).content });
    const content = token.encapContentInfo.eContent?.getValue();
    if (content !== undefined) return new pkijs.TSTInfo({ schema: asn1js.fromBER(content).result }).genTime.toISOString();
  }
  return undefined;
}

/** SpcIndirectDataContent: what was signed, and its digest with the algorithm. */
function indirectDigest({ asn1js }: Libraries, data: SignedData): { readonly algorithm: string; readonly digest: string } {
  const content: unknown = data.encapContentInfo.eContent;
  const sequence = content instanceof asn1js.Sequence ? content : undefined;
  const info = sequence?.valueBlock.value[1];
  const [identifier, digest] = info instanceof asn1js.Sequence ? info.valueBlock.value : [];
  const algorithm = identifier instanceof asn1js.Sequence ? identifier.valueBlock.value[0] : undefined;
  if (!(algorithm instanceof asn1js.ObjectIdentifier) || !(digest instanceof asn1js.OctetString)) {
    throw new TypeError('The signed content is no SpcIndirectDataContent');
  }
  const name = algorithm.valueBlock.toString();
  return { algorithm: digestNames[name] ?? name, digest: hexBytes(digest.valueBlock.valueHexView) };
}

async function readSignature(image: PEImage, entry: CertificateEntry): Promise<AuthenticodeSignature> {
  const [asn1js, pkijs] = await Promise.all([import('asn1js'), import('pkijs')]);
  const libraries = { asn1js, pkijs };
  const data = parseSignedData(libraries, entry.bytes);
  const { algorithm, digest } = indirectDigest(libraries, data);
  const info = data.signerInfos[0];
  const signer = info && signerOf(libraries, data, info);
  const time = info && signingTime(info);
  const timestamp = info && timestampOf(libraries, info);
  const computedDigest = await digestOf(image, algorithm);
  return {
    ...(signer && { signer }),
    ...(time !== undefined && { signingTime: time }),
    ...(timestamp !== undefined && { timestamp }),
    digestAlgorithm: algorithm,
    digest,
    ...(computedDigest !== undefined && { computedDigest }),
    digestMatches: computedDigest === digest,
  };
}

/**
 * The Authenticode signatures of a file: who signed it, when, and whether the digest that was signed is that of the file. `undefined` when it has no
 * certificates. The libraries that read PKCS #7 are loaded here. A signature that cannot be read is recorded in the image's diagnostics.
 */
export async function readAuthenticodeSignatures(image: PEImage): Promise<readonly AuthenticodeSignature[] | undefined> {
  const entries = readCertificates(image)?.filter(({ type }) => type === CertificateType.PKCS_SIGNED_DATA);
  if (entries === undefined) return undefined;
  const signatures: AuthenticodeSignature[] = [];
  for (const entry of entries) {
    try {
      signatures.push(await readSignature(image, entry));
    } catch (error) {
      // The libraries throw errors of many kinds at malformed DER.
      const message = `The signature cannot be read: ${error instanceof Error ? error.message : String(error)}`;
      image.diagnostics.record(new BadImageError({ code: 'BAD_SIGNATURE', offset: entry.offset, reading: 'a certificate', message }));
    }
  }
  return signatures;
}
