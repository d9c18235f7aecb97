// Members as people type them: names with and without type and namespace, parameters, generic names, wildcards, another case, and what is said where nothing fits.
import { findMembers, requireMembers } from '@ijw/assembly';
import { Metadata, makeToken, TableId } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import type { TypeNode } from '@ijw/metadata/signatures';
import { describe, expect, it } from 'vitest';
import { classType, INT, methodSignature, STRING, VOID } from '../../il/test/il-image.ts';

const parameter: TypeNode = { kind: 'genericTypeParameter', index: 0 };
const byReference: TypeNode = { kind: 'byReference', element: INT };

/** `<Module>`, `Ns.Program`, ``Ns.List`1`` with ``Inner``, `Other.Widget`, `Other.widget2`. */
function sample(): Metadata {
  const builder = new MetadataBuilder();
  builder.add('Module', { Name: 'm' });
  const stream = builder.add('TypeRef', { Namespace: 'System.IO', Name: 'Stream' });
  const type = (name: string, namespace = '') => {
    builder.add('TypeDef', { Namespace: namespace, Name: name, MethodList: methods + 1, FieldList: 1 });
  };
  let methods = 0;
  const method = (name: string, ...parameters: readonly TypeNode[]): void => {
    builder.add('MethodDef', { Name: name, Flags: 0x16, Signature: methodSignature(0, VOID, ...parameters) });
    methods++;
  };
  type('<Module>');
  method('GlobalThing'); // 1
  type('Program', 'Ns');
  method('Main', { kind: 'szArray', element: STRING }); // 2
  method('.ctor'); // 3
  method('M', STRING, STRING); // 4
  method('M', INT, byReference); // 5
  method('M', classType(stream)); // 6
  method('get_Count'); // 7
  type('List`1', 'Ns');
  method('Add', parameter); // 8
  type('Inner');
  method('Run'); // 9
  type('Widget', 'Other');
  method('Main2'); // 10
  method('run'); // 11
  method('op_Equality', INT, INT); // 12
  method('op_Subtraction', INT, INT); // 13
  method('op_Implicit', INT); // 14
  builder.add('NestedClass', { NestedClass: makeToken(TableId.TypeDef, 4), EnclosingClass: makeToken(TableId.TypeDef, 3) });
  builder.add('GenericParam', { Number: 0, Owner: makeToken(TableId.TypeDef, 3), Name: 'T' });
  return Metadata.parse(builder.build());
}

const metadata = sample();
const methods = (...rids: readonly number[]) => ({ kind: 'methods', rids });
const types = (...rids: readonly number[]) => ({ kind: 'type', rids });

describe('finds', () => {
  it.each([
    ['Main', methods(2)],
    ['::GlobalThing', methods(1)],
    ['<Module>::GlobalThing', methods(1)],
    ['Program::Main', methods(2)],
    ['Ns.Program.Main', methods(2)],
    ['Ns.Program', types(2)],
    ['Program', types(2)],
    ['Program::M', methods(4, 5, 6)],
    ['M(string,string)', methods(4)],
    ['Program::M(String, System.String)', methods(4)],
    ['Ns.Program.M(int32, ref int)', methods(5)],
    ['M(int a, out int b)', methods(5)],
    ['M(int32, int32&)', methods(5)],
    ['M(Stream)', methods(6)],
    ['M(System.IO.Stream)', methods(6)],
    ['static void Ns.Program::M(string a, string b)', methods(4)],
    ['Program::.ctor', methods(3)],
    ['Ns.Program..ctor', methods(3)],
    ['Program.ctor()', methods(3)],
    ['Program::Count', methods(7)],
    ['List<T>::Add', methods(8)],
    ['List<int>.Add(T)', methods(8)],
    ['List`1::Add', methods(8)],
    ['List::Add', methods(8)],
    ['List', types(3)],
    ['Ns.List`1/Inner', types(4)],
    ['List<T>.Inner::Run', methods(9)],
    ['List`1+Inner', types(4)],
    ['Inner', types(4)],
    ['Ns.*', types(2, 3, 4)],
    ['Program::M*', methods(2, 4, 5, 6)],
    ['*Main?', methods(10)],
    ['run', methods(11)],
    ['program::main', methods(2)],
    ['WIDGET', types(5)],
    ['0x06000004', methods(4)],
    ['06000004', methods(4)],
    ['100663300', methods(4)],
    ['Program.new', methods(3)],
    ['new Program', types(2)],
    ['[mscorlib]Ns.Program::Main', methods(2)],
    ['class [mscorlib]Ns.Program', types(2)],
    ['Widget.operator ==', methods(12)],
    ['Widget::operator==(int, int)', methods(12)],
    ['static int Other.Widget::operator -(int a, int b)', methods(13)],
    ['operator-', methods(13)],
    ['Widget.implicit operator string', methods(14)],
  ])('%s', (text, expected) => {
    expect(findMembers(metadata, text)).toEqual(expected);
  });
});

describe('says', () => {
  it.each([
    ['Mian', 'No type or member is named "Mian"; did you mean Ns.Program::Main'],
    ['Programm', 'did you mean Ns.Program?'],
    ['Program::Mian', 'did you mean Ns.Program::Main?'],
    ['Progam::Main', 'did you mean Ns.Program'],
    [
      'M(long)',
      'No overload of "M(long)" fits; there is Ns.Program::M(string, string); Ns.Program::M(int, ref int); Ns.Program::M(System.IO.Stream)',
    ],
    ['Zzz*', 'Nothing is named like "Zzz*"'],
    ['RUN', 'No type or member is named "RUN"; did you mean'],
    ['0x06000099', '0x06000099 is not the token of a type, method or field of this file'],
    ['Other', '"Other" is a namespace; "Other.*" names its types, the first is Other.Widget'],
    ['completely-different-thing', 'No type or member is named "completely-different-thing"'],
  ])('%s: %s', (text, message) => {
    expect(findMembers(metadata, text)).toBeUndefined();
    expect(() => requireMembers(metadata, text)).toThrow(message);
  });
});

it('takes no longer for a pattern of many stars', () => {
  const start = performance.now();
  expect(findMembers(metadata, `${'*a'.repeat(2000)}*`)).toBeUndefined();
  expect(performance.now() - start).toBeLessThan(2000);
});
