// The JSON of `ijw info`: platform, host, hashes by which files are found to be alike.
import { createHash } from 'node:crypto';
import { infoDocument, openFile } from '@ijw/assembly';
import { buildMixedImage } from '@ijw/fixtures';
import { PEImage } from '@ijw/pe';
import { importHash } from '@ijw/pe/imports';
import { describe, expect, it } from 'vitest';
import { buildILImage } from '../../il/test/il-image.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const digest = (text: string): string => sha256(new TextEncoder().encode(text));

async function document(bytes: Uint8Array, similarity?: boolean) {
  return infoDocument(await openFile(bytes), { file: 'a.dll', sha256, ...(similarity !== undefined && { similarity }) });
}

/** Culture's order is not that of code units: `Int32` comes before `ISerializable`, `DateTime` before `DBNull`. */
const il = buildILImage(({ system, builder }) => {
  for (const name of ['ISerializable', 'Int32', 'DBNull', 'DateTime']) system(`System.${name}`);
  builder.add('TypeRef', { Name: 'Nested' });
});

describe('the document of a file', () => {
  it('has platform and host', async () => {
    const mixed = buildMixedImage({ architecture: 'x64', host: 'mscoree.dll', records: [] }).bytes;
    expect(await document(mixed)).toMatchObject({ platform: 'x64 only (mixed-mode)', processArchitecture: 'x64', host: '.NET Framework' });
    expect(await document(il)).toMatchObject({
      platform: 'AnyCPU: x64 process on 64-bit Windows',
      processArchitecture: 'x64',
      host: '.NET',
    });
  });

  it('has imphash and TypeRefHash where they are asked for', async () => {
    const names = '-Nested,System-DateTime,System-DBNull,System-Int32,System-ISerializable';
    expect(await document(il, true)).toMatchObject({ typeRefHash: digest(names) });
    const mixed = buildMixedImage({ architecture: 'x64', host: 'ijwhost.dll', records: [] }).bytes;
    expect(await document(mixed, true)).toMatchObject({ imphash: importHash(PEImage.parse(mixed)) });
    expect(await document(mixed)).not.toHaveProperty('imphash');
  });
});
