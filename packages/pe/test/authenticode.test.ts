// Authenticode: signers, times, digests, certificate chains, and signatures made here (skipped without ../shared).
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { PEBuilder } from '../src/builder/index.ts';
import { CertificateType, readAuthenticodeSignatures, readCertificates, writeCertificates } from '../src/certificates/index.ts';
import { PEImage } from '../src/index.ts';
import { buildSignedImage, type SigningOptions } from './signed-image.ts';

const folder = fileURLToPath(new URL('../../../../shared/corpus/', import.meta.url));

describe.skipIf(!existsSync(folder))('the signed files of ../shared/corpus', () => {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => !file.endsWith('.json')) : [];
  const imageOf = (file: string): PEImage => PEImage.parse(readFileSync(folder + file));
  const signed = files.filter((file) => readCertificates(imageOf(file)) !== undefined);

  test('are the 21 of Microsoft', () => {
    expect(signed).toHaveLength(21);
  });

  test.each(signed)('%s: signer, time, digest', async (file) => {
    const image = imageOf(file);
    const signatures = await readAuthenticodeSignatures(image);
    expect(image.diagnostics.entries).toEqual([]);
    for (const signature of signatures!) {
      expect(signature).toMatchObject({ digestMatches: true, computedDigest: signature.digest });
      expect(signature.signer?.issuer).toMatch(/^Microsoft /);
      const { notBefore, notAfter } = signature.signer!;
      expect(signature.timestamp! > notBefore && signature.timestamp! < notAfter).toBe(true);
      for (const { counterSignature, ...each } of [signature, ...(signature.nested ?? [])]) {
        expect(each).toMatchObject({ signatureVerified: true, contentDigestMatches: true, digestMatches: true });
        expect(each.chain).toMatchObject([{ signatureVerified: true }, {}]);
        expect(counterSignature).toMatchObject({ signatureVerified: true, imprintMatches: true, chain: [{ signatureVerified: true }, {}] });
      }
    }
  });

  test('a byte that was changed after signing is found; the checksum may be changed', async () => {
    const bytes = new Uint8Array(readFileSync(`${folder}vcruntime140-x64.dll`));
    bytes[0x500]! ^= 1;
    expect((await readAuthenticodeSignatures(PEImage.parse(bytes)))![0]).toMatchObject({ digestMatches: false });
    bytes[0x500]! ^= 1;
    bytes[PEImage.parse(bytes).signatureOffset + 24 + 64]! ^= 1;
    expect((await readAuthenticodeSignatures(PEImage.parse(bytes)))![0]).toMatchObject({ digestMatches: true });
  });
});

describe('signatures made here', () => {
  const read = async (bytes: Uint8Array) => (await readAuthenticodeSignatures(PEImage.parse(bytes)))!;

  test('are followed up to the root that the file holds', async () => {
    const [signature] = await read(await buildSignedImage());
    expect(signature).toMatchObject({
      signer: { name: 'Leaf', issuer: 'Root', serialNumber: '02' },
      chain: [
        { name: 'Leaf', signatureVerified: true },
        { name: 'Root', signatureVerified: true, selfSigned: true },
      ],
      signatureVerified: true,
      contentDigestMatches: true,
      digestMatches: true,
      timestamp: '2026-01-02T03:04:05.000Z',
      counterSignature: { kind: 'PKCS #9', signatureVerified: true, imprintMatches: true, chain: [{ name: 'Clock' }, { name: 'Root' }] },
    });
  });

  test('end at the last certificate where the root is not there', async () => {
    const [signature] = await read(await buildSignedImage({ withoutRoot: true }));
    expect(signature!.signatureVerified).toBe(true);
    expect(signature!.chain).toHaveLength(1);
    expect(signature!.chain![0]).not.toHaveProperty('signatureVerified');
  });

  test('of another key do not hold', async () => {
    const [signature] = await read(await buildSignedImage({ wrongKey: true }));
    expect(signature).toMatchObject({ signatureVerified: false, contentDigestMatches: true, digestMatches: true });
  });

  const SHA1 = { hash: 'sha1', identifier: '1.3.14.3.2.26' } as const;
  const MD5 = { hash: 'md5', identifier: '1.2.840.113549.2.5' } as const;

  const only = async (options: SigningOptions) => (await readAuthenticodeSignatures(PEImage.parse(await buildSignedImage(options))))![0]!;

  test.each([
    ['SHA-1 alone, as time-stamping services made it', { ...SHA1, bare: true }, true],
    ['SHA-1 in its DigestInfo', SHA1, true],
    ['MD5 in its DigestInfo', MD5, true],
  ] as const)('a counter signature of PKCS #9 may hold %s', async (_, counter, signatureVerified) => {
    expect(await only({ counter })).toMatchObject({
      counterSignature: { kind: 'PKCS #9', signatureVerified, contentDigestMatches: true, imprintMatches: true },
    });
  });

  test('the signer itself may not leave the DigestInfo out', async () => {
    expect(await only({ rsa: { ...SHA1, bare: true } })).toMatchObject({ signatureVerified: false, digestMatches: true });
  });

  test.each([
    ['1.2.840.113549.1.1.5, SHA-1 with RSA', 'SHA-1', { ...SHA1, identifier: '1.2.840.113549.1.1.5' }],
    ['1.3.14.3.2.29, SHA-1 with RSA as well', 'SHA-1', { ...SHA1, identifier: '1.3.14.3.2.29' }],
    ['MD5', 'MD5', MD5],
    ['1.2.840.113549.1.1.4, MD5 with RSA', 'MD5', { ...MD5, identifier: '1.2.840.113549.1.1.4' }],
  ] as const)('the digest algorithm may be %s', async (_, digestAlgorithm, rsa) => {
    expect(await only({ rsa })).toMatchObject({
      digestAlgorithm,
      digestMatches: true,
      contentDigestMatches: true,
      signatureVerified: true,
    });
  });

  test.each(['1.2.840.113549.2.2', '1.2.3.4'])('nothing is said of a digest that cannot be computed: %s', async (fileDigest) => {
    const signature = await only({ fileDigest });
    expect(signature.digestAlgorithm).toBe(fileDigest);
    expect(signature).not.toHaveProperty('digestMatches');
    expect(signature).not.toHaveProperty('computedDigest');
  });

  test('that are damaged end in an answer or a diagnostic, 600 times', async () => {
    const original = await buildSignedImage();
    const start = PEImage.parse(original).directory('security')!.rva;
    let damaged = 0;
    for (let at = 0; at < 600; at++) {
      const bytes = original.slice();
      const place = start + 8 + ((at * 7919) % (original.length - start - 8));
      bytes[place] = (at * 31) & 0xff;
      const image = PEImage.parse(bytes);
      const signatures = await readAuthenticodeSignatures(image);
      expect(signatures!.length + image.diagnostics.entries.length).toBe(1);
      if (signatures?.[0]?.signatureVerified !== true) damaged++;
    }
    expect(damaged).toBeGreaterThan(100);
  });
});

test('bytes that are no PKCS #7 are a diagnostic', async () => {
  const builder = new PEBuilder();
  builder.setCertificates(
    writeCertificates([{ revision: 0x200, type: CertificateType.PKCS_SIGNED_DATA, bytes: Uint8Array.of(0x30, 0x03, 1, 2) }]),
  );
  const image = PEImage.parse(builder.build());
  expect(await readAuthenticodeSignatures(image)).toEqual([]);
  expect(image.diagnostics.entries).toMatchObject([{ code: 'BAD_SIGNATURE', reading: 'a certificate' }]);
});
