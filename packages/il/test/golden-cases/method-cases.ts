import { encodeLocalSignature, type TypeNode } from '@ijw/metadata/signatures';
import { classType, INT, methodSignature, OBJECT, STRING, VOID, valueType } from '../il-image.ts';
import { type GoldenCases, NO_ARGUMENTS } from './golden-case.ts';

const pointer = (element: TypeNode): TypeNode => ({ kind: 'pointer', element });
const functionPointer = (header: number, ...parameterTypes: readonly TypeNode[]): TypeNode => ({
  kind: 'functionPointer',
  signature: { header, genericParameterCount: 0, requiredParameterCount: parameterTypes.length, returnType: VOID, parameterTypes },
});
const array = (rank: number, sizes: readonly number[], lowerBounds: readonly number[]): TypeNode => ({
  kind: 'array',
  element: INT,
  shape: { rank, sizes, lowerBounds },
});

export const methodCases: GoldenCases = {
  'method-flags': {
    fill: ({ builder }) => {
      const Signature = methodSignature(0, VOID);
      builder.add('MethodDef', { Name: 'words', Flags: 0x9ff9 & ~0x6, Signature });
      builder.add('MethodDef', { Name: 'hidden', Flags: 0x10, Signature });
      builder.add('MethodDef', { Name: 'odd', Flags: 0x17, Signature });
      builder.add('MethodDef', { Name: 'implementation', Flags: 0x16, ImplFlags: 0x13f8, Signature });
      builder.add('MethodDef', { Name: 'runtime', Flags: 0x16, ImplFlags: 3, Signature });
      builder.add('MethodDef', { Name: 'unknown', Flags: 0x16, ImplFlags: 0x400, Signature });
    },
  },
  pinvoke: {
    fill: ({ builder }) => {
      const ImportScope = builder.add('ModuleRef', { Name: 'kernel32.dll' });
      const add = (Name: string, ImportName: string, MappingFlags: number) => {
        const MemberForwarded = builder.add('MethodDef', { Name, Flags: 0x2016, ImplFlags: 0x80, Signature: methodSignature(0, INT) });
        builder.add('ImplMap', { MappingFlags, MemberForwarded, ImportName, ImportScope });
      };
      add('Beep', 'Beep', 0x300);
      add('Alias', 'GetLastError', 0x1165);
      add('Odd', 'Odd', 0x8000);
      builder.add('MethodDef', { Name: 'NoMap', Flags: 0x2016, Signature: methodSignature(0, VOID) });
    },
  },
  parameters: {
    fill: ({ builder, system }) => {
      const method = builder.add('MethodDef', { Name: 'M', Flags: 0x16, Signature: methodSignature(0, INT, STRING, INT, INT, INT) });
      builder.add('FieldMarshal', { Parent: builder.add('Param', { Sequence: 0, Flags: 0x2000 }), NativeType: Uint8Array.of(0x02) });
      builder.add('FieldMarshal', {
        Parent: builder.add('Param', { Sequence: 1, Name: 'text', Flags: 0x2001 }),
        NativeType: Uint8Array.of(0x15),
      });
      const optional = builder.add('Param', { Sequence: 2, Name: 'in', Flags: 0x1012 });
      builder.add('Constant', { Type: 8, Parent: optional, Value: Uint8Array.of(5, 0, 0, 0) });
      builder.add('Param', { Sequence: 4, Name: '' });
      const attribute = builder.add('MemberRef', {
        Class: system('System.MarkAttribute'),
        Name: '.ctor',
        Signature: methodSignature(0x20, VOID),
      });
      builder.add('CustomAttribute', { Parent: optional, Type: attribute, Value: NO_ARGUMENTS });
      builder.add('CustomAttribute', { Parent: method, Type: attribute, Value: NO_ARGUMENTS });
    },
  },
  signatures: {
    fill: ({ builder, system }) => {
      const modifier = classType(system('System.IsConst'));
      const modified = (unmodified: TypeNode, required: boolean): TypeNode => ({ kind: 'modified', modifier, unmodified, required });
      const date = valueType(system('System.DateTime'));
      const add = (Name: string, Signature: Uint8Array) => builder.add('MethodDef', { Name, Flags: 0x16, Signature });
      add('modifiers', methodSignature(0, modified(modified(INT, false), true), pointer(modified(INT, false))));
      add(
        'pointers',
        methodSignature(
          0,
          pointer(VOID),
          { kind: 'byReference', element: date },
          functionPointer(0, INT),
          functionPointer(9),
          functionPointer(1, OBJECT),
        ),
      );
      add(
        'arrays',
        methodSignature(
          0,
          { kind: 'szArray', element: INT },
          array(1, [], []),
          array(2, [], []),
          array(2, [3, 4], [0, 1]),
          array(3, [], [2]),
        ),
      );
      add('generic', methodSignature(0x10, { kind: 'genericMethodParameter', index: 0 }, { kind: 'genericTypeParameter', index: 7 }));
      add('vararg', methodSignature(5, VOID, INT));
      add('explicit', methodSignature(0x60, VOID, OBJECT));
      add('reserved bit', methodSignature(0x80, VOID));
      add('unknown convention', methodSignature(0x0c, VOID));
    },
  },
  'vtable-entries': {
    fill: ({ method }) => {
      method('Exported', (code) => code.emit('ret'));
    },
    options: {
      vtable: {
        fixups: [
          { rva: 0x4000, count: 2, type: 0x05, bytes: Uint8Array.of(1, 0, 0, 6, 1, 0, 0, 6) },
          { rva: 0x4008, count: 1, type: 0x1a, bytes: Uint8Array.of(1, 0, 0, 6, 0, 0, 0, 0) },
        ],
        entriesOf: () => [
          { record: 1, slot: 1 },
          { record: 1, slot: 2 },
        ],
        exportsOf: () => [{ ordinal: 1, name: 'Exported.Name' }, { ordinal: 2 }],
        otherExports: [{ ordinal: 3, name: 'native', target: 'RVA 0x1234' }],
      },
    },
  },
  'native-body': {
    fill: ({ builder, data }) => {
      builder.add('MethodDef', {
        Name: 'Native',
        Flags: 0x16,
        ImplFlags: 0x85,
        RVA: data(Uint8Array.of(0xc3)),
        Signature: methodSignature(0, VOID),
      });
    },
    options: { native: () => ['ret'] },
  },
  locals: {
    fill: ({ builder, body }) => {
      const token = builder.add('StandAloneSig', {
        Signature: encodeLocalSignature([INT, { kind: 'pinned', element: { kind: 'byReference', element: INT } }, STRING]),
      });
      const add = (Name: string, RVA: number) => builder.add('MethodDef', { Name, Flags: 0x16, Signature: methodSignature(0, VOID), RVA });
      add(
        'initialized',
        body((code) => code.emit('ldloc.s', 1).emit('pop').emit('ret'), { initLocals: true, localVarSigToken: token }),
      );
      add(
        'plain',
        body((code) => code.emit('ret'), { maxStack: 3, localVarSigToken: token }),
      );
      add(
        'flag alone',
        body((code) => code.emit('ret'), { initLocals: true }),
      );
    },
  },
  tokens: {
    fill: ({ builder, method }) => {
      method('Self', (code) => code.emit('call', 0x06000001).emit('ldtoken', 0x06000001).emit('ret'));
      builder.add('TypeDef', { Name: 'C', Flags: 1 });
    },
    options: { tokens: true, bytes: true },
  },
};
