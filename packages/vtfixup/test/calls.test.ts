// P/Invokes: kind, convention, reason of marshalling, GetLastError.
import { effectiveConvention, type MarshallingCause } from '@ijw/marshalling';
import { makeToken, TableId, type Token } from '@ijw/metadata';
import type { MetadataBuilder } from '@ijw/metadata/builder';
import {
  CallingConvention,
  encodeFieldSignature,
  encodeMethodSignature,
  type MethodSignature,
  type TypeNode,
} from '@ijw/metadata/signatures';
import { describe, expect, test } from 'vitest';
import { type SampleInput, sampleBoundary, TEXT } from './sample-image.ts';

type Primitive = (TypeNode & { readonly kind: 'primitive' })['type'];
const primitive = (type: Primitive): TypeNode => ({ kind: 'primitive', type });
const pointer = (element: TypeNode): TypeNode => ({ kind: 'pointer', element });
const named = (token: Token, valueType = true): TypeNode => ({ kind: 'named', token: token as never, valueType });
const modified = (modifier: Token, unmodified: TypeNode, required = false): TypeNode => ({
  kind: 'modified',
  modifier: { kind: 'named', token: modifier as never, valueType: undefined },
  unmodified,
  required,
});
const INT = primitive('int32');

const signature = (returnType: TypeNode, parameterTypes: readonly TypeNode[] = [], header = 0): MethodSignature<TypeNode> => ({
  header,
  genericParameterCount: 0,
  requiredParameterCount: parameterTypes.length,
  returnType,
  parameterTypes,
});

const compilerServices = (builder: MetadataBuilder, name: string): Token =>
  builder.add('TypeRef', { Name: name, Namespace: 'System.Runtime.CompilerServices', ResolutionScope: makeToken(TableId.Module, 1) });

interface NativeInput {
  readonly signature: MethodSignature<TypeNode>;
  readonly mappingFlags?: number;
  readonly implFlags?: number;
  readonly flags?: number;
  readonly rva?: number;
  readonly importName?: string;
  readonly module?: string;
}

/** Adds a native method of the module. */
function addNative(builder: MetadataBuilder, input: NativeInput): Token {
  const token = builder.add('MethodDef', {
    Name: 'Native',
    Flags: input.flags ?? 0x2016,
    ImplFlags: input.implFlags ?? 0x85,
    RVA: input.rva ?? TEXT,
    Signature: encodeMethodSignature(input.signature),
  });
  if (input.mappingFlags !== undefined) {
    const scope = builder.add('ModuleRef', { Name: input.module ?? '' });
    builder.add('ImplMap', {
      MappingFlags: input.mappingFlags,
      MemberForwarded: token,
      ImportName: input.importName ?? '',
      ImportScope: scope,
    });
  }
  return token;
}

function nativeOf(make: (builder: MetadataBuilder) => NativeInput, sample: Partial<SampleInput> = {}) {
  const boundary = sampleBoundary({ architecture: 'x64', metadata: (builder) => addNative(builder, make(builder)), ...sample });
  expect(boundary.diagnostics.entries).toEqual([]);
  expect(boundary.managedToNative).toHaveLength(1);
  return boundary.managedToNative[0]!;
}

describe('the convention of a call', () => {
  const modopt = (name: string) => (builder: MetadataBuilder) => modified(compilerServices(builder, name), INT);
  const plain = () => INT;
  const VARARG = CallingConvention.VarArg;

  test.each([
    ['nothing said', plain, undefined, 0, 'stdcall', 'platform', undefined],
    ['nothing said, vararg', plain, undefined, VARARG, 'cdecl', 'platform', undefined],
    ['WinAPI', plain, 0x100, 0, 'stdcall', 'platform', undefined],
    ['WinAPI and vararg', plain, 0x100, VARARG, 'cdecl', 'platform', undefined],
    ['ImplMap cdecl', plain, 0x240, 0, 'cdecl', 'implMap', undefined],
    ['ImplMap stdcall', plain, 0x340, 0, 'stdcall', 'implMap', undefined],
    ['ImplMap thiscall without parameters', plain, 0x440, 0, 'thiscall', 'implMap', 'thiscall'],
    ['ImplMap fastcall', plain, 0x500, 0, 'fastcall', 'implMap', 'unsupported'],
    ['ImplMap stdcall and vararg', plain, 0x300, VARARG, 'stdcall', 'implMap', 'vararg'],
    ['a modifier', modopt('CallConvCdecl'), undefined, 0, 'cdecl', 'modifier', undefined],
    ['a modifier against WinAPI', modopt('CallConvCdecl'), 0x100, 0, 'cdecl', 'modifier', undefined],
    ['both, and the same', modopt('CallConvCdecl'), 0x200, 0, 'cdecl', 'implMap', undefined],
    ['both, and different', modopt('CallConvCdecl'), 0x300, 0, 'stdcall', 'implMap', 'conflict'],
    ['a modifier that is no convention', modopt('IsLong'), undefined, 0, 'stdcall', 'platform', undefined],
  ] as const)('%s', (_, returnType, mappingFlags, header, convention, source, problem) => {
    const native = nativeOf((builder) => ({
      signature: signature(returnType(builder), [], header),
      ...(mappingFlags !== undefined && { mappingFlags }),
    }));
    expect([native.convention.convention, native.convention.source, native.convention.problem]).toEqual([convention, source, problem]);
  });

  test('two base conventions are one too many; others beside one are not', () => {
    const two = nativeOf((builder) => ({
      signature: signature(
        modified(compilerServices(builder, 'CallConvCdecl'), modified(compilerServices(builder, 'CallConvStdcall'), INT)),
      ),
    }));
    expect(two.convention.problem).toBe('multiple');
    const member = nativeOf((builder) => ({
      signature: signature(
        modified(compilerServices(builder, 'CallConvMemberFunction'), modified(compilerServices(builder, 'CallConvStdcall'), INT)),
      ),
    }));
    expect(member.convention).toMatchObject({ convention: 'stdcall', memberFunction: true });
    expect(member.convention.problem).toBeUndefined();
  });

  test('a required modifier counts for nothing, and ends nothing', () => {
    const native = nativeOf((builder) => ({
      signature: signature(
        modified(compilerServices(builder, 'CallConvStdcall'), modified(compilerServices(builder, 'CallConvCdecl'), INT), true),
      ),
    }));
    expect(native.convention).toMatchObject({ convention: 'cdecl', source: 'modifier' });
  });

  test('a modifier deeper in the return type is none of the method’s', () => {
    const native = nativeOf((builder) => ({ signature: signature(pointer(modified(compilerServices(builder, 'CallConvCdecl'), INT))) }));
    expect(native.convention.source).toBe('platform');
  });

  test('images for other systems have cdecl for their default', () => {
    const modifiers = { base: undefined, multiple: false, memberFunction: false, suppressGCTransition: false };
    expect(effectiveConvention({ modifiers, vararg: false, windows: false, parameterCount: 0 }).convention).toBe('cdecl');
  });
});

describe('why a call is marshalled', () => {
  const reasons = (causes: readonly MarshallingCause[]) =>
    causes.map(({ reason, position }) => (position === undefined ? reason : `${reason} ${position}`));
  const causesOf = (returnType: TypeNode, parameters: readonly TypeNode[] = [], more: Partial<NativeInput> = {}) =>
    reasons(nativeOf(() => ({ signature: signature(returnType, parameters), ...more })).marshallingCauses);

  test('primitives, pointers and function pointers are passed as they are', () => {
    const function_: TypeNode = { kind: 'functionPointer', signature: signature(INT) };
    expect(
      causesOf(primitive('void'), [INT, primitive('float64'), primitive('native int'), pointer(primitive('char')), function_]),
    ).toEqual([]);
  });

  test('the whole call', () => {
    expect(causesOf(INT, [], { implFlags: 0x05 })).toEqual(['preserveSigClear']);
    expect(causesOf(INT, [], { mappingFlags: 0x240 })).toEqual(['setLastError']);
    expect(causesOf(INT, [], { mappingFlags: 0x200 })).toEqual([]);
  });

  test('bool, char, and what is no primitive', () => {
    expect(causesOf(primitive('bool'), [primitive('char')])).toEqual(['bool 0', 'char 1']);
    const others: readonly TypeNode[] = [
      primitive('string'),
      primitive('object'),
      { kind: 'szArray', element: INT },
      { kind: 'byReference', element: INT },
    ];
    expect(causesOf(INT, others)).toEqual(['notPrimitive 1', 'notPrimitive 2', 'notPrimitive 3', 'notPrimitive 4']);
  });

  test('a descriptor on a parameter', () => {
    const native = sampleBoundary({
      architecture: 'x64',
      metadata: (builder) => {
        const param = builder.add('Param', { Sequence: 1 });
        builder.add('MethodDef', {
          Name: 'Native',
          Flags: 0x2016,
          ImplFlags: 0x85,
          RVA: TEXT,
          Signature: encodeMethodSignature(signature(INT, [INT])),
          ParamList: 1,
        });
        builder.add('FieldMarshal', { Parent: param, NativeType: Uint8Array.of(4) });
      },
    }).managedToNative[0]!;
    expect(reasons(native.marshallingCauses)).toEqual(['marshalAs 1']);
  });

  const AUTO = 0x100;
  const SEQUENTIAL = 0x108;

  function valueTypeCauses(
    flags: number,
    fields: readonly TypeNode[],
    use: (type: TypeNode) => MethodSignature<TypeNode>,
    architecture: 'x64' | 'x86' = 'x64',
    base = 'ValueType',
  ) {
    const native = nativeOf(
      (builder) => {
        const extended = builder.add('TypeRef', { Name: base, Namespace: 'System', ResolutionScope: makeToken(TableId.Module, 1) });
        // The native method has to come before the type, among the module's own.
        const input: NativeInput = { signature: use(named(makeToken(TableId.TypeDef, 2))) };
        const type = builder.add('TypeDef', { Name: 'S', Flags: flags, Extends: extended, MethodList: 3 });
        for (const field of fields) builder.add('Field', { Name: 'f', Flags: 0x6, Signature: encodeFieldSignature(field) });
        expect(type).toBe(0x02000002);
        return input;
      },
      { architecture },
    );
    return reasons(native.marshallingCauses);
  }

  test('value types: blittable, not blittable, enumerations', () => {
    const asParameter = (type: TypeNode) => signature(INT, [type]);
    expect(valueTypeCauses(SEQUENTIAL, [INT, pointer(INT)], asParameter)).toEqual([]);
    expect(valueTypeCauses(SEQUENTIAL, [primitive('bool')], asParameter)).toEqual(['valueTypeNotBlittable 1']);
    expect(valueTypeCauses(SEQUENTIAL, [primitive('string')], asParameter)).toEqual(['valueTypeNotBlittable 1']);
    expect(valueTypeCauses(AUTO, [INT], asParameter)).toEqual(['valueTypeNotBlittable 1']);
    expect(valueTypeCauses(AUTO, [INT], asParameter, 'x64', 'Enum')).toEqual([]);
    expect(valueTypeCauses(SEQUENTIAL, [named(makeToken(TableId.TypeDef, 2))], asParameter)).toEqual(['valueTypeNotBlittable 1']);
  });

  test('a structure is returned as an integer on x86 only, and only where it is one', () => {
    const returned = (type: TypeNode) => signature(type);
    expect(valueTypeCauses(SEQUENTIAL, [INT], returned)).toEqual(['structureReturn 0']);
    expect(valueTypeCauses(SEQUENTIAL, [INT], returned, 'x86')).toEqual([]);
    expect(valueTypeCauses(SEQUENTIAL, [INT, INT], returned, 'x86')).toEqual(['structureReturn 0']);
    expect(valueTypeCauses(SEQUENTIAL, [primitive('float32')], returned, 'x86')).toEqual(['structureReturn 0']);
  });

  test('a value type of another assembly may be anything', () => {
    const native = nativeOf((builder) => ({ signature: signature(INT, [named(builder.add('TypeRef', { Name: 'S', Namespace: 'N' }))]) }));
    expect(reasons(native.marshallingCauses)).toEqual(['valueTypeElsewhere 1']);
  });

  test('a pointer to what is copied by its copy constructor', () => {
    const native = nativeOf((builder) => ({
      signature: signature(INT, [
        pointer(
          modified(compilerServices(builder, 'IsCopyConstructed'), named(builder.add('TypeRef', { Name: 'S', Namespace: 'N' })), true),
        ),
        pointer(modified(compilerServices(builder, 'IsConst'), named(builder.add('TypeRef', { Name: 'S', Namespace: 'N' })), true)),
      ]),
    }));
    expect(reasons(native.marshallingCauses)).toEqual(['copyConstructed 1']);
  });
});

describe('GetLastError', () => {
  const toImport = Uint8Array.of(0xff, 0x25, 0xfa, 0x6f, 0x02, 0x00);

  test('by name', () => {
    const native = (module: string, importName: string) =>
      nativeOf(() => ({ signature: signature(INT), mappingFlags: 0x100, implFlags: 0x80, rva: 0, module, importName }));
    expect(native('KERNEL32.dll', 'GetLastError')).toMatchObject({ kind: 'named', replacedGetLastError: true });
    expect(native('kernel32', 'GetLastError').replacedGetLastError).toBe(true);
    expect(native('kernel32', 'SetLastError').replacedGetLastError).toBe(false);
    expect(native('other.dll', 'GetLastError').replacedGetLastError).toBe(false);
  });

  test('one jump away from the function of kernel32', () => {
    const native = (code: Uint8Array) =>
      nativeOf(() => ({ signature: signature(INT) }), { code, imports: ['GetLastError'], importModule: 'KERNEL32.dll' });
    expect(native(toImport).replacedGetLastError).toBe(true);
    expect(native(Uint8Array.of(0xeb, 0x00, 0xff, 0x25, 0xf8, 0x6f, 0x02, 0x00)).stub?.target.kind).toBe('import');
    expect(native(Uint8Array.of(0xeb, 0x00, 0xff, 0x25, 0xf8, 0x6f, 0x02, 0x00)).replacedGetLastError).toBe(false);
    expect(native(Uint8Array.of(0xff, 0x15, 0xfa, 0x6f, 0x02, 0x00, 0xc3)).replacedGetLastError).toBe(false);
  });

  test('a jump to another module’s function of the name is not replaced', () => {
    const native = nativeOf(() => ({ signature: signature(INT) }), { code: toImport, imports: ['GetLastError'] });
    expect(native.stub?.target).toMatchObject({ kind: 'import', function: { module: 'host.dll', name: 'GetLastError' } });
    expect(native.replacedGetLastError).toBe(false);
  });
});

describe('methods that are none of these', () => {
  test('IL, abstract and runtime methods are no crossings', () => {
    const boundary = sampleBoundary({
      architecture: 'x64',
      metadata: (builder) => {
        for (const [Flags, ImplFlags, RVA] of [
          [0x16, 0, 0x2000],
          [0x5c6, 0, 0],
          [0x6, 3, 0],
        ] as const)
          builder.add('MethodDef', { Name: 'M', Flags, ImplFlags, RVA, Signature: encodeMethodSignature(signature(INT)) });
      },
    });
    expect(boundary.managedToNative).toEqual([]);
  });

  test('an internal call', () => {
    expect(nativeOf(() => ({ signature: signature(INT), flags: 0x16, implFlags: 0x1000, rva: 0 }))).toMatchObject({
      kind: 'internalCall',
      marshallingCauses: [],
    });
  });

  test('a signature that cannot be read is told with its method', () => {
    const boundary = sampleBoundary({
      architecture: 'x64',
      metadata: (builder) => {
        builder.add('MethodDef', { Name: 'Native', Flags: 0x2016, ImplFlags: 0x85, RVA: TEXT, Signature: Uint8Array.of(0, 9) });
      },
    });
    expect(boundary.managedToNative).toEqual([]);
    expect(boundary.diagnostics.entries).toMatchObject([{ token: 0x06000002 }]);
  });
});
