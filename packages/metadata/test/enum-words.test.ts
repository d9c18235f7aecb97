// Arguments of attributes that are enumerations, in words: by the definition in the file, by the framework's, and those that nothing defines.
import { Metadata, makeToken, TableId, type Token, type TypeDefOrRefToken } from '@ijw/metadata';
import { writeAttributeValue } from '@ijw/metadata/attributes';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { TokenText } from '@ijw/metadata/canonical';
import { encodeFieldSignature, encodeMethodSignature, type PrimitiveName, type TypeNode } from '@ijw/metadata/signatures';
import { cellWords } from '@ijw/metadata/words';
import { describe, expect, it } from 'vitest';

const primitive = (type: PrimitiveName): TypeNode => ({ kind: 'primitive', type });

/** What the value of an attribute with one argument of an enumeration is shown as. */
function shown(value: number, enumeration: (builder: MetadataBuilder, core: Token) => Token): string {
  const builder = new MetadataBuilder();
  builder.add('Module', { Name: 'sample.dll' });
  builder.add('Assembly', { Name: 'sample' });
  builder.add('TypeDef', { Name: '<Module>' });
  const core = builder.add('AssemblyRef', { Name: 'System.Runtime' });
  const token = enumeration(builder, core) as TypeDefOrRefToken;
  const attribute = builder.add('TypeRef', { ResolutionScope: core, Namespace: 'N', Name: 'MarkAttribute' });
  const signature = encodeMethodSignature({
    header: 0x20,
    genericParameterCount: 0,
    requiredParameterCount: 1,
    returnType: primitive('void'),
    parameterTypes: [{ kind: 'named', token, valueType: true }],
  });
  builder.add('CustomAttribute', {
    Parent: makeToken(TableId.Assembly, 1),
    Type: builder.add('MemberRef', { Class: attribute, Name: '.ctor', Signature: signature }),
    Value: writeAttributeValue({ fixedArguments: [{ type: { kind: 'primitive', name: 'i4' }, value }], namedArguments: [] }),
  });
  const metadata = Metadata.parse(builder.build());
  return cellWords(metadata.tables.CustomAttribute.column('Value'), metadata, new TokenText(metadata))(1);
}

const framework =
  (namespace: string, name: string, outer?: string) =>
  (builder: MetadataBuilder, core: Token): Token => {
    const scope = outer === undefined ? core : builder.add('TypeRef', { ResolutionScope: core, Namespace: namespace, Name: outer });
    return builder.add('TypeRef', { ResolutionScope: scope, Namespace: outer === undefined ? namespace : '', Name: name });
  };

/** `enum Colour { Red = 1, Blue = 2, Both = 3, Green = 8 }`, with FlagsAttribute or without. */
const defined =
  (isFlags: boolean) =>
  (builder: MetadataBuilder, core: Token): Token => {
    const base = builder.add('TypeRef', { ResolutionScope: core, Namespace: 'System', Name: 'Enum' });
    const token = builder.add('TypeDef', { Namespace: 'N', Name: 'Colour', Extends: base }) as TypeDefOrRefToken;
    builder.add('Field', { Name: 'value__', Flags: 0x606, Signature: encodeFieldSignature(primitive('int32')) });
    for (const [Name, value] of Object.entries({ Red: 1, Blue: 2, Both: 3, Green: 8 })) {
      const type: TypeNode = { kind: 'named', token, valueType: true };
      const field = builder.add('Field', { Name, Flags: 0x8056, Signature: encodeFieldSignature(type) });
      builder.add('Constant', { Type: 8, Parent: field, Value: Uint8Array.of(value, 0, 0, 0) });
    }
    if (isFlags) {
      const flags = builder.add('TypeRef', { ResolutionScope: core, Namespace: 'System', Name: 'FlagsAttribute' });
      const signature = encodeMethodSignature({
        header: 0x20,
        genericParameterCount: 0,
        requiredParameterCount: 0,
        returnType: primitive('void'),
        parameterTypes: [],
      });
      const Type = builder.add('MemberRef', { Class: flags, Name: '.ctor', Signature: signature });
      builder.add('CustomAttribute', { Parent: token, Type, Value: Uint8Array.of(1, 0, 0, 0) });
    }
    return token;
  };

describe('an enumeration in the value of an attribute', () => {
  it.each([
    [4, 'AttributeTargets.Class'],
    [12, 'AttributeTargets.Class | AttributeTargets.Struct'],
    [0x7fff, 'AttributeTargets.All'],
    [0x10004, '65540'],
  ])('of the framework, with flags: %i is %s', (value, text) => {
    expect(shown(value, framework('System', 'AttributeTargets'))).toBe(`(${text})`);
  });

  it('of the framework, nested and without flags', () => {
    expect(shown(0x107, framework('System.Diagnostics', 'DebuggingModes', 'DebuggableAttribute'))).toBe(
      '(DebuggingModes.Default | DebuggingModes.IgnoreSymbolStoreSequencePoints | DebuggingModes.EnableEditAndContinue | DebuggingModes.DisableOptimizations)',
    );
    expect(shown(3, framework('System.Runtime.InteropServices', 'CallingConvention'))).toBe('(CallingConvention.StdCall)');
    expect(shown(6, framework('System.Runtime.InteropServices', 'CallingConvention'))).toBe('(6)');
  });

  it.each([
    [true, 8, 'Colour.Green'],
    [true, 3, 'Colour.Both'],
    [true, 11, 'Colour.Both | Colour.Green'],
    [true, 16, '16'],
    [false, 9, '9'],
    [false, 2, 'Colour.Blue'],
  ])('defined in the file (flags: %s): %i is %s', (isFlags, value, text) => {
    expect(shown(value, defined(isFlags))).toBe(`(${text})`);
  });

  it('that nothing defines is a number', () => {
    expect(shown(2, framework('N', 'Unknown'))).toBe('(2)');
  });
});
