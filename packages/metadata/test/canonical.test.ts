// The canonical lines of tables: texts of rows, and what cannot be resolved.
import { Metadata, makeToken, TableId, type Token, type TypeDefOrRefToken, typeFullName, typeText } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { escapeName, headerLines, rawTableLines, resolvedTableLines, writeRawTables } from '@ijw/metadata/canonical';
import { encodeMethodSignature, encodeTypeSpec, type TypeNode } from '@ijw/metadata/signatures';
import { describe, expect, test } from 'vitest';

const lines = (chunks: Iterable<Uint8Array>): string[] => {
  const text = [...chunks].map((chunk) => new TextDecoder().decode(chunk)).join('');
  return text.split('\n').slice(0, -1);
};

const int32: TypeNode = { kind: 'primitive', type: 'int32' };

function library(): MetadataBuilder {
  const builder = new MetadataBuilder();
  builder.add('Module', { Name: 'library.dll', Mvid: '01234567-89ab-cdef-0123-456789abcdef' });
  const scope = builder.add('AssemblyRef', { Name: 'mscorlib', Major: 4, PublicKeyOrToken: Uint8Array.of(0xb7, 0x7a) });
  const list = builder.add('TypeRef', { ResolutionScope: scope, Namespace: 'System', Name: 'List`1' });
  const outer = builder.add('TypeDef', { Namespace: 'Ns', Name: 'Ou(ter)', Flags: 0x100001 });
  builder.add('Field', { Name: 'field', Signature: Uint8Array.of(6, 8) });
  const method = builder.add('MethodDef', {
    RVA: 0x2050,
    Name: '.ctor',
    Signature: encodeMethodSignature({
      header: 0x20,
      genericParameterCount: 0,
      requiredParameterCount: 1,
      returnType: { kind: 'primitive', type: 'void' },
      parameterTypes: [{ kind: 'genericInstance', generic: { kind: 'named', token: list, valueType: false }, arguments: [int32] }],
    }),
  });
  builder.add('Param', { Sequence: 1, Name: 'ä' });
  const inner = builder.add('TypeDef', { Name: 'Inner' });
  builder.add('NestedClass', { NestedClass: inner, EnclosingClass: outer });
  builder.add('CustomAttribute', { Parent: method, Type: method, Value: Uint8Array.of(1, 0, 0, 0) });
  return builder;
}

describe('the lines of a library', () => {
  const metadata = Metadata.parse(library().build());

  test('raw', () => {
    expect(lines(rawTableLines(metadata))).toEqual([
      'T 00 1 0 1 1 0 0',
      'T 01 1 6 16 1d',
      'T 02 1 100001 24 2c 0 1 1',
      'T 02 2 0 3e 0 0 2 2',
      'T 04 1 0 2f 4',
      'T 06 1 2050 0 0 35 7 1',
      'T 08 1 0 1 3b',
      'T 0c 1 20 a 10',
      'T 23 1 4 0 0 0 0 1 d 0 0',
      'T 29 1 2 1',
    ]);
  });

  test('resolved', () => {
    const signature = '20:0(cl;[mscorlib]System.List`1{i4})void';
    const instanceConstructor = `Ns.Ou\\u0028ter\\u0029::.ctor:${signature}`;
    expect(lines(resolvedTableLines(metadata))).toEqual([
      'R 00 1 Generation=0 Name=library.dll Mvid=01234567-89ab-cdef-0123-456789abcdef EncId=- EncBaseId=-',
      'R 01 1 ResolutionScope=[mscorlib] Name=List`1 Namespace=System',
      'R 02 1 Flags=100001 Name=Ou\\u0028ter\\u0029 Namespace=Ns Extends=- FieldList=1 MethodList=1 @=Ns.Ou\\u0028ter\\u0029',
      'R 02 2 Flags=0 Name=Inner Namespace= Extends=- FieldList=2 MethodList=2 @=Ns.Ou\\u0028ter\\u0029/Inner',
      'R 04 1 Flags=0 Name=field Signature=f:i4 @=Ns.Ou\\u0028ter\\u0029::field:f:i4',
      `R 06 1 RVA=2050 ImplFlags=0 Flags=0 Name=.ctor Signature=${signature} ParamList=1 @=${instanceConstructor}`,
      `R 08 1 Flags=0 Sequence=1 Name=\\u00e4 @=param(${instanceConstructor};1)`,
      `R 0c 1 Parent=${instanceConstructor} Type=${instanceConstructor} Value=x01000000`,
      'R 23 1 Major=4 Minor=0 Build=0 Revision=0 Flags=0 PublicKeyOrToken=xb77a Name=mscorlib Culture= HashValue=x',
      'R 29 1 NestedClass=Ns.Ou\\u0028ter\\u0029/Inner EnclosingClass=Ns.Ou\\u0028ter\\u0029',
    ]);
  });

  test('of the header', () => {
    const header = [...headerLines(metadata)];
    expect(header[0]).toBe('H md version=v4.0.30319 storage=1.1 flags=0');
    expect(header).toContain('H rows 02 TypeDef n=2 size=14');
    expect(header).toContain('H tables version=2.0 heaps=0 valid=20800001157 sorted=16003301fa00');
  });

  test('of one table', () => {
    expect(lines(resolvedTableLines(metadata, { table: 'Field' }))).toHaveLength(1);
    expect(lines(rawTableLines(metadata, { table: 'Event' }))).toEqual([]);
  });
});

describe('what cannot be resolved', () => {
  const resolved = (build: (builder: MetadataBuilder) => void): string[] => {
    const builder = new MetadataBuilder();
    build(builder);
    return lines(resolvedTableLines(Metadata.parse(builder.build({ keepOrder: true }))));
  };

  test('rows that are not there, tags that are no table’s, offsets beyond the heap', () => {
    const rows = resolved((builder) => {
      builder.add('InterfaceImpl', { Class: 9, Interface: makeToken(TableId.TypeRef, 7) });
      builder.add('CustomAttribute');
      builder.set('CustomAttribute', 1, 'Type', 8 | 7);
      builder.add('File', { Name: 0xffff, HashValue: 0xfff0 });
      builder.add('ModuleRef', { Name: 0xffff });
      builder.add('ImplMap', { ImportScope: 1 });
    });
    expect(rows).toContain('R 09 1 Class=!bad:02000009 Interface=!bad:01000007');
    expect(rows).toContain('R 0c 1 Parent=- Type=!badtag Value=x');
    expect(rows).toContain('R 26 1 Flags=0 Name=!bad:0000ffff HashValue=!bad:0000fff0');
    expect(rows).toContain('R 1c 1 MappingFlags=0 MemberForwarded=- ImportName= ImportScope=!bad:1a000001');
  });

  test('signatures: empty, left-over bytes, no signature at all', () => {
    const rows = resolved((builder) => {
      builder.add('StandAloneSig', { Signature: 0 });
      builder.add('StandAloneSig', { Signature: Uint8Array.of(6, 8, 1, 2) });
      builder.add('StandAloneSig', { Signature: Uint8Array.of(7, 2, 8) });
      builder.add('StandAloneSig', { Signature: Uint8Array.of(7, 1, 0x45, 8) });
      builder.add('TypeSpec', { Signature: 0 });
    });
    expect(rows.map((row) => row.replace(/^.*Signature=/, ''))).toEqual(['!empty', 'f:i4+2', '!sig:070208', 'l(pinned(i4))', '!sig:']);
  });

  test('a TypeSpec of itself, a nest of types without end', () => {
    const self: TypeNode = { kind: 'named', token: makeToken(TableId.TypeSpec, 1), valueType: undefined };
    const rows = resolved((builder) => {
      builder.add('TypeSpec', { Signature: encodeTypeSpec({ kind: 'modified', required: true, modifier: self, unmodified: int32 }) });
      const one = builder.add('TypeDef', { Name: 'One' });
      builder.add('NestedClass', { NestedClass: one, EnclosingClass: one });
    });
    expect(rows).toContain('R 1b 1 Signature=modreq(spec(modreq(!cycle;i4));i4)');
    expect(rows).toContain('R 29 1 NestedClass=!cycle/One EnclosingClass=!cycle/One');
  });

  test('TypeSpecs that double with every step end in bytes, not in memory', () => {
    const rows = resolved((builder) => {
      let previous: TypeNode = int32;
      for (let step = 0; step < 60; step++) {
        const once: TypeNode = { kind: 'modified', required: true, modifier: previous, unmodified: int32 };
        const twice: TypeNode = step === 0 ? int32 : { kind: 'modified', required: true, modifier: previous, unmodified: once };
        const token: Token = builder.add('TypeSpec', { Signature: encodeTypeSpec(twice) });
        previous = { kind: 'named', token: token as TypeDefOrRefToken, valueType: undefined };
      }
    });
    expect(rows).toHaveLength(60);
    expect(rows[3]).toMatch(/^R 1b 4 Signature=modreq\(spec/);
    expect(rows.some((row) => row.includes('spec(!sig:'))).toBe(true);
    expect(Math.max(...rows.map(({ length }) => length))).toBeLessThan(1 << 22);
  });
});

describe('TypeSpecs in TypeSpecs, each as deep as one may be', () => {
  const builder = new MetadataBuilder();
  const pointers: number[] = new Array(480).fill(0x0f);
  for (let rid = 1; rid <= 200; rid++) {
    // 480 pointers to modreq(the next TypeSpec) int32
    const next = ((rid + 1) << 2) | 2;
    builder.add('TypeSpec', { Signature: Uint8Array.of(...pointers, 0x1f, 0x80 | (next >> 8), next & 0xff, 8) });
  }
  const metadata = Metadata.parse(builder.build());

  test('their lines end before the stack does', () => {
    const rows = lines(resolvedTableLines(metadata));
    expect(rows).toHaveLength(200);
    expect(rows[0]).toContain('spec(!sig:0f0f');
  });

  test('a type through TypeSpecs has one bound for all', () => {
    const inner: TypeNode = { kind: 'named', token: makeToken(TableId.TypeSpec, 199), valueType: false };
    expect(typeText(metadata, inner)).toBe(`int${'*'.repeat(480)}`);
    const builder = new MetadataBuilder();
    for (let rid = 1; rid <= 10; rid++) builder.add('TypeSpec', { Signature: Uint8Array.of(...pointers, 0x12, ((rid + 1) << 2) | 2) });
    const chain = Metadata.parse(builder.build());
    expect(() => typeFullName(chain, makeToken(TableId.TypeSpec, 1))).toThrow(expect.objectContaining({ code: 'TYPE_TOO_DEEP' }));
  });
});

test('lines come in chunks, whatever their number', async () => {
  const builder = new MetadataBuilder();
  for (let row = 0; row < 30_000; row++) builder.add('ModuleRef', { Name: 'x' });
  const metadata = Metadata.parse(builder.build());
  const sizes: number[] = [];
  await writeRawTables(metadata, async (chunk) => {
    sizes.push(chunk.length);
  });
  expect(sizes.length).toBeGreaterThan(5);
  expect(Math.max(...sizes)).toBeLessThan(1 << 17);
  expect(sizes.reduce((sum, size) => sum + size)).toBe(lines(rawTableLines(metadata)).join('\n').length + 1);
});

test('names escape what the format uses', () => {
  expect(escapeName('Plain.Name`1<x>')).toBe('Plain.Name`1<x>');
  expect(escapeName('a b\\[](){},;!&*/"\u00e9\ud800')).toBe(
    'a\\u0020b\\u005c\\u005b\\u005d\\u0028\\u0029\\u007b\\u007d\\u002c\\u003b\\u0021\\u0026\\u002a\\u002f\\u0022\\u00e9\\ud800',
  );
});
