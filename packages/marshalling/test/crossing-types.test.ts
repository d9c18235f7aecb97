// How values cross: native tree, ABI, conversion. One row for what a managed type and MarshalAs make together.
import { type CrossingType, CrossingTypes, type NativeTree, nativeExtent } from '@ijw/marshalling';
import type { Token } from '@ijw/metadata';
import type { CustomAttributeValue } from '@ijw/metadata/attributes';
import { NativeType, type NativeTypeName } from '@ijw/metadata/marshalling';
import { encodeMethodSignature, SignatureFlags, type TypeNode } from '@ijw/metadata/signatures';
import { describe, expect, it } from 'vitest';
import { array, INT, objectOf, PInvokeMetadata, pointer, primitive, reference, structure, VOID } from './pinvoke-metadata.ts';

type Make = (metadata: PInvokeMetadata) => TypeNode;

function crossing(make: Make, nativeType?: NativeTypeName, { wide = false, pointerSize = 8 as 4 | 8 } = {}): CrossingType {
  const builder = new PInvokeMetadata();
  const type = make(builder);
  const types = new CrossingTypes(builder.build(), pointerSize, { direction: 'forward', host: 'core' });
  const descriptor = nativeType && ({ kind: 'simple', nativeType: NativeType[nativeType] } as const);
  const made = types.of(type, descriptor, { wide, isResult: false });
  if ('kind' in made) throw new Error(made.reason);
  return made;
}

/** A tree in C's words, structures by name. */
function text(tree: NativeTree): string {
  switch (tree.kind) {
    case 'scalar':
      return tree.scalar;
    case 'pointer':
      return `${text(tree.element)}*`;
    case 'struct':
      return tree.struct.name;
    case 'array':
      return `${text(tree.element)}[${tree.length}]`;
    case 'function':
      return `${tree.convention} ${text(tree.returnType)}(${tree.parameters.map(text).join(', ')})`;
    default:
      return tree.kind;
  }
}

const named =
  (name: string): Make =>
  (metadata) =>
    structure(metadata.typeRef(name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.') + 1)));

describe('the native type of a value', () => {
  it.each<[string, Make, NativeTypeName | undefined, string, string]>([
    ['a bool', () => primitive('bool'), undefined, 'int32', 'boolean'],
    ['a bool of one byte', () => primitive('bool'), 'u1', 'uint8', 'boolean'],
    ['a char', () => primitive('char'), undefined, 'char8', 'character'],
    ['a string', () => primitive('string'), undefined, 'char8*', 'text'],
    ['a wide string', () => primitive('string'), 'lpWStr', 'char16*', 'text'],
    ['a pointer', () => pointer(primitive('bool')), undefined, 'uint8*', 'address'],
    ['a reference', () => reference(INT), undefined, 'int32*', 'reference'],
    ['an array', () => array(primitive('bool')), undefined, 'int32*', 'array'],
    ['a Guid', named('System.Guid'), undefined, 'IJW_GUID', 'none'],
    ['a Guid by its address', named('System.Guid'), 'lpStruct', 'IJW_GUID*', 'pointee'],
    ['a decimal', named('System.Decimal'), undefined, 'IJW_DECIMAL', 'decimal'],
    ['a decimal by its address', named('System.Decimal'), 'lpStruct', 'IJW_DECIMAL*', 'pointee'],
    ['a decimal as a currency', named('System.Decimal'), 'currency', 'IJW_CURRENCY', 'runtime'],
    ['a DateTime', named('System.DateTime'), undefined, 'double', 'date'],
    ['a TimeSpan', named('System.TimeSpan'), undefined, 'IJW_TIMESPAN', 'none'],
    ['an object', () => primitive('object'), undefined, 'IJW_VARIANT', 'runtime'],
    [
      'a class that is only named as a handle',
      (metadata) => objectOf(metadata.type('SafeThingHandle', [INT], { flags: 0, isClass: true })),
      undefined,
      'void*',
      'address',
    ],
    ['a class of another assembly', (metadata) => objectOf(metadata.typeRef('Other', 'SafeThingHandle')), undefined, 'void*', 'address'],
    [
      'a handle of the core library',
      (metadata) => objectOf(metadata.typeRef('Microsoft.Win32.SafeHandles', 'SafeFileHandle')),
      undefined,
      'void*',
      'safeHandle',
    ],
    ['a class with a layout', (metadata) => objectOf(metadata.type('Pair', [INT, INT], { isClass: true })), undefined, 'Pair*', 'address'],
  ])('%s', (_, make, nativeType, native, conversion) => {
    const made = crossing(make, nativeType);
    expect([text(made.native), made.conversion.kind]).toEqual([native, conversion]);
  });

  it.each([4, 8] as const)('has the size and alignment that is passed, with pointers of %i bytes', (pointerSize) => {
    const makes: Make[] = [
      () => primitive('object'),
      () => primitive('string'),
      named('System.Decimal'),
      (metadata) => structure(metadata.type('Mixed', [primitive('bool'), primitive('string'), primitive('int64')])),
      (metadata) => structure(metadata.type('Plain', [INT, pointer(INT), primitive('float64')], { packing: 2 })),
    ];
    for (const make of makes) {
      const { native, abi } = crossing(make, undefined, { pointerSize });
      if (abi.kind === 'void') throw new Error('no value');
      expect(nativeExtent(native, pointerSize)).toEqual({ size: abi.size, alignment: abi.kind === 'aggregate' ? abi.alignment : abi.size });
    }
  });

  it('of an array of text is by the character set', () => {
    expect(text(crossing(() => array(primitive('char')), undefined, { wide: true }).native)).toBe('char16*');
    expect(text(crossing(() => array(primitive('string')), undefined, { wide: true }).native)).toBe('char16**');
  });
});

describe('a delegate', () => {
  const FUNCTION_POINTER = ['System.Runtime.InteropServices', 'UnmanagedFunctionPointerAttribute'] as const;

  function delegate(metadata: PInvokeMetadata, parameters: readonly TypeNode[], attribute?: Partial<CustomAttributeValue>): Token {
    const base = metadata.typeRef('System', 'MulticastDelegate');
    const token = metadata.builder.add('TypeDef', { Name: 'Callback', Flags: 0x101, Extends: base });
    metadata.builder.add('MethodDef', {
      Name: 'Invoke',
      Flags: 0x1c6,
      ImplFlags: 3,
      Signature: encodeMethodSignature({
        header: SignatureFlags.HasThis,
        genericParameterCount: 0,
        requiredParameterCount: parameters.length,
        returnType: VOID,
        parameterTypes: parameters,
      }),
    });
    if (attribute) metadata.attribute(token, ...FUNCTION_POINTER, attribute);
    return token;
  }

  const convention = (value: number): Partial<CustomAttributeValue> => ({
    fixedArguments: [{ type: { kind: 'primitive', name: 'i4' }, value }],
  });
  const charSet = (value: number) => ({ kind: 'property', name: 'CharSet', type: { kind: 'primitive', name: 'i4' }, value }) as const;

  it.each([
    [undefined, 'platform void(int32, char8*)'],
    [convention(1), 'platform void(int32, char8*)'],
    [convention(2), 'cdecl void(int32, char8*)'],
    [{ ...convention(3), namedArguments: [charSet(3)] }, 'stdcall void(int32, char16*)'],
  ])('is the function that its own attribute describes (%#)', (attribute, expected) => {
    const made = crossing((metadata) => objectOf(delegate(metadata, [primitive('bool'), primitive('string')], attribute)));
    expect(text(made.native)).toBe(expected);
    expect(made.conversion).toMatchObject({ kind: 'delegate', delegate: { name: 'Callback', fullName: 'Callback' } });
  });

  it('that takes itself comes to an end', () => {
    const made = crossing((metadata) => objectOf(delegate(metadata, [objectOf(0x02000002 as never)])));
    expect(text(made.native)).toBe('platform void(void*)');
  });
});
