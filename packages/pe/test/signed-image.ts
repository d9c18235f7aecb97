import { constants, createHash, KeyObject, privateEncrypt } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { PEBuilder } from '../src/builder/index.ts';
import { authenticodeContent } from '../src/certificates/authenticode.ts';
import { CertificateType, writeCertificates } from '../src/certificates/index.ts';
import { PEImage } from '../src/index.ts';

const engine = new pkijs.CryptoEngine({ name: 'test', crypto: globalThis.crypto });
const SHA256 = '2.16.840.1.101.3.4.2.1';

interface Issued {
  readonly certificate: pkijs.Certificate;
  readonly keys: CryptoKeyPair;
}

const named = (value: string) => new pkijs.AttributeTypeAndValue({ type: '2.5.4.3', value: new asn1js.Utf8String({ value }) });

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) };
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' };

/** A certificate, signed by an issuer or by itself. */
async function issue(name: string, serial: number, issuer?: Issued, algorithm: typeof RSA | typeof ECDSA = ECDSA): Promise<Issued> {
  const keys = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const certificate = new pkijs.Certificate({ version: 2, serialNumber: new asn1js.Integer({ value: serial }) });
  certificate.subject.typesAndValues.push(named(name));
  certificate.issuer.typesAndValues.push(...(issuer?.certificate ?? certificate).subject.typesAndValues);
  certificate.notBefore.value = new Date('2020-01-01T00:00:00Z');
  certificate.notAfter.value = new Date('2040-01-01T00:00:00Z');
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey, engine);
  await certificate.sign((issuer?.keys ?? keys).privateKey, 'SHA-256', engine);
  return { certificate: new pkijs.Certificate({ schema: asn1js.fromBER(certificate.toSchema(true).toBER()).result }), keys };
}

const attribute = (type: string, value: asn1js.AsnType) => new pkijs.Attribute({ type, values: [value] });

/** A signer over the digest of some content, with the attributes that Authenticode wants. */
async function sign({ certificate, keys }: Issued, content: BufferSource): Promise<pkijs.SignerInfo> {
  const valueHex = await crypto.subtle.digest('SHA-256', content);
  const info = new pkijs.SignerInfo({
    version: 1,
    sid: new pkijs.IssuerAndSerialNumber({ issuer: certificate.issuer, serialNumber: certificate.serialNumber }),
    digestAlgorithm: new pkijs.AlgorithmIdentifier({ algorithmId: SHA256 }),
    signedAttrs: new pkijs.SignedAndUnsignedAttributes({
      type: 0,
      attributes: [
        attribute('1.2.840.113549.1.9.5', new asn1js.UTCTime({ valueDate: new Date('2026-01-02T03:04:05Z') })),
        attribute('1.2.840.113549.1.9.4', new asn1js.OctetString({ valueHex })),
      ],
    }),
  });
  const set = new asn1js.Set({ value: info.signedAttrs!.attributes.map((each) => each.toSchema()) }).toBER();
  const { signatureAlgorithm } = await engine.getSignatureParameters(keys.privateKey, 'SHA-256');
  info.signatureAlgorithm = signatureAlgorithm;
  info.signature = new asn1js.OctetString({
    valueHex: await engine.signWithPrivateKey(set, keys.privateKey, { algorithm: { name: 'ECDSA', hash: { name: 'SHA-256' } } } as never),
  });
  return info;
}

/** The DER of a DigestInfo without its digest. */
const DIGEST_INFO = { md5: '3020300c06082a864886f70d020505000410', sha1: '3021300906052b0e03021a05000414' };

export interface RsaSigning {
  readonly hash: 'md5' | 'sha1';
  /** The object identifier that the signer gives for the digest. */
  readonly identifier: string;
  /** The block holds the digest alone. */
  readonly bare?: boolean;
}

/** As `sign`, by RSA and digests that browsers do not sign with. */
function signByRsa({ certificate, keys }: Issued, content: Uint8Array, { hash, identifier, bare = false }: RsaSigning): pkijs.SignerInfo {
  const digest = (bytes: Uint8Array) => createHash(hash).update(bytes).digest();
  const info = new pkijs.SignerInfo({
    version: 1,
    sid: new pkijs.IssuerAndSerialNumber({ issuer: certificate.issuer, serialNumber: certificate.serialNumber }),
    digestAlgorithm: new pkijs.AlgorithmIdentifier({ algorithmId: identifier }),
    signedAttrs: new pkijs.SignedAndUnsignedAttributes({
      type: 0,
      attributes: [attribute('1.2.840.113549.1.9.4', new asn1js.OctetString({ valueHex: Uint8Array.from(digest(content)).buffer }))],
    }),
  });
  const set = new asn1js.Set({ value: info.signedAttrs!.attributes.map((each) => each.toSchema()) }).toBER();
  const payload = Buffer.concat([Buffer.from(bare ? '' : DIGEST_INFO[hash], 'hex'), digest(new Uint8Array(set))]);
  info.signatureAlgorithm = new pkijs.AlgorithmIdentifier({ algorithmId: '1.2.840.113549.1.1.1', algorithmParams: new asn1js.Null() });
  const signature = privateEncrypt({ key: KeyObject.from(keys.privateKey), padding: constants.RSA_PKCS1_PADDING }, payload);
  info.signature = new asn1js.OctetString({ valueHex: Uint8Array.from(signature).buffer });
  return info;
}

/** SpcIndirectDataContent with the digest of a file. */
function indirectData(valueHex: ArrayBuffer, digestIdentifier: string): asn1js.Sequence {
  const kind = new asn1js.Sequence({ value: [new asn1js.ObjectIdentifier({ value: '1.3.6.1.4.1.311.2.1.15' })] });
  const algorithm = new asn1js.Sequence({ value: [new asn1js.ObjectIdentifier({ value: digestIdentifier }), new asn1js.Null()] });
  return new asn1js.Sequence({ value: [kind, new asn1js.Sequence({ value: [algorithm, new asn1js.OctetString({ valueHex })] })] });
}

export interface SigningOptions {
  /** Leaves the root's certificate out of the signature. */
  readonly withoutRoot?: boolean;
  /** Signs with a key that is not that of the certificate. */
  readonly wrongKey?: boolean;
  /** Signs the file by RSA. */
  readonly rsa?: RsaSigning;
  /** Makes the counter signature by RSA. */
  readonly counter?: RsaSigning;
  /** The object identifier of the file's digest, where it is not that of SHA-256. */
  readonly fileDigest?: string;
}

/** An image signed by `leaf`, whose issuer is `root`, with a counter signature of PKCS #9. */
export async function buildSignedImage(options: SigningOptions = {}): Promise<Uint8Array> {
  const { withoutRoot = false, wrongKey = false, rsa, counter: counterRsa, fileDigest } = options;
  const builder = new PEBuilder();
  builder.addSection('.text').add(Uint8Array.of(0xc3));
  const unsigned = authenticodeContent(PEImage.parse(builder.build())) as Uint8Array<ArrayBuffer>;
  const digest = rsa
    ? Uint8Array.from(createHash(rsa.hash).update(unsigned).digest()).buffer
    : await crypto.subtle.digest('SHA-256', unsigned);
  const content = indirectData(digest, fileDigest ?? rsa?.identifier ?? SHA256);
  const octets = content.toBER();
  const root = await issue('Root', 1);
  const leaf = await issue('Leaf', 2, root, rsa ? RSA : ECDSA);
  const clock = await issue('Clock', 3, root, counterRsa ? RSA : ECDSA);
  const signed = new Uint8Array(octets.slice(2));
  const signer = wrongKey ? { ...leaf, keys: clock.keys } : leaf;
  const info = rsa ? signByRsa(signer, signed, rsa) : await sign(signer, signed);
  const signature = info.signature.valueBlock.valueHexView as Uint8Array<ArrayBuffer>;
  const counter = counterRsa ? signByRsa(clock, signature, counterRsa) : await sign(clock, signature);
  info.unsignedAttrs = new pkijs.SignedAndUnsignedAttributes({
    type: 1,
    attributes: [attribute('1.2.840.113549.1.9.6', counter.toSchema())],
  });
  const data = new pkijs.SignedData({
    version: 1,
    digestAlgorithms: [info.digestAlgorithm],
    encapContentInfo: new pkijs.EncapsulatedContentInfo({ eContentType: '1.3.6.1.4.1.311.2.1.4', eContent: content as never }),
    certificates: [leaf, clock, ...(withoutRoot ? [] : [root])].map(({ certificate }) => certificate),
    signerInfos: [info],
  });
  const message = new pkijs.ContentInfo({ contentType: '1.2.840.113549.1.7.2', content: data.toSchema(true) });
  const bytes = new Uint8Array(message.toSchema().toBER());
  builder.setCertificates(writeCertificates([{ revision: 0x200, type: CertificateType.PKCS_SIGNED_DATA, bytes }]));
  return builder.build();
}
