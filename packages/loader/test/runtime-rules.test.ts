// The runtime's checks of headers, metadata, signatures and keys.
import { buildMixedImage } from '@ijw/fixtures';
import { Loader, type LoadOutcome } from '@ijw/loader';
import { Metadata } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { PEImage } from '@ijw/pe';
import { describe, expect, it } from 'vitest';
import { isReferenceField } from '../src/clr/image/token-signature.ts';
import { isPublicKey } from '../src/clr/rules/assembly-identity-rules.ts';
import { fieldSignatureProblem } from '../src/clr/rules/field-rules.ts';

const STATIC = 0x16;

function metadataWithField(signature: readonly number[]): Metadata {
  const builder = new MetadataBuilder();
  builder.add('Module', { Name: 'm.dll', Mvid: '6a1f6a0c-1f5b-4d0e-9d6b-3a1f0c2b4d5e' });
  builder.add('TypeDef', { Name: '<Module>' });
  builder.add('Field', { Name: 'f', Flags: STATIC, Signature: Uint8Array.from(signature) });
  return Metadata.parse(builder.build());
}

describe('validateTokenSig of a field', () => {
  it.each([
    [[6, 8]],
    [[6, 0x0f, 0x01]],
    [[6, 0x20, 0x04, 0x12, 0x04]],
    [[6, 0x11, 0x08]],
    [[6, 0x1b, 0x00, 0x01, 0x01, 0x08]],
    [[6, 0x14, 0x08, 2, 1, 3, 1, 0]],
    [[6, 0x14, 0x08, 0]],
    [[6, 0x15, 0x12, 0x04, 1, 0x08]],
    [[6, 8, 0xff]],
    [[6, 0x1e, 0]],
  ])('passes %j', (signature) => {
    expect(fieldSignatureProblem(metadataWithField(signature), 1)).toBeUndefined();
  });

  it.each([
    [[], 0x80131237],
    [[7, 8], 0x80131239],
    [[6], 0x801312e3],
    [[6, 0x45], 0x8013123d],
    [[6, 0x41, 8], 0x801312df],
    [[6, 0x26], 0x80131247],
    [[6, 0x01], 0x80131b24],
    [[6, 0x10, 0x01], 0x80131b24],
    [[6, 0x1d], 0x801312e3],
    [[6, 0x12], 0x8013123e],
    [[6, 0x12, 0x05], 0x8013123f],
    [[6, 0x11, 0x0c], 0x8013123f],
    [[6, 0x1b], 0x80131240],
    [[6, 0x1b, 0x0d, 0, 1], 0x80131239],
    [[6, 0x1b, 0x00], 0x80131241],
    [[6, 0x1b, 0x00, 1, 8, 1], 0x80131b24],
    [[6, 0x13], 0x80131241],
    [[6, 0x15, 0x08], 0x80131241],
    [[6, 0x14, 0x08], 0x80131242],
    [[6, 0x14, 0x08, 1], 0x80131243],
    [[6, 0x14, 0x08, 1, 1], 0x80131244],
    [[6, 0x14, 0x08, 1, 0], 0x80131245],
    [[6, 0x14, 0x08, 1, 0, 1], 0x80131246],
    [[6, ...Array<number>(100_000).fill(0x0f)], 0x80131247],
  ])('refuses %j', (signature, hresult) => {
    expect(fieldSignatureProblem(metadataWithField(signature), 1)).toMatchObject({
      type: 'System.Runtime.InteropServices.COMException',
      hresult,
    });
  });

  it.each([
    [[6, 0x0e], true],
    [[6, 0x20, 0x04, 0x1c], true],
    [[6, 0x15, 0x12, 0x04, 1, 8], true],
    [[6, 0x15, 0x11, 0x04, 1, 8], false],
    [[6, 0x08], false],
  ])('%j is a reference: %s', (signature, expected) => {
    expect(isReferenceField(metadataWithField(signature), 1)).toBe(expected);
  });
});

describe('a public key', () => {
  const key = (hash: number, signature: number, blob: readonly number[], size = blob.length): Uint8Array => {
    const bytes = new Uint8Array(12 + blob.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, signature, true);
    view.setUint32(4, hash, true);
    view.setUint32(8, size, true);
    bytes.set(blob, 12);
    return bytes;
  };

  it.each([
    ['RSA with SHA-1', key(0x8004, 0x2400, [6, 2, 0, 0, 0]), true],
    ['no algorithms', key(0, 0, [6, 0, 0, 0]), true],
    ['the ECMA key', key(0, 0, [0, 0, 0, 0]), true],
    ['MD5', key(0x8003, 0x2400, [6, 2, 0, 0]), false],
    ['no signature algorithm', key(0x8004, 0x8004, [6, 2, 0, 0]), false],
    ['a private key', key(0x8004, 0x2400, [7, 2, 0, 0]), false],
    ['another size', key(0x8004, 0x2400, [6, 2, 0, 0], 5), false],
    ['a token', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), false],
  ])('%s', (_name, blob, expected) => {
    expect(isPublicKey(blob)).toBe(expected);
  });
});

describe('what the runtime looks at', () => {
  const records = [{ type: 6, slots: ['Add'] }] as const;
  const load = (bytes: Uint8Array): LoadOutcome => new Loader({ host: 'core' }).load(bytes, { path: 'mixed.dll' });
  const build = (rva?: number): Uint8Array =>
    buildMixedImage({ architecture: 'x64', host: 'ijwhost.dll', records: [{ ...records[0], ...(rva !== undefined && { rva }) }] }).bytes;
  const directory = (bytes: Uint8Array, index: number): { readonly at: number; readonly rva: number } => {
    const image = PEImage.parse(bytes);
    return { at: image.signatureOffset + 24 + 112 + index * 8, rva: image.dataDirectories[index]!.rva };
  };
  const patched = (bytes: Uint8Array, at: number, value: number): Uint8Array => {
    const copy = bytes.slice();
    new DataView(copy.buffer).setUint32(at, value, true);
    return copy;
  };

  it('is the mapped image: a CLI header under bootstrap thunks is none', () => {
    const cli = directory(build(), 14).rva;
    expect(load(build(cli))).toMatchObject({
      outcome: 'refused',
      hresult: 0x8007000b,
      exception: { message: expect.stringMatching(/^Bad IL format/) },
    });
    expect(load(build(0x3c))).toMatchObject({ outcome: 'refused', exception: { message: expect.stringMatching(/^Bad IL format/) } });
  });

  it('has all data directories, however few NumberOfRvaAndSizes counts', () => {
    const bytes = build();
    const { at } = directory(bytes, 0);
    expect(load(patched(bytes, at - 4, 12))).toMatchObject({ outcome: 'loaded' });
  });

  it('is the import table in memory, in which it finds the host or a fault', () => {
    const { bytes } = buildMixedImage({ architecture: 'x64', host: undefined, records });
    const { rva } = directory(bytes, 14);
    const { at } = directory(bytes, 1);
    expect(load(patched(bytes, at, rva + 8))).toMatchObject({ outcome: 'refused', fatal: true, rule: 'importTableFault' });
    expect(load(patched(bytes, at, 0))).toMatchObject({ outcome: 'loaded' });
  });

  it('is version 1.1 of the metadata', () => {
    const bytes = build();
    const root = bytes.findIndex((_, at) => [0x42, 0x53, 0x4a, 0x42].every((byte, index) => bytes[at + index] === byte));
    const outcome = load(patched(bytes, root + 4, 0x0002_0001));
    expect(outcome).toMatchObject({ outcome: 'refused', rule: 'metadataVersion', hresult: 0x80131107 });
    expect(outcome.module?.mapped ?? false).toBe(false);
  });
});
