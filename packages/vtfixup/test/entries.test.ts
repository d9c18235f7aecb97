// Entries into managed code: slots, exports, entry points, UnmanagedCallersOnly.
import { makeToken, TableId } from '@ijw/metadata';
import { writeAttributeValue } from '@ijw/metadata/attributes';
import type { MetadataBuilder } from '@ijw/metadata/builder';
import { encodeMethodSignature } from '@ijw/metadata/signatures';
import { CorFlags } from '@ijw/pe';
import { Boundary, boundaryJson, boundaryToDot, writeSlots } from '@ijw/vtfixup';
import { describe, expect, test } from 'vitest';
import { Bytes, DATA, IAT, type SampleInput, sampleBoundary, TEXT } from './sample-image.ts';

const MANAGED = 0x06000001;
const BASE = 0x1_8000_0000n;
const SLOTS = { data: writeSlots([MANAGED, MANAGED], 6), fixups: [{ rva: DATA, count: 2, type: 6 }] };

describe('managed exports', () => {
  const exported = (code: Bytes, more: Partial<SampleInput> = {}) =>
    sampleBoundary({
      architecture: 'x64',
      code: code.toBytes(),
      ...SLOTS,
      exports: [{ ordinal: 1, name: 'Entry', target: TEXT }],
      ...more,
    });

  test.each([
    ['as a compiler makes them', new Bytes(TEXT).bytes([0xff, 0x25]).rel32(DATA)],
    [
      'as ilasm makes them',
      new Bytes(TEXT)
        .bytes([0x48, 0xa1])
        .u64(BASE + BigInt(DATA))
        .bytes([0xff, 0xe0]),
    ],
    [
      'by way of a table of jumps',
      new Bytes(TEXT)
        .bytes([0xe9])
        .rel32(TEXT + 0x20)
        .at(TEXT + 0x20)
        .bytes([0xff, 0x25])
        .rel32(DATA),
    ],
  ])('%s', (_, code) => {
    const [entry, other] = exported(code).nativeToManaged;
    expect(entry).toMatchObject({ method: '<Module>::Managed', exports: [{ name: 'Entry', ordinal: 1, rva: TEXT }] });
    expect(entry!.stubs).toHaveLength(1);
    expect(other!.exports).toEqual([]);
  });

  test('several names of one slot, and one without a name', () => {
    const target = TEXT;
    const exports = [
      { ordinal: 1, name: 'A', target },
      { ordinal: 1, name: 'B', target },
      { ordinal: 7, target },
    ];
    const boundary = exported(new Bytes(TEXT).bytes([0xff, 0x25]).rel32(DATA), { exports });
    expect([...boundaryJson(boundary).nativeToManaged][0]!.exports).toEqual(['A', 'B', '#7']);
  });

  test('a stub that a rewriter put where no code is', () => {
    const data = new Bytes(DATA).bytes(SLOTS.data).bytes([0xff, 0x25]).rel32(DATA).toBytes();
    const boundary = exported(new Bytes(TEXT), { data, exports: [{ ordinal: 1, name: 'Entry', target: DATA + 16 }] });
    expect(boundary.nativeToManaged[0]).toMatchObject({ stubs: [{ rva: DATA + 16 }], exports: [{ name: 'Entry' }] });
  });

  test('data is no place to jump to; a forwarder leads out of the image', () => {
    const exports = [
      { ordinal: 1, name: 'value', target: DATA + 8 },
      { ordinal: 2, name: 'far', forwarder: 'OTHER.Far' },
    ] as const;
    const boundary = exported(new Bytes(TEXT), { exports });
    expect(boundary.exports).toEqual([{ name: 'value', ordinal: 1, rva: DATA + 8 }]);
  });
});

describe('entry points', () => {
  const code = new Bytes(TEXT).bytes([0xff, 0x25]).rel32(IAT).toBytes();
  const sample = { architecture: 'x64', code, imports: ['_CorDllMain'], entryPoint: TEXT } as const;

  test('of the image and of the CLI header, native', () => {
    const { image, native, token } = sampleBoundary({
      ...sample,
      cli: { flags: CorFlags.NATIVE_ENTRYPOINT, entryPointTokenOrRva: TEXT + 0x10 },
    }).entryPoints;
    expect(image!.target).toMatchObject({ kind: 'import', function: { module: 'host.dll', name: '_CorDllMain' } });
    expect([native!.rva, token]).toEqual([TEXT + 0x10, undefined]);
  });

  test('of the CLI header, managed; and none at all', () => {
    expect(sampleBoundary({ ...sample, cli: { entryPointTokenOrRva: MANAGED } }).entryPoints).toMatchObject({ token: MANAGED });
    expect(sampleBoundary({ architecture: 'x64' }).entryPoints).toEqual({});
  });
});

describe('UnmanagedCallersOnly', () => {
  const SERVICES = 'System.Runtime.InteropServices';

  function addCallable(builder: MetadataBuilder, value: Uint8Array): void {
    const type = builder.add('TypeRef', {
      Name: 'UnmanagedCallersOnlyAttribute',
      Namespace: SERVICES,
      ResolutionScope: makeToken(TableId.Module, 1),
    });
    const constructorSignature = Uint8Array.of(0x20, 0, 1);
    const constructorOf = builder.add('MemberRef', { Class: type, Name: '.ctor', Signature: constructorSignature });
    const voidType = { kind: 'primitive', type: 'void' } as const;
    const signature = { header: 0, genericParameterCount: 0, requiredParameterCount: 0, returnType: voidType, parameterTypes: [] };
    const method = builder.add('MethodDef', { Name: 'Callable', Flags: 0x16, RVA: 0x1f00, Signature: encodeMethodSignature(signature) });
    builder.add('CustomAttribute', { Parent: method, Type: constructorOf, Value: value });
  }

  const value = writeAttributeValue({
    fixedArguments: [],
    namedArguments: [
      { kind: 'field', name: 'EntryPoint', type: { kind: 'primitive', name: 'string' }, value: 'callable' },
      {
        kind: 'field',
        name: 'CallConvs',
        type: { kind: 'array', element: { kind: 'type' } },
        value: ['System.Runtime.CompilerServices.CallConvCdecl, System.Runtime'],
      },
    ],
  });

  test('entry point and convention', () => {
    const boundary = sampleBoundary({ architecture: 'x64', metadata: (builder) => addCallable(builder, value) });
    expect(boundary.unmanagedCallersOnly).toMatchObject([
      { method: '<Module>::Callable', entryPoint: 'callable', convention: { convention: 'cdecl', source: 'attribute' } },
    ]);
    expect(boundary.crossings).toMatchObject([{ direction: 'nativeToManaged', by: 'unmanagedCallersOnly', names: ['callable'] }]);
  });

  test('nothing said: the platform’s convention', () => {
    const boundary = sampleBoundary({ architecture: 'x64', metadata: (builder) => addCallable(builder, Uint8Array.of(1, 0, 0, 0)) });
    expect(boundaryJson(boundary).unmanagedCallersOnly).toMatchObject([
      { token: 0x06000002, convention: 'stdcall', conventionSource: 'platform' },
    ]);
  });

  test('a value that cannot be read is told', () => {
    const boundary = sampleBoundary({ architecture: 'x64', metadata: (builder) => addCallable(builder, Uint8Array.of(1, 0, 9, 0)) });
    expect(boundary.unmanagedCallersOnly).toEqual([]);
    expect(boundary.diagnostics.entries).toMatchObject([{ severity: 'error', token: 0x06000002 }]);
  });
});

describe('jumps to imports', () => {
  test('are found wherever code is, and only there', () => {
    const code = new Bytes(TEXT)
      .bytes([0xff, 0x25])
      .rel32(IAT)
      .at(TEXT + 0x21)
      .bytes([0x48, 0xff, 0x25])
      .rel32(IAT + 8)
      .bytes([0xff, 0x15])
      .rel32(IAT);
    const data = new Bytes(DATA).bytes([0xff, 0x25]).rel32(IAT).toBytes();
    const boundary = sampleBoundary({ architecture: 'x64', code: code.toBytes(), data, imports: ['A', 'B'] });
    expect(boundary.importStubs.map(({ rva, pointer }) => [rva, pointer])).toEqual([
      [TEXT, IAT],
      [TEXT + 0x21, IAT + 8],
    ]);
  });
});

describe('fields that mean no good', () => {
  test('a literal larger than the file is not read as text', () => {
    const boundary = sampleBoundary({
      architecture: 'x64',
      metadata: (builder) => {
        const array = builder.add('TypeDef', { Name: '$ArrayType$$$BY0A@$$CBD', Flags: 0x108 });
        builder.add('ClassLayout', { ClassSize: 0x7fffffff, Parent: array });
        const field = builder.add('Field', { Name: '??_C@_00CNPNBAHC@@', Flags: 0x16, Signature: Uint8Array.of(6, 0x11, 0x08) });
        builder.set('TypeDef', 2, 'FieldList', 2);
        builder.add('FieldRVA', { RVA: DATA, Field: field });
      },
    });
    expect(boundary.cppCliData!.fields).toMatchObject([{ rva: DATA, size: 0x7fffffff, value: { kind: 'static' } }]);
  });
});

describe('without metadata', () => {
  test('slots, stubs and exports are there, their methods are not', () => {
    const code = new Bytes(TEXT).bytes([0xff, 0x25]).rel32(DATA).toBytes();
    const { image } = sampleBoundary({ architecture: 'x64', code, ...SLOTS, exports: [{ ordinal: 1, name: 'Entry', target: TEXT }] });
    const boundary = Boundary.of(image, undefined);
    expect(boundary.nativeToManaged[0]).toMatchObject({ token: MANAGED, exports: [{ name: 'Entry' }] });
    expect(boundary.nativeToManaged[0]!.method).toBeUndefined();
    expect([boundary.managedToNative, boundary.unmanagedCallersOnly, boundary.cppCliData]).toEqual([[], [], undefined]);
    expect(boundaryToDot(boundary)).toContain(`"token 0x${MANAGED.toString(16)}"`);
  });
});
