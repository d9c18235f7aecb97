import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { CertificateType, PEBuilder, PEImage, readAuthenticodeSignatures, readCertificates, writeCertificates } from '../src/index.ts';

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

test('bytes that are no PKCS #7 are a diagnostic', async () => {
  const builder = new PEBuilder();
  builder.setCertificates(
    writeCertificates([{ revision: 0x200, type: CertificateType.PKCS_SIGNED_DATA, bytes: Uint8Array.of(0x30, 0x03, 1, 2) }]),
  );
  const image = PEImage.parse(builder.build());
  expect(await readAuthenticodeSignatures(image)).toEqual([]);
  expect(image.diagnostics.entries).toMatchObject([{ code: 'BAD_SIGNATURE', reading: 'a certificate' }]);
});
