// Plans of P/Invokes: conversions, copied arguments, disabled marshalling.
import { ReverseThunks } from '@ijw/loader';
import {
  abiSize,
  type ForwardCall,
  ForwardCalls,
  forwardCallText,
  forwardSteps,
  forwardStepText,
  NativeCalls,
  reverseCallText,
} from '@ijw/marshalling';
import type { Token } from '@ijw/metadata';
import type { NativeTypeName } from '@ijw/metadata/marshalling';
import type { TypeNode } from '@ijw/metadata/signatures';
import { describe, expect, it } from 'vitest';
import {
  array,
  assemblyToken,
  INT,
  objectOf,
  type PInvokeInput,
  PInvokeMetadata,
  planOf,
  pointer,
  primitive,
  reference,
  required,
  structure,
  VOID,
} from './pinvoke-metadata.ts';

type Make = (metadata: PInvokeMetadata) => PInvokeInput;
type Options = Parameters<typeof planOf>[1];

function planned(make: Make, options?: Options): ForwardCall {
  const plan = planOf(make, options);
  if (plan.kind !== 'plan') throw new Error(plan.reason);
  return plan;
}

function reasonOf(make: Make, options?: Options): string {
  const plan = planOf(make, options);
  if (plan.kind === 'plan') throw new Error(`Planned: ${steps(plan).join('; ')}`);
  return plan.reason;
}

const steps = (plan: ForwardCall): string[] => forwardSteps(plan).map(({ step }) => step);
const texts = (plan: ForwardCall): string[] => forwardSteps(plan).map(forwardStepText);

/** The only parameter of a method: [native form, bytes, blittable]. */
function formOf(type: TypeNode | ((metadata: PInvokeMetadata) => TypeNode), more: PInvokeInput = {}, options?: Options) {
  const plan = planned((metadata) => ({ parameters: [typeof type === 'function' ? type(metadata) : type], ...more }), options);
  const [argument] = plan.arguments;
  if (argument?.kind !== 'parameter') throw new Error('no parameter');
  return [argument.value.nativeText, abiSize(argument.value.abi), argument.value.blittable];
}

describe('the stub of a P/Invoke', () => {
  it('of blittable values needs no marshalling: the call is put in line', () => {
    const plan = planned(() => ({ parameters: [INT, primitive('float64'), pointer(VOID)], returns: INT }));
    expect(plan.causes).toEqual([]);
    expect(texts(plan)).toEqual([
      'marshal argument 1 to rcx: int as int (4 bytes): blittable. The same bits on both sides',
      'marshal argument 2 to xmm1: double as double (8 bytes): blittable. The same bits on both sides',
      'marshal argument 3 to r8: void* as pointer (8 bytes): blittable. A pointer is passed as it is',
      'change to preemptive mode',
      'call native.dll!Native as cdecl with 32 bytes on the stack',
      'return to cooperative mode, waiting for a collection that is going on',
      'unmarshal the result: int as int (4 bytes): blittable. The same bits on both sides',
    ]);
  });

  it('clears and saves the last error where the ImplMap row asks for it', () => {
    const plan = planned(() => ({ mappingFlags: 0x240 }));
    expect(steps(plan)).toEqual(['preemptive', 'clearLastError', 'call', 'saveLastError', 'cooperative']);
    expect(plan.causes).toEqual([{ reason: 'setLastError' }]);
  });

  it('without PreserveSig returns an HRESULT, and the result is the last argument', () => {
    const plan = planned(() => ({ implFlags: 0, parameters: [INT], returns: primitive('bool') }));
    expect(plan.result.nativeText).toBe('HRESULT');
    expect(plan.placement.arguments).toHaveLength(2);
    expect(texts(plan)).toEqual([
      'marshal argument 1 to rcx: int as int (4 bytes): blittable. The same bits on both sides',
      'pass the address for the result in rdx: bool as BOOL (4 bytes): converted. A bool is a BOOL of four bytes where nothing else is said',
      'change to preemptive mode',
      'call native.dll!Native as cdecl with 32 bytes on the stack',
      'return to cooperative mode, waiting for a collection that is going on',
      'throw where the HRESULT says failure',
      'unmarshal the result: bool as BOOL (4 bytes): converted. A bool is a BOOL of four bytes where nothing else is said',
      'convert the result: not 0 is true',
    ]);
    expect(planned(() => ({ implFlags: 0 })).arguments).toEqual([]);
    const pair: Make = (metadata) => ({ returns: structure(metadata.type('Pair', [INT, INT])), implFlags: 0 });
    expect(reasonOf(pair)).toBe('The result: Pair is a structure, which a method without PreserveSig cannot return');
  });

  it.each([
    [0, ['lcid', 'parameter', 'parameter']],
    [1, ['parameter', 'lcid', 'parameter']],
    [2, ['parameter', 'parameter', 'lcid']],
  ])('LCIDConversion(%i) puts the locale in between', (lcid, kinds) => {
    const plan = planned(() => ({ parameters: [INT, INT], lcid }));
    expect(plan.arguments.map(({ kind }) => kind)).toEqual(kinds);
    expect(plan.placement.arguments).toHaveLength(3);
    expect(steps(plan)).toContain('lcid');
  });

  it('LCIDConversion beyond the parameters is refused', () => {
    expect(reasonOf(() => ({ parameters: [INT], lcid: 2 }))).toBe('LCIDConversion names parameter 2 of 1');
  });

  it('a copied argument goes back, and what was allocated is freed', () => {
    const string = primitive('string');
    const plan = planned(() => ({ parameters: [reference(string), string, array(string)], parameterFlags: { 3: 3 } }));
    expect(steps(plan)).toEqual([
      'marshal',
      'marshal',
      'convert',
      'marshal',
      'preemptive',
      'call',
      'cooperative',
      'copyBack',
      'copyBack',
      'cleanup',
      'cleanup',
      'cleanup',
    ]);
    expect(plan.arguments.map((argument) => argument.kind === 'parameter' && argument.flow)).toEqual(['inOut', 'in', 'inOut']);
  });

  it('SuppressGCTransition leaves the mode alone', () => {
    const plan = planned((metadata) => {
      metadata.attribute(0x06000001 as Token, 'System.Runtime.InteropServices', 'SuppressGCTransitionAttribute');
      return {};
    });
    expect(steps(plan)).toEqual(['call']);
  });

  it.each([
    ['synchronized', { implFlags: 0xa0 }, 'A P/Invoke cannot be synchronized'],
    ['an instance method', { header: 0x20 }, 'A P/Invoke must be static'],
    ['fastcall', { mappingFlags: 0x500 }, 'Unsupported unmanaged calling convention.'],
    [
      'thiscall without parameters',
      { mappingFlags: 0x400 },
      'Invalid PInvoke calling convention. Thiscall requires that the first parameter is present and can be enregistered.',
    ],
    ['a typed reference', { parameters: [primitive('typedref')] }, 'Parameter 1: A typed reference has no native form'],
    ['a VARIANT result', { returns: primitive('object') }, 'The result: A VARIANT cannot be returned'],
    ['a reference as result', { returns: reference(INT) }, 'The result: A reference cannot be returned'],
    [
      'MarshalAs on a pointer',
      { parameters: [pointer(INT)], marshalAs: { 1: 'i4' } },
      'Parameter 1: MarshalAs says i4, which a pointer cannot be',
    ],
    ['MarshalAs on a number', { parameters: [INT], marshalAs: { 1: 'r4' } }, 'Parameter 1: MarshalAs says r4, which int cannot be'],
  ] as const)('%s is refused', (_, input, reason) => {
    expect(reasonOf(() => input)).toBe(reason);
  });

  it('bytes on the stack are by architecture and convention', () => {
    const input: PInvokeInput = { parameters: [INT, primitive('int64'), primitive('bool')], mappingFlags: 0x300 };
    const x86 = planned(() => input, { architecture: 'x86' }).placement;
    expect([x86.stackBytes, x86.calleePops]).toEqual([16, 16]);
    expect(planned(() => input, { architecture: 'x64' }).placement.stackBytes).toBe(32);
    expect(planned(() => input, { architecture: 'arm64' }).placement.stackBytes).toBe(0);
  });
});

describe('what a parameter is on the native side', () => {
  it.each([
    ['ansi', 0x200, 'char* (ANSI)', 'char', 1],
    ['ansi, said', 0x202, 'char* (ANSI)', 'char', 1],
    ['unicode', 0x204, 'wchar_t*', 'wchar_t', 2],
    ['auto', 0x206, 'wchar_t*', 'wchar_t', 2],
    ['no row', undefined, 'char* (ANSI)', 'char', 1],
  ] as const)('text by the character set: %s', (_, mappingFlags, string, char, size) => {
    expect(formOf(primitive('string'), { mappingFlags })[0]).toBe(string);
    expect(formOf(primitive('char'), { mappingFlags }).slice(0, 2)).toEqual([char, size]);
    expect(formOf((metadata) => objectOf(metadata.typeRef('System.Text', 'StringBuilder')), { mappingFlags })[0]).toBe(string);
  });

  it('DefaultCharSetAttribute of the module does not change a row', () => {
    const plan = planned((metadata) => {
      metadata.attribute(0x00000001 as Token, 'System.Runtime.InteropServices', 'DefaultCharSetAttribute', {
        fixedArguments: [{ type: { kind: 'primitive', name: 'i4' }, value: 3 }],
      });
      return { parameters: [primitive('string')] };
    });
    expect(plan.text.charSet).toBe('ansi');
  });

  it.each([
    ['nothing said', 0x200, undefined, true, false],
    ['the row says no best fit', 0x220, undefined, false, false],
    ['the row throws', 0x1200, undefined, true, true],
    ['the assembly says no best fit and throws', 0x200, false, false, true],
    ['the row overrules the assembly', 0x2210, false, true, false],
  ] as const)('best fit and unmappable characters: %s', (_, mappingFlags, assembly, bestFitMapping, throwOnUnmappableChar) => {
    const plan = planned((metadata) => {
      if (assembly !== undefined) {
        metadata.attribute(assemblyToken, 'System.Runtime.InteropServices', 'BestFitMappingAttribute', {
          fixedArguments: [{ type: { kind: 'primitive', name: 'boolean' }, value: assembly }],
          namedArguments: [{ kind: 'field', type: { kind: 'primitive', name: 'boolean' }, name: 'ThrowOnUnmappableChar', value: true }],
        });
      }
      return { mappingFlags };
    });
    expect(plan.text).toEqual({ charSet: 'ansi', bestFitMapping, throwOnUnmappableChar });
  });

  const variant = (size: number) => ['VARIANT', size, false];
  it('an object is a VARIANT, an interface where MarshalAs says so', () => {
    expect(formOf(primitive('object'))).toEqual(variant(24));
    expect(formOf(primitive('object'), {}, { architecture: 'x86' })).toEqual(variant(16));
    expect(formOf(primitive('object'), { marshalAs: { 1: 'iUnknown' } })).toEqual(['interface pointer', 8, false]);
  });

  it.each([
    ['System', 'Guid', undefined, ['GUID', 16, true]],
    ['System', 'Guid', 'lpStruct', ['GUID*', 8, false]],
    ['System', 'Decimal', undefined, ['DECIMAL', 16, false]],
    ['System', 'Decimal', 'currency', ['CURRENCY', 8, false]],
    ['System', 'DateTime', undefined, ['DATE', 8, false]],
    ['System', 'IntPtr', undefined, ['pointer', 8, true]],
    ['System.Runtime.InteropServices', 'HandleRef', undefined, ['HANDLE', 8, false]],
  ] as const)('value type %s.%s, MarshalAs %s', (namespace, name, marshalAs, form) => {
    const more = marshalAs === undefined ? {} : { marshalAs: { 1: marshalAs as NativeTypeName } };
    expect(formOf((metadata) => structure(metadata.typeRef(namespace, name)), more)).toEqual(form);
  });

  it.each([
    ['Microsoft.Win32.SafeHandles', 'SafeFileHandle', 'HANDLE'],
    ['System.Runtime.InteropServices', 'CriticalHandle', 'HANDLE'],
    ['System', 'MulticastDelegate', 'function pointer'],
    ['System', 'Array', 'interface pointer'],
    ['Elsewhere', 'Thing', 'pointer'],
  ])('class %s.%s', (namespace, name, native) => {
    expect(formOf((metadata) => objectOf(metadata.typeRef(namespace, name)))).toEqual([native, 8, false]);
  });

  it('classes of the assembly: with a layout the address of the fields, else an interface', () => {
    expect(formOf((metadata) => objectOf(metadata.type('Point', [INT, INT], { isClass: true })))[0]).toBe('pointer to its fields');
    expect(formOf((metadata) => objectOf(metadata.type('Thing', [], { isClass: true, flags: 0 })))[0]).toBe('interface pointer');
  });

  it('structures: blittable as they are, with automatic layout refused', () => {
    expect(formOf((metadata) => structure(metadata.type('Pair', [INT, INT])))).toEqual(['Pair', 8, true]);
    expect(reasonOf((metadata) => ({ parameters: [structure(metadata.type('Auto', [INT], { flags: 0 }))] }))).toBe(
      'Parameter 1: Auto has automatic layout, which no native structure has',
    );
    expect(reasonOf((metadata) => ({ parameters: [structure(metadata.typeRef('Elsewhere', 'Pair'))] }))).toBe(
      'Parameter 1: Elsewhere.Pair is defined in another assembly, its size is not known',
    );
  });

  it('arrays and references are addresses, pinned where the element is blittable', () => {
    expect(formOf(array(INT))).toEqual(['pointer to int', 8, false]);
    expect(formOf(array(primitive('bool')))).toEqual(['pointer to BOOL', 8, false]);
    expect(formOf(array(INT), { marshalAs: { 1: 'safeArray' } })[0]).toBe('SAFEARRAY*');
    expect(formOf(reference(INT))).toEqual(['pointer to int', 8, false]);
    expect(formOf((metadata) => reference(structure(metadata.typeRef('Elsewhere', 'Pair'))))[0]).toBe('pointer');
  });
});

describe('conversions as steps', () => {
  it.each([
    ['bool', undefined, 'true is 1, false is 0', 'not 0 is true'],
    ['bool', 'variantBool', 'true is -1, false is 0', 'not 0 is true'],
    ['char', undefined, 'encode the character as ANSI', 'decode the ANSI character'],
    [
      'string',
      'lpUtf8Str',
      'copy the string as UTF-8 text to native memory; null stays null',
      'make a string of the UTF-8 text at the address; null stays null',
    ],
  ] as const)('a %s, MarshalAs %s', (type, said, out, back) => {
    const marshalAs: NonNullable<PInvokeInput['marshalAs']> = said === undefined ? {} : { 0: said, 1: said };
    const lines = texts(planned(() => ({ parameters: [primitive(type)], returns: primitive(type), marshalAs })));
    expect(lines).toContain(`convert argument 1: ${out}`);
    expect(lines).toContain(`convert the result: ${back}`);
    const builder = new PInvokeMetadata();
    const method = builder.method({ parameters: [primitive(type)], returns: primitive(type), marshalAs });
    const metadata = builder.build();
    const signature = metadata.blobs.get(metadata.tables.MethodDef.get(1, 'Signature'));
    const thunk = new ReverseThunks(metadata, 'x64', { machine: 'amd64', machineOs: undefined }).of(signature, method);
    if (thunk.kind !== 'thunk') throw new Error(thunk.reason);
    expect(reverseCallText(thunk.plan)).toContain(`convert argument 1: ${back}`);
    expect(reverseCallText(thunk.plan)).toContain(`convert the result: ${out}`);
  });
});

describe('an argument that C++ copies', () => {
  const copied =
    (withMethods: boolean): Make =>
    (metadata) => {
      const type = structure(metadata.type('Relative', [INT, INT, INT]));
      if (withMethods) {
        metadata.method({ parameters: [pointer(type), pointer(type)], mappingFlags: undefined });
      }
      const modifier = metadata.typeRef('System.Runtime.CompilerServices', 'IsCopyConstructed');
      return { parameters: [pointer(required(modifier, type))] };
    };
  const parameter = (options: Options, make = copied(false)) => {
    const [argument] = planned(make, options).arguments;
    if (argument?.kind !== 'parameter') throw new Error('no parameter');
    return argument.value;
  };

  it('x86: by value, copied in its place on the stack', () => {
    expect(parameter({ architecture: 'x86' })).toMatchObject({
      nativeText: 'Relative',
      abi: { size: 12 },
      copyConstruction: { place: 'argument' },
    });
    expect(texts(planned(copied(false), { architecture: 'x86' }))).toContain(
      'copy the bits of argument 1 in its place on the native stack',
    );
  });

  it.each(['x64', 'arm64'] as const)('%s: by address, of a copy that the stub makes on .NET Framework only', (architecture) => {
    expect(parameter({ architecture, host: 'framework' })).toMatchObject({
      abi: { size: 8 },
      blittable: false,
      copyConstruction: { place: 'local' },
    });
    const core = parameter({ architecture });
    expect(core).toMatchObject({ nativeText: 'pointer to Relative', abi: { size: 8 }, blittable: true });
    expect(core.copyConstruction).toBeUndefined();
  });

  it('is a reason for a stub on every architecture', () => {
    for (const architecture of ['x86', 'x64', 'arm64'] as const)
      expect(planned(copied(false), { architecture }).causes).toEqual([{ reason: 'copyConstructed', position: 1 }]);
  });
});

describe('DisableRuntimeMarshallingAttribute', () => {
  const disabled =
    (make: Make): Make =>
    (metadata) => {
      metadata.attribute(assemblyToken, 'System.Runtime.CompilerServices', 'DisableRuntimeMarshallingAttribute');
      return make(metadata);
    };
  const of = (type: TypeNode): unknown[] => {
    const [argument] = planned(disabled(() => ({ parameters: [type], marshalAs: { 1: 'lpStr' } }))).arguments;
    if (argument?.kind !== 'parameter') throw new Error('no parameter');
    return [abiSize(argument.value.abi), argument.value.blittable];
  };

  it('bool is one byte and char two, whatever MarshalAs says', () => {
    expect(of(primitive('bool'))).toEqual([1, true]);
    expect(of(primitive('char'))).toEqual([2, true]);
    expect(planned(disabled(() => ({ parameters: [primitive('bool')] }))).causes).toEqual([]);
  });

  it('a structure with a bool is its bits', () => {
    const plan = planned(disabled((metadata) => ({ parameters: [structure(metadata.type('Flag', [primitive('bool'), INT]))] })));
    expect(plan.arguments).toMatchObject([{ value: { abi: { size: 8 }, blittable: true } }]);
  });

  const DISABLED = 'the assembly has DisableRuntimeMarshallingAttribute';
  it.each([
    ['SetLastError', { mappingFlags: 0x240 }],
    ['LCIDConversion', { lcid: 0 }],
    ['Variable arguments', { header: 5 }],
    ['A cleared PreserveSig', { implFlags: 0 }],
  ] as const)('%s is refused', (what, input) => {
    expect(reasonOf(disabled(() => input))).toBe(`${what} needs runtime marshalling, and ${DISABLED}`);
  });

  it('objects, references, and structures that hold objects or have automatic layout are refused', () => {
    const reason = (type: (metadata: PInvokeMetadata) => TypeNode): string =>
      reasonOf(disabled((metadata) => ({ parameters: [type(metadata)] })));
    expect(reason(() => primitive('string'))).toBe(`Parameter 1: An object (string) is not passed: ${DISABLED}`);
    expect(reason(() => reference(INT))).toBe(`Parameter 1: ref int is not passed: ${DISABLED}`);
    expect(reason(() => array(INT))).toBe(`Parameter 1: int[] is not passed: ${DISABLED}`);
    expect(reason((metadata) => structure(metadata.type('Holder', [primitive('string')])))).toContain('Holder, which holds objects,');
    expect(reason((metadata) => structure(metadata.type('Auto', [INT], { flags: 0 })))).toContain('Auto, which has automatic layout,');
  });

  it('holds for calls from native code too', () => {
    const reverse = (type: TypeNode, isDisabled: boolean) => {
      const builder = new PInvokeMetadata();
      if (isDisabled) builder.attribute(assemblyToken, 'System.Runtime.CompilerServices', 'DisableRuntimeMarshallingAttribute');
      const method = builder.method({ parameters: [type] });
      const metadata = builder.build();
      const signature = metadata.blobs.get(metadata.tables.MethodDef.get(1, 'Signature'));
      const thunk = new ReverseThunks(metadata, 'x64', { machine: 'amd64', machineOs: undefined }).of(signature, method);
      return thunk.kind === 'thunk' ? thunk.plan.parameters.map(({ abi, blittable }) => [abiSize(abi), blittable]) : thunk.reason;
    };
    expect(reverse(primitive('bool'), false)).toEqual([[4, false]]);
    expect(reverse(primitive('bool'), true)).toEqual([[1, true]]);
    expect(reverse(primitive('string'), false)).toEqual([[8, false]]);
    expect(reverse(primitive('string'), true)).toBe(`An object (string) is not passed: ${DISABLED}`);
  });
});

describe('P/Invokes of one signature', () => {
  const signature: PInvokeInput = { parameters: [primitive('string'), reference(primitive('bool'))], returns: INT };

  function plansOf(...inputs: readonly PInvokeInput[]): readonly ForwardCall[] {
    const metadata = new PInvokeMetadata();
    const tokens = inputs.map((input) => metadata.method(input));
    const calls = new NativeCalls(metadata.build(), { machine: 'amd64', machineOs: undefined });
    const forward = new ForwardCalls({ architecture: 'x64', host: 'core', calls });
    return tokens.map((token) => {
      const plan = forward.of(token, { target: 'native.dll!Native' });
      if (plan.kind !== 'plan') throw new Error(plan.reason);
      return plan;
    });
  }

  it('share a form, whatever their parameters are called', () => {
    const [bare, named] = plansOf(signature, { ...signature, parameterFlags: { 1: 0, 2: 0 } });
    expect(named!.form).toBe(bare!.form);
    expect(forwardCallText(named!)).toEqual(texts(named!));
    expect(bare!.parameters.map(({ name }) => name)).toEqual(['', '']);
    expect(named!.parameters.map(({ name }) => name)).toEqual(['p1', 'p2']);
    expect(named!.arguments.map((argument) => argument.kind === 'parameter' && argument.value.name)).toEqual(['p1', 'p2']);
  });

  it.each<[string, PInvokeInput]>([
    ['[In]', { parameterFlags: { 2: 1 } }],
    ['another character set', { mappingFlags: 0x204 }],
    ['another convention', { mappingFlags: 0x300 }],
    ['a cleared PreserveSig', { implFlags: 0 }],
    ['MarshalAs', { marshalAs: { 1: 'lpWStr' } }],
    ['an LCID', { lcid: 1 }],
  ])('%s makes another form', (_, more) => {
    const [bare, other] = plansOf(signature, { ...signature, ...more });
    expect(other!.form).not.toBe(bare!.form);
    expect(forwardCallText(other!)).toEqual(texts(other!));
    expect(forwardCallText(other!)).not.toEqual(forwardCallText(bare!));
  });
});
