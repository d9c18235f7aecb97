// What .NET refuses: P/Invokes, UnmanagedCallersOnly, instructions.
import { RuntimeVerdicts, verdictMessages } from '@ijw/interop';
import type { MethodDefToken } from '@ijw/metadata';
import type { TypeNode } from '@ijw/metadata/signatures';
import { describe, expect, it } from 'vitest';
import {
  BOOL,
  byReference,
  classType,
  code,
  functionPointer,
  INT,
  NATIVE_INT,
  OBJECT,
  pointer,
  SampleModule,
  STRING,
  VOID,
  valueType,
} from '../lint/sample-module.ts';

const SERVICES = 'System.Runtime.InteropServices';
const COMPILER = 'System.Runtime.CompilerServices';

function verdicts(make: (module: SampleModule) => MethodDefToken) {
  const module = new SampleModule();
  module.type('Sample');
  const method = make(module);
  return new RuntimeVerdicts(module.build()).of(method);
}

const returns = () => code().emit('ret');
const entry = (module: SampleModule, method: MethodDefToken, conventions: readonly string[] = []): MethodDefToken => {
  const CallConvs = conventions.map((name) => `${COMPILER}.CallConv${name}`);
  module.attribute(method, `${SERVICES}.UnmanagedCallersOnlyAttribute`, [], conventions.length > 0 ? { CallConvs } : {});
  return method;
};

describe('the runtime on UnmanagedCallersOnly', () => {
  it.each([
    ['an instance method', verdictMessages.nonStatic, { flags: 0x6 }],
    ['a generic method', verdictMessages.generic, { generic: 1 }],
    ['a bool', verdictMessages.nonBlittable, { parameters: [BOOL] }],
    ['a reference', verdictMessages.nonBlittable, { parameters: [byReference(INT)] }],
    ['a string result', verdictMessages.nonBlittable, { returns: STRING }],
  ])('throws InvalidProgramException for %s', (_, message, method) => {
    const found = verdicts((module) => entry(module, module.method('Called', { ...method, code: returns() })));
    expect(found).toMatchObject([{ topic: 'unmanagedCallersOnly', exception: 'System.InvalidProgramException', when: 'call', message }]);
  });

  const core = (module: SampleModule, name: string, ...args: readonly TypeNode[]): TypeNode => {
    const generic = valueType(module.reference(`System.${name}`));
    return args.length === 0 ? generic : { kind: 'genericInstance', generic, arguments: args };
  };

  it.each([
    ['Decimal', []],
    ['Guid', []],
    ['TimeSpan', []],
    ['Half', []],
    ['Numerics.Vector2', []],
    ['Collections.Generic.KeyValuePair`2', [INT, INT]],
  ] as const)('takes System.%s', (name, args) => {
    const found = verdicts((module) =>
      entry(module, module.method('Called', { parameters: [core(module, name, ...args)], code: returns() })),
    );
    expect(found).toEqual([]);
  });

  it.each([
    ['DateTime', []],
    ['DateTimeOffset', []],
    ['Int128', []],
    ['RuntimeTypeHandle', []],
    ['ConsoleKeyInfo', []],
    ['Nullable`1', [INT]],
    ['ValueTuple`2', [INT, INT]],
    ['Span`1', [INT]],
    ['Runtime.Intrinsics.Vector128`1', [INT]],
    ['Collections.Generic.KeyValuePair`2', [INT, BOOL]],
  ] as const)('refuses System.%s', (name, args) => {
    const found = verdicts((module) =>
      entry(module, module.method('Called', { parameters: [core(module, name, ...args)], code: returns() })),
    );
    expect(found).toMatchObject([{ message: verdictMessages.nonBlittable }]);
  });

  it('takes pointers and structures of integers', () => {
    expect(
      verdicts((module) => entry(module, module.method('Called', { parameters: [pointer(BOOL), NATIVE_INT], code: returns() }))),
    ).toEqual([]);
  });

  it('throws NotSupportedException for a P/Invoke', () => {
    const [verdict] = verdicts((module) => entry(module, module.platformInvoke('Beep')));
    expect(verdict).toMatchObject({ exception: 'System.NotSupportedException', when: 'call' });
    expect(verdict!.message).toBe("Method 'Sample.Beep' cannot be marked with both DllImportAttribute and UnmanagedCallersOnlyAttribute.");
  });

  it('leaves two base conventions to the platform and takes a modifier beside one', () => {
    const method = (module: SampleModule) => module.method('Called', { code: returns() });
    expect(verdicts((module) => entry(module, method(module), ['Cdecl', 'Stdcall']))).toEqual([]);
    expect(verdicts((module) => entry(module, method(module), ['Cdecl', 'SuppressGCTransition', 'Unheard']))).toEqual([]);
  });
});

describe('the runtime on instructions', () => {
  it('fails fast at a managed call of an entry for native code', () => {
    const found = verdicts((module) => {
      const method = entry(module, module.method('Called', { code: returns() }));
      return module.method('Use', { code: code().emit('call', method).emit('ret') });
    });
    expect(found).toMatchObject([{ outcome: 'failFast', message: verdictMessages.calledFromManaged, ilOffset: 0 }]);
  });

  it('throws in the caller of a P/Invoke that is one as well', () => {
    const found = verdicts((module) => {
      const method = entry(module, module.platformInvoke('Beep'));
      return module.method('Use', { code: code().emit('call', method).emit('ret') });
    });
    expect(found).toMatchObject([{ outcome: 'throws', exception: 'System.NotSupportedException', ilOffset: 0 }]);
  });

  it('fails fast where its address is called as managed code, or without a transition', () => {
    const calling = (header: number, modifiers: readonly string[]) =>
      verdicts((module) => {
        const method = entry(module, module.method('Called', { code: returns() }));
        const site = module.call(
          header,
          modifiers.map((name) => module.reference(`${COMPILER}.CallConv${name}`)),
        );
        return module.method('Use', { code: code().emit('ldftn', method).emit('calli', site).emit('ret') });
      });
    const failFast = [{ outcome: 'failFast', message: verdictMessages.calledFromManaged, ilOffset: 6 }];
    expect(calling(0, [])).toMatchObject(failFast);
    expect(calling(9, ['SuppressGCTransition'])).toMatchObject(failFast);
    expect(calling(9, [])).toEqual([]);
  });

  it('throws at a delegate of one', () => {
    const found = verdicts((module) => {
      const method = entry(module, module.method('Called', { code: returns() }));
      const makeDelegate = module.external('System.Action', '.ctor', [OBJECT, NATIVE_INT], VOID, 0x20);
      return module.method('Use', {
        code: code().emit('ldnull').emit('ldftn', method).emit('newobj', makeDelegate).emit('pop').emit('ret'),
      });
    });
    expect(found).toMatchObject([{ outcome: 'throws', message: verdictMessages.delegateTarget }]);
  });

  it('throws at a calli of two base conventions', () => {
    const found = verdicts((module) => {
      const both = ['Cdecl', 'Stdcall'].map((name) => module.reference(`${COMPILER}.CallConv${name}`));
      const body = code().emit('ldc.i4.1').emit('ldnull').emit('calli', module.call(9, both)).emit('pop').emit('ret');
      return module.method('Use', { code: body });
    });
    expect(found).toMatchObject([{ topic: 'callingConvention', when: 'instruction', ilOffset: 2 }]);
  });
});

describe('the runtime on P/Invokes', () => {
  const generic = (module: SampleModule, kind: 'class' | 'valueType', argument = INT) => {
    const token = module.reference('System.Sample`1');
    return { kind: 'genericInstance', generic: kind === 'class' ? classType(token) : valueType(token), arguments: [argument] } as const;
  };

  it('refuses a generic class and takes what it cannot judge', () => {
    expect(verdicts((module) => module.platformInvoke('Take', { parameters: [INT, generic(module, 'class')] }))).toMatchObject([
      { topic: 'genericParameter', message: "Cannot marshal 'parameter #2': Non-blittable generic types cannot be marshaled." },
    ]);
    expect(verdicts((module) => module.platformInvoke('Take', { parameters: [generic(module, 'valueType')] }))).toEqual([]);
  });

  it('does not load the type of a generic one', () => {
    const found = verdicts((module) => {
      module.platformInvoke('Take', { generic: 1 });
      return module.method('Other', { code: returns() });
    });
    expect(found).toMatchObject([
      { when: 'typeLoad', exception: 'System.TypeLoadException', message: verdictMessages.genericPlatformInvoke },
    ]);
  });

  it('says what it does not do when its marshalling is off', () => {
    const found = verdicts((module) => {
      module.attribute(module.assembly, `${COMPILER}.DisableRuntimeMarshallingAttribute`);
      return module.platformInvoke('Take', { mapping: 0x145, implFlags: 0, parameters: [BOOL, STRING] });
    });
    expect(found.map(({ message }) => message)).toEqual([
      verdictMessages.setLastError,
      verdictMessages.preserveSig,
      `Cannot marshal 'parameter #2': ${verdictMessages.managedType}`,
    ]);
    expect(new Set(found.map(({ exception }) => exception))).toEqual(new Set([`${SERVICES}.MarshalDirectiveException`]));
  });

  it('ignores SuppressGCTransition elsewhere, and dies of a callback', () => {
    const suppressed = (module: SampleModule, method: MethodDefToken) => {
      module.attribute(method, `${SERVICES}.SuppressGCTransitionAttribute`);
      return method;
    };
    expect(verdicts((module) => suppressed(module, module.method('Plain', { code: returns() })))).toMatchObject([{ outcome: 'ignored' }]);
    expect(verdicts((module) => suppressed(module, module.platformInvoke('Each', { parameters: [functionPointer(9)] })))).toMatchObject([
      { outcome: 'failFast', when: 'callback' },
    ]);
    expect(verdicts((module) => suppressed(module, module.platformInvoke('Tick')))).toEqual([]);
  });
});
