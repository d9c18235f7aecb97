// Rows that share long data: names, signatures, attribute values, types within types. Each case just below the budget and just above.
import { Metadata, methodSignatureText, typeSpecText } from '@ijw/metadata';
import { AttributeDecoder } from '@ijw/metadata/attributes';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { describe, expect, it } from 'vitest';

/** Of the heaps: a name costs a quarter of its length, what a row costs anyway is free. */
const FREE = 64;
const NAME_SHARE = 4;
const limitOf = (metadata: Metadata): number => metadata.bytes.length * 4 + 0x400000;

const TOO_MUCH = expect.objectContaining({ code: 'TOO_MUCH_DATA' });

/** Reads as often as the budget affords and then once more. */
function expectLimit(metadata: Metadata, cost: number, read: () => unknown): void {
  for (let left = Math.floor(limitOf(metadata) / cost); left > 0; left--) read();
  expect(read).toThrow(TOO_MUCH);
  metadata.budget.renew();
  expect(read).not.toThrow();
}

const LENGTH = 200_000;

describe('data that rows share', () => {
  it('names', () => {
    const builder = new MetadataBuilder();
    const name = builder.strings.add('N'.repeat(LENGTH));
    const metadata = Metadata.parse(builder.build());
    expectLimit(metadata, (LENGTH - FREE) / NAME_SHARE, () => metadata.strings.get(name));
  });

  it('names of 64 characters cost nothing', () => {
    const builder = new MetadataBuilder();
    const name = builder.strings.add('N'.repeat(FREE));
    const metadata = Metadata.parse(builder.build());
    for (let reads = 0; reads < 200_000; reads++) metadata.strings.get(name);
    metadata.budget.check(metadata.place, 0);
  });

  it('method signatures: one object for a short blob; a long one is paid for each time', () => {
    const builder = new MetadataBuilder();
    const short = builder.blobs.add(Uint8Array.of(0, 0, 1));
    const count = 8000;
    const long = builder.blobs.add(Uint8Array.of(0, 0x80 | (count >> 8), count & 0xff, 1, ...new Uint8Array(count).fill(8)));
    const metadata = Metadata.parse(builder.build());
    expect(metadata.methodSignature(short)).toBe(metadata.methodSignature(short));
    expectLimit(metadata, count + 4 - FREE, () => metadata.methodSignature(long));
  });

  it('user strings', () => {
    const builder = new MetadataBuilder();
    const offset = builder.userStrings.add('S'.repeat(LENGTH));
    const metadata = Metadata.parse(builder.build());
    expectLimit(metadata, LENGTH * 2 + 1 - FREE, () => metadata.userStrings.get(offset & 0xffffff));
  });

  it('signatures', () => {
    const builder = new MetadataBuilder();
    builder.add('Module', { Name: 'm' });
    builder.add('TypeDef', { Name: '<Module>' });
    const parameters = 100_000;
    const signature = new Uint8Array(6 + parameters).fill(8);
    signature.set([0, 0xc0, (parameters >> 16) & 0xff, (parameters >> 8) & 0xff, parameters & 0xff, 1]);
    const token = builder.add('MethodDef', { Name: 'M', Signature: signature });
    const metadata = Metadata.parse(builder.build());
    expectLimit(metadata, signature.length - FREE, () => methodSignatureText(metadata, token));
  });

  it('attribute values', () => {
    const builder = new MetadataBuilder();
    builder.add('Module', { Name: 'm' });
    const type = builder.add('TypeRef', { Name: 'A', Namespace: 'N' });
    // instance void .ctor(uint8[])
    const method = builder.add('MemberRef', { Class: type, Name: '.ctor', Signature: Uint8Array.of(0x20, 1, 1, 0x1d, 5) });
    const value = new Uint8Array(2 + 4 + LENGTH + 2);
    value.set([1, 0]);
    new DataView(value.buffer).setUint32(2, LENGTH, true);
    builder.add('CustomAttribute', { Parent: type, Type: method, Value: value });
    const metadata = Metadata.parse(builder.build());
    const decoder = new AttributeDecoder(metadata, { unknownEnums: 'i4' });
    expectLimit(metadata, value.length - FREE, () => decoder.decode(1));
  });

  it('types within types: the text of TypeSpecs that name others twice', () => {
    const builder = new MetadataBuilder();
    builder.add('Module', { Name: 'm' });
    const levels = 11;
    // List<!0, !0> of the one before, written as class 0x15 0x12 TypeSpec…
    builder.add('TypeSpec', { Signature: Uint8Array.of(8) });
    let token = 0x1b000001;
    for (let level = 1; level <= levels; level++) {
      const before = (level << 2) | 2;
      token = builder.add('TypeSpec', { Signature: Uint8Array.of(0x15, 0x12, 5, 2, 0x12, before, 0x12, before) });
    }
    builder.add('TypeRef', { Name: 'L' });
    const metadata = Metadata.parse(builder.build());
    const read = (): string => typeSpecText(metadata, token as never);
    read();
    let reads = 1;
    expect(() => {
      for (; reads < 100_000; reads++) read();
    }).toThrow(TOO_MUCH);
    // A few types for each of the 2^11 leaves.
    expect(reads).toBeGreaterThan(limitOf(metadata) / (2 ** levels * 40));
    expect(reads).toBeLessThan(limitOf(metadata) / 2 ** levels);
  });
});
