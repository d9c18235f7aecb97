import type { CodeBuilder, Label, LinePoint } from '@ijw/il';
import {
  CallingConvention,
  encodeLocalSignature,
  encodeMethodSignature,
  encodeMethodSpec,
  encodeTypeSpec,
  type TypeNode,
} from '@ijw/metadata/signatures';
import { INT, methodSignature, STRING, VOID } from '../il-image.ts';
import type { GoldenCases } from './golden-case.ts';

/** Marks a label at the start and one at the end of what is emitted. */
function block(code: CodeBuilder, emit: () => void): readonly [Label, Label] {
  const range = [code.label(), code.label()] as const;
  code.mark(range[0]);
  emit();
  code.mark(range[1]);
  return range;
}

/** `try` or handler of one `leave`, or of `endfinally`. */
const leaving = (code: CodeBuilder, target: Label) => block(code, () => code.emit('leave.s', target));
const finishing = (code: CodeBuilder) => block(code, () => code.emit('endfinally'));

export const bodyCases: GoldenCases = {
  'empty-locals': {
    fill: ({ builder, body }) => {
      const localVarSigToken = builder.add('StandAloneSig', { Signature: encodeLocalSignature([]) });
      for (const initLocals of [false, true]) {
        const RVA = body((code) => code.emit('ldc.i4.s', 42).emit('ret'), { localVarSigToken, initLocals });
        builder.add('MethodDef', { Name: `M${initLocals}`, Flags: 0x16, Signature: methodSignature(0, INT), RVA });
      }
    },
  },
  sentinels: {
    fill: ({ builder, method, system }) => {
      const parent = system('System.Console');
      const signature = (parameters: readonly TypeNode[], required: number) =>
        encodeMethodSignature({
          header: CallingConvention.VarArg,
          genericParameterCount: 0,
          requiredParameterCount: required,
          returnType: VOID,
          parameterTypes: parameters,
          endsWithSentinel: required === parameters.length,
        });
      const last = builder.add('MemberRef', { Class: parent, Name: 'Last', Signature: signature([INT], 1) });
      const alone = builder.add('MemberRef', { Class: parent, Name: 'Alone', Signature: signature([], 0) });
      const between = builder.add('MemberRef', { Class: parent, Name: 'Between', Signature: signature([INT, STRING], 1) });
      const indirect = builder.add('StandAloneSig', { Signature: signature([INT], 1) });
      method('M', (code) => code.emit('call', last).emit('call', alone).emit('call', between).emit('calli', indirect).emit('ret'));
      method('Definition', (code) => code.emit('ret'), signature([INT], 1));
    },
  },
  operands: {
    fill: ({ builder, system, method }) => {
      const field = builder.add('MemberRef', { Class: system('System.String'), Name: 'Empty', Signature: Uint8Array.of(6, 0x0e) });
      const called = builder.add('MemberRef', { Class: system('System.Math'), Name: 'Max', Signature: methodSignature(0, INT, INT, INT) });
      const generic = builder.add('MemberRef', { Class: system('System.Array'), Name: 'Empty', Signature: methodSignature(0x10, VOID) });
      const instance = builder.add('MethodSpec', { Method: generic, Instantiation: encodeMethodSpec([STRING]) });
      const spec = builder.add('TypeSpec', { Signature: encodeTypeSpec({ kind: 'szArray', element: INT }) });
      const indirect = builder.add('StandAloneSig', { Signature: methodSignature(2, VOID, INT) });
      const text = 0x70000000 | builder.userStrings.add('a "b"\n');
      const raw = 0x70000000 | builder.userStrings.add('\0');
      method('M', (code) => {
        const again = code.label();
        const end = code.label();
        code.mark(again).emit('ldc.i4.s', -5).emit('ldc.i4', 0x12345678).emit('ldc.i4', -1).emit('ldc.i8', -1n);
        code.emit('ldc.r4', 0.1).emit('ldc.r8', -0).emit('ldc.r8', 1e300).emit('ldc.r8', Math.PI);
        code.emit('ldstr', text).emit('ldstr', raw).emit('ldsfld', field).emit('call', called).emit('call', instance);
        code.emit('newarr', spec).emit('calli', indirect).emit('ldtoken', field).emit('ldtoken', called).emit('ldtoken', spec);
        code
          .emit('ldarg.s', 3)
          .emit('ldloc', 300)
          .emit('unaligned.', 2)
          .emit('switch', [again, end])
          .emit('br.s', again)
          .emit('brtrue', end);
        code.mark(end).emit('ret');
      });
      method('Generic', (code) => code.emit('ldtoken', generic).emit('ret'));
    },
  },
  'bad-code': {
    fill: ({ method }) => {
      method('M', (code) => code.raw([0x2b, 0x7f, 0xa6, 0x28, 0xff, 0xff, 0xff, 0x0a, 0x2a, 0x20]));
    },
  },
  'body-missing': {
    fill: ({ builder }) => {
      builder.add('MethodDef', { Name: 'Gone', Flags: 0x16, Signature: methodSignature(0, VOID), RVA: 0x7000000 });
      builder.add('MethodDef', { Name: 'Odd', Flags: 0x16, Signature: Uint8Array.of(0) });
    },
  },
  'nested-blocks': {
    fill: ({ method, system }) => {
      const classToken = system('System.Exception');
      method('M', (code) => {
        const end = code.label('end');
        let inner: readonly [readonly [Label, Label], readonly [Label, Label]];
        const outer = block(code, () => {
          inner = [leaving(code, end), leaving(code, end)];
        });
        code.clause({ kind: 'catch', try: inner![0], handler: inner![1], classToken });
        code.clause({ kind: 'finally', try: outer, handler: finishing(code) });
        code.mark(end).emit('ret');
      });
    },
  },
  'sibling-handlers': {
    fill: ({ method, system }) => {
      method('M', (code) => {
        const end = code.label('end');
        const range = leaving(code, end);
        code.clause({ kind: 'catch', try: range, handler: leaving(code, end), classToken: system('System.FormatException') });
        code.clause({ kind: 'catch', try: range, handler: leaving(code, end), classToken: system('System.Exception') });
        code.clause({ kind: 'fault', try: leaving(code, end), handler: finishing(code) });
        code.mark(end).emit('ret');
      });
    },
  },
  'filter-blocks': {
    fill: ({ method }) => {
      method('M', (code) => {
        const end = code.label('end');
        const range = leaving(code, end);
        const filter = block(code, () => code.emit('pop').emit('ldc.i4.1').emit('endfilter'));
        code.clause({ kind: 'filter', try: range, filter: filter[0], handler: leaving(code, end) });
        code.mark(end).emit('ret');
      });
    },
  },
  'raw-clauses': {
    fill: ({ method, system }) => {
      method('M', (code) => {
        const end = code.label('end');
        const range = leaving(code, end);
        code.emit('nop');
        code.clause({ kind: 'catch', try: range, handler: leaving(code, end), classToken: system('System.Exception') });
        code.mark(end).emit('ret');
      });
    },
  },
  'raw-by-option': {
    fill: ({ method }) => {
      method('M', (code) => {
        const end = code.label('end');
        code.clause({ kind: 'finally', try: leaving(code, end), handler: finishing(code) });
        code.mark(end).emit('ret');
      });
    },
    options: { rawExceptions: true },
  },
  'no-il': {
    fill: ({ method }) => {
      method('M', (code) => code.emit('ret'));
    },
    options: { noIL: true },
  },
  'no-attributes': {
    fill: ({ builder, system }) => {
      const type = builder.add('MemberRef', {
        Class: system('System.MarkAttribute'),
        Name: '.ctor',
        Signature: methodSignature(0x20, VOID),
      });
      builder.add('CustomAttribute', { Parent: builder.add('TypeDef', { Name: 'C', Flags: 1 }), Type: type });
    },
    options: { customAttributes: 'none' },
  },
  'source-lines': {
    fill: ({ method }) => {
      method('M', (code) => code.emit('nop').emit('ret'));
    },
    options: { source: { linesOf: () => new Map([[1, [' program.cs:3', ' return;']]]) } },
  },
  'line-numbers': {
    fill: ({ method }) => {
      method('First', (code) => code.emit('nop').emit('nop').emit('nop').emit('ret'));
      method('Second', (code) => code.emit('nop').emit('ret'));
      method('Unknown', (code) => code.emit('ret'));
    },
    options: { lineNumbers: { pointsOf: (token) => linePoints[token & 0xffffff] } },
  },
};

const csharp = { name: "C:\\it's.cs", language: '3f5162f8-07c6-11d3-9053-00c04fa302a1' };
const other = { name: '/src/b.vb', language: '3a12d0b8-c26c-11d0-b442-00a0244a1dd2' };
const range = { kind: 'visible', startLine: 3, startColumn: 9, endLine: 4, endColumn: 20 } as const;
const linePoints: readonly (readonly LinePoint[] | undefined)[] = [
  undefined,
  [
    { ...range, offset: 0, document: csharp },
    { kind: 'hidden', offset: 1 },
    { ...range, offset: 2, startLine: 4, document: csharp },
    { ...range, offset: 3, document: other },
  ],
  [{ ...range, offset: 1, document: other }],
];
