// How deep names may nest: types within types, TypeRefs within each other, forwarders, TypeSpecs. Each at its limit and one deeper.
import { Metadata, type Token, typeFullName } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { encodeTypeSpec } from '@ijw/metadata/signatures';
import { describe, expect, it } from 'vitest';

const MOST_NESTED = 100;
const MOST_TYPE_SPECS = 20;

type Chain = (builder: MetadataBuilder, depth: number) => Token;

const CHAINS: Readonly<Record<string, Chain>> = {
  TypeDef(builder, depth) {
    let inner = builder.add('TypeDef', { Name: 'T' });
    for (let level = 1; level < depth; level++) {
      const nested = builder.add('TypeDef', { Name: 'T' });
      builder.add('NestedClass', { NestedClass: nested, EnclosingClass: inner });
      inner = nested;
    }
    return inner;
  },
  TypeRef(builder, depth) {
    let inner = builder.add('TypeRef', { Name: 'T' });
    for (let level = 1; level < depth; level++) inner = builder.add('TypeRef', { Name: 'T', ResolutionScope: inner });
    return inner;
  },
  ExportedType(builder, depth) {
    let inner = builder.add('ExportedType', { TypeName: 'T' });
    for (let level = 1; level < depth; level++) inner = builder.add('ExportedType', { TypeName: 'T', Implementation: inner });
    return inner;
  },
};

function nameOf(chain: Chain, depth: number): string {
  const builder = new MetadataBuilder();
  builder.add('Module', { Name: 'm' });
  const token = chain(builder, depth);
  return typeFullName(Metadata.parse(builder.build()), token);
}

describe.each(Object.entries(CHAINS))('the name of a %s', (_, chain) => {
  it('has as many outer types as it may', () => {
    expect(nameOf(chain, MOST_NESTED)).toBe(new Array<string>(MOST_NESTED).fill('T').join('/'));
    expect(() => nameOf(chain, MOST_NESTED + 1)).toThrow(expect.objectContaining({ code: 'NESTING_TOO_DEEP' }));
  });
});

describe('the name of a TypeSpec', () => {
  const specs: Chain = (builder, depth) => {
    let last: Token = builder.add('TypeSpec', { Signature: encodeTypeSpec({ kind: 'primitive', type: 'int32' }) });
    for (let level = 1; level < depth; level++)
      last = builder.add('TypeSpec', { Signature: encodeTypeSpec({ kind: 'named', token: last as never, valueType: false }) });
    return last;
  };

  it('leads through as many others as it may', () => {
    expect(nameOf(specs, MOST_TYPE_SPECS)).toBe('int');
    expect(() => nameOf(specs, MOST_TYPE_SPECS + 1)).toThrow(expect.objectContaining({ code: 'TYPE_SPEC_CYCLE' }));
  });
});
