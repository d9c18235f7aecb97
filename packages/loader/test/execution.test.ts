// Native code of built images, run through exports, P/Invokes and slots (skipped without edge-js).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildInteropImage, type InteropTypes, type MachineCode, type NativeFunction } from '@ijw/fixtures';
import { type LoadedModule, Loader, type ManagedCall } from '@ijw/loader';
import type { AbiType, CallShape } from '@ijw/marshalling';
import type { NativeTypeName } from '@ijw/metadata/marshalling';
import type { TypeNode } from '@ijw/metadata/signatures';
import { modulesByName } from '@ijw/windows';
import { describe, expect, it } from 'vitest';

const ARCHITECTURES = ['x86', 'x64', 'arm64'] as const;
type Architecture = (typeof ARCHITECTURES)[number];

/** A native function that goes on to another one with the arguments it got. */
const jumpTo =
  (architecture: Architecture, name: string): NativeFunction['write'] =>
  (code, at) =>
    architecture === 'arm64' ? code.branch(at(name), 0x14000000) : code.call(at(name), 0xe9);

type TypeOf = (types: InteropTypes) => TypeNode;

interface EchoOptions {
  readonly parameters: readonly TypeOf[];
  readonly returns: TypeOf;
  readonly marshalAs?: Readonly<Record<number, NativeTypeName>>;
  readonly types?: Parameters<typeof buildInteropImage>[0]['types'];
}

interface Echo {
  readonly module: LoadedModule;
  readonly seen: ManagedCall[];
  readonly rvaOf: (name: string) => number;
}

/** Managed code calls `Out`, which is native and calls the managed method `In` with what it got: both directions convert. */
function echo(
  architecture: Architecture,
  { parameters, returns, marshalAs, types }: EchoOptions,
  answer: (call: ManagedCall) => unknown,
): Echo {
  const signature = (interop: InteropTypes) => ({
    returns: interop.modified(['CallConvCdecl'], returns(interop)),
    parameters: parameters.map((type) => type(interop)),
    ...(marshalAs && { marshalAs }),
  });
  const image = buildInteropImage({
    name: 'Echo',
    architecture,
    host: 'ijwhost.dll',
    methods: [{ name: 'In', signature, slot: 'fromUnmanaged' }],
    functions: [{ name: 'Out', signature, exported: true, write: jumpTo(architecture, 'In') }],
    variables: { text: 64 },
    ...(types && { types }),
  });
  const seen: ManagedCall[] = [];
  const managedEntry = {
    call: (call: ManagedCall) => {
      seen.push(call);
      return { value: answer(call) };
    },
  };
  const outcome = new Loader({ host: 'core', managedEntry }).load(image.bytes, { path: 'echo.dll' });
  if (outcome.outcome !== 'loaded') throw new Error(outcome.reason);
  return { module: outcome.module, seen, rvaOf: image.rvaOf };
}

const INT: AbiType = { kind: 'integer', size: 4, signed: true };
const cdecl = (parameters: readonly AbiType[], result: AbiType): CallShape => ({
  convention: 'cdecl',
  memberFunction: false,
  variadic: false,
  parameters,
  result,
});

/** Numbers that are the same in every run (a linear congruential generator). */
function generator(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

const primitives = ['int8', 'uint16', 'int32', 'uint32', 'int64', 'float32', 'float64'] as const;
const SIZES = { int8: 1, uint16: 2, int32: 4, uint32: 4, int64: 8, float32: 4, float64: 8 } as const;

interface Sample {
  readonly type: TypeOf;
  readonly value: unknown;
}

function anyPrimitive(next: (limit: number) => number): Sample {
  const name = primitives[next(primitives.length)]!;
  const values = {
    int8: next(256) - 128,
    uint16: next(65536),
    int32: next(2 ** 31) - 2 ** 30,
    uint32: next(2 ** 32),
    float32: next(1000) / 8,
    float64: next(1000) / 7,
  };
  return { type: (types) => types.primitive(name), value: name === 'int64' ? BigInt(next(2 ** 31)) * -0x1_0001n : values[name] };
}

/** The bytes of a structure with these fields, one behind the other as their sizes ask for. */
function structureValue(fields: readonly (typeof primitives)[number][], next: (limit: number) => number): Uint8Array {
  let [end, alignment] = [0, 1];
  for (const field of fields) {
    const size = SIZES[field];
    end = Math.ceil(end / size) * size + size;
    alignment = Math.max(alignment, size);
  }
  return Uint8Array.from({ length: Math.ceil(end / alignment) * alignment }, () => next(256));
}

describe.each(ARCHITECTURES)('native code of %s, run', (architecture) => {
  const primitive =
    (type: Parameters<InteropTypes['primitive']>[0]): TypeOf =>
    (types) =>
      types.primitive(type);
  const throughBoth = (options: EchoOptions, args: readonly unknown[], answer: unknown) => {
    const { module, seen } = echo(architecture, options, () => answer);
    const result = module.executePInvoke('Out', args);
    if (result.kind !== 'returned') throw new Error(JSON.stringify(result));
    return [seen[0]!.arguments, result.value];
  };

  it('numbers of every size keep their value and sign', () => {
    const names = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'float32', 'float64'] as const;
    const values = [-5, 250, -30000, 60000, -7, 4_000_000_000, -9n, 2n ** 63n + 1n, 0.5, -1e300];
    const options = { parameters: names.map(primitive), returns: primitive('float64') };
    expect(throughBoth(options, values, 2.25)).toEqual([values, 2.25]);
    expect(throughBoth({ ...options, returns: primitive('float32') }, values, 1.5)[1]).toBe(1.5);
    expect(throughBoth({ ...options, returns: primitive('int64') }, values, -3n)[1]).toBe(-3n);
  });

  it('a bool is a BOOL, a byte or a VARIANT_BOOL, whatever is true', () => {
    const bool = primitive('bool');
    const marshalAs = { 2: 'u1', 3: 'variantBool' } as const;
    const options = { parameters: [bool, bool, bool], returns: bool, marshalAs };
    expect(throughBoth(options, [true, false, true], true)).toEqual([[true, false, true], true]);
    const { module, seen } = echo(architecture, options, () => true);
    const byte: AbiType = { kind: 'integer', size: 1, signed: false };
    const short: AbiType = { kind: 'integer', size: 2, signed: true };
    expect(module.execute('Out', cdecl([INT, byte, short], INT), 256, 2, -1)).toEqual({ kind: 'returned', value: 1 });
    expect(seen[0]!.arguments).toEqual([true, true, true]);
  });

  it('characters and strings are converted, null stays null', () => {
    const [char, string] = [primitive('char'), primitive('string')];
    const options = {
      parameters: [char, char, string, string, string, string],
      returns: string,
      marshalAs: { 2: 'u2', 4: 'lpWStr', 5: 'lpUtf8Str' } as const,
    };
    const passed = ['é', '語', 'Größe', '漢字', 'naïve ☃', null];
    expect(throughBoth(options, passed, 'back')).toEqual([passed, 'back']);
    expect(throughBoth(options, ['a', 'b', '☃', '', '', ''], null)[0]).toEqual(['a', 'b', '?', '', '', '']);
  });

  it('native text at an address reaches a string parameter', () => {
    const { module, seen, rvaOf } = echo(architecture, { parameters: [primitive('string')], returns: primitive('int32') }, () => 7);
    module.write(rvaOf('text'), new TextEncoder().encode('from native code\0'));
    const pointer: AbiType = { kind: 'integer', size: architecture === 'x86' ? 4 : 8, signed: false };
    expect(module.execute('Out', cdecl([pointer], INT), module.base + rvaOf('text'))).toEqual({ kind: 'returned', value: 7 });
    expect(seen[0]!.arguments).toEqual(['from native code']);
  });

  it('a DateTime is a DATE, whose days count from 30 December 1899', () => {
    const date: TypeOf = (types) => types.system('DateTime');
    const dates = ['1999-12-31T23:59:59.500Z', '1899-12-30T00:00:00Z', '1899-12-29T06:00:00Z', '1850-03-01T18:30:00Z'].map(
      (text) => new Date(text),
    );
    const options = { parameters: dates.map(() => date), returns: date };
    expect(throughBoth(options, dates, dates[3])).toEqual([dates, dates[3]]);
    const { module, seen } = echo(architecture, { parameters: [date], returns: primitive('float64') }, () => 0);
    const double: AbiType = { kind: 'float', size: 8 };
    expect(module.execute('Out', cdecl([double], double), -1.25).kind).toBe('returned');
    expect(seen[0]!.arguments).toEqual([new Date('1899-12-29T06:00:00Z')]);
  });

  it.each([
    ['3 bytes', ['uint8', 'uint8', 'uint8'], 3],
    ['8 bytes', ['int32', 'int32'], 8],
    ['12 bytes', ['int32', 'int32', 'int32'], 12],
    ['4 floats', ['float32', 'float32', 'float32', 'float32'], 16],
    ['3 doubles', ['float64', 'float64', 'float64'], 24],
    ['40 bytes', ['int64', 'int64', 'int64', 'int64', 'int64'], 40],
  ] as const)('a structure of %s goes both ways by value and comes back', (_, fields, size) => {
    const bytes = Uint8Array.from({ length: size }, (_value, index) => index * 5 + 1);
    const structure: TypeOf = (types) => types.structure('Value');
    const options = {
      parameters: [primitive('int32'), structure, primitive('int32')],
      returns: structure,
      types: [{ name: 'Value', fields: fields.map(primitive) }],
    };
    expect(throughBoth(options, [1, bytes, 2], bytes.slice().reverse())).toEqual([[1, bytes, 2], bytes.slice().reverse()]);
  });

  it('generated signatures: every argument and result goes through both stubs unchanged', () => {
    const next = generator(0x51ca7a);
    for (let count = 0; count < 40; count++) {
      const fieldsOf = Array.from({ length: 1 + next(5) }, () => primitives[next(primitives.length)]!);
      const pick = (): Sample =>
        next(4) === 0 ? { type: (types) => types.structure('Value'), value: structureValue(fieldsOf, next) } : anyPrimitive(next);
      const samples = Array.from({ length: next(12) }, pick);
      const result = pick();
      const options = {
        parameters: samples.map(({ type }) => type),
        returns: result.type,
        types: [{ name: 'Value', fields: fieldsOf.map(primitive) }],
      };
      const values = samples.map(({ value }) => value);
      expect(throughBoth(options, values, result.value), `signature ${count}`).toEqual([values, result.value]);
    }
  });

  it('a value of another type than the signature’s is the caller’s mistake', () => {
    const { module } = echo(architecture, { parameters: [primitive('int32')], returns: primitive('int32') }, () => 0);
    expect(() => module.executePInvoke('Out', [])).toThrow('Expected 1 arguments, not 0');
    expect(() => module.executePInvoke('Out', [1.5])).toThrow('number is not a value for a native integer of 4 bytes');
    expect(() => module.executePInvoke('Out', [1], [{ type: INT, value: 1 }])).toThrow('The method has no variable arguments');
  });

  it('what is converted nowhere here stops the call, with the reason', () => {
    const { module } = echo(architecture, { parameters: [primitive('object')], returns: primitive('int32') }, () => 0);
    expect(module.executePInvoke('Out', [0])).toMatchObject({ kind: 'stopped', reason: 'object is not converted to VARIANT here' });
  });

  it('a function of a host module gets its arguments, and native code its answer', () => {
    const parameters = [INT, { kind: 'float', size: 8 }, { kind: 'integer', size: 8, signed: true }] as const;
    const seen: (readonly (number | bigint)[])[] = [];
    const answer = (...args: readonly (number | bigint)[]) => {
      seen.push(args);
      return -7;
    };
    const signature = (types: InteropTypes) => ({
      returns: types.primitive('int32'),
      parameters: (['int32', 'float64', 'int64'] as const).map((type) => types.primitive(type)),
    });
    const { bytes } = buildInteropImage({
      name: 'Host',
      architecture,
      host: 'ijwhost.dll',
      functions: [{ name: 'Ask', signature, write: { importedFrom: 'answers.dll' } }],
    });
    const resolve = (name: string | number) => (name === 'Ask' ? { name, function: answer, call: { parameters, result: INT } } : undefined);
    const provider = modulesByName([['answers.dll', { kind: 'host', name: 'answers.dll', resolve }]]);
    const { module } = new Loader({ host: 'core', provider }).load(bytes, { path: 'host.dll' });
    expect(module!.executePInvoke('Ask', [-1, 2.5, -(2n ** 40n)])).toEqual({ kind: 'returned', value: -7 });
    expect(seen).toEqual([[-1, 2.5, -(2n ** 40n)]]);
  });

  it('the last error is cleared, saved where the row asks for it, and answered to a jump to GetLastError', () => {
    const fail: NativeFunction['write'] = (code, at) => {
      if (architecture === 'x86')
        code.op(0x6a, 0x05).call(at('SetLastError')).op(0xc3); // push 5; call; ret
      else if (architecture === 'x64') {
        code.op(0x48, 0x83, 0xec, 0x28).op(0xb9).i32(5).call(at('SetLastError')); // sub rsp, 40; mov ecx, 5; call
        code.op(0x48, 0x83, 0xc4, 0x28).op(0xc3); // add rsp, 40; ret
      } else {
        code.word(0xa9bf7bfd).word(0x528000a0).branch(at('SetLastError')); // stp x29, x30, [sp, #-16]!; movz w0, #5; bl
        code.word(0xa8c17bfd).word(0xd65f03c0); // ldp x29, x30, [sp], #16; ret
      }
    };
    const returning = (type: 'void' | 'int32') => (types: InteropTypes) => ({ returns: types.primitive(type), parameters: [] });
    const { bytes } = buildInteropImage({
      name: 'LastError',
      architecture,
      host: 'ijwhost.dll',
      functions: [
        { name: 'SetLastError', write: { importedFrom: 'KERNEL32.dll' } },
        { name: 'GetLastError', signature: returning('int32'), write: { importedFrom: 'KERNEL32.dll' } },
        { name: 'Fail', signature: returning('void'), mappingFlags: 0x240, write: fail },
        { name: 'Plain', signature: returning('void'), write: fail },
        {
          name: 'Nothing',
          signature: returning('void'),
          mappingFlags: 0x240,
          write: (code) => (architecture === 'arm64' ? code.word(0xd65f03c0) : code.op(0xc3)),
        },
      ],
    });
    const loader = new Loader({ host: 'core' });
    const { module } = loader.load(bytes, { path: 'error.dll' });
    const savedAfter = (method: string): number => {
      expect(module!.executePInvoke(method, [])).toEqual({ kind: 'returned', value: undefined });
      return module!.savedError;
    };
    expect(savedAfter('Plain')).toBe(0);
    expect(savedAfter('Fail')).toBe(5);
    loader.process!.lastError = 9;
    expect(module!.executePInvoke('GetLastError', [])).toEqual({ kind: 'returned', value: architecture === 'arm64' ? 9 : 5 });
    expect(savedAfter('Nothing')).toBe(0);
  });

  it('code ends at an instruction that is not known, memory that is not there, and a loop', () => {
    const run = (write: (code: MachineCode) => void) => {
      const image = buildInteropImage({ name: 'End', architecture, functions: [{ name: 'End', exported: true, write }] });
      return new Loader({ host: 'core' }).load(image.bytes, { nativeFirst: true }).module!.execute('End', cdecl([], INT));
    };
    const [trap, load, loop] = {
      x86: [[0xf4], [0xa1, 8, 0, 0, 0], [0xeb, 0xfe]],
      x64: [[0xf4], [0x8b, 0x04, 0x25, 8, 0, 0, 0], [0xeb, 0xfe]],
      arm64: [
        [0x00, 0x00, 0x40, 0xd4],
        [0xe0, 0x03, 0x40, 0xb9, 0, 0, 0, 0],
        [0x00, 0x00, 0x00, 0x14],
      ],
    }[architecture] as [number[], number[], number[]];
    expect(run((code) => code.op(...trap))).toMatchObject({ kind: 'stopped', reason: 'Unsupported instruction' });
    if (architecture !== 'arm64')
      expect(run((code) => code.op(...load))).toMatchObject({ kind: 'fault', address: 8, reason: 'read at 0x8' });
    else expect(run((code) => code.word(0xd2800100).word(0xf9400000))).toMatchObject({ kind: 'fault', address: 8, reason: 'read at 0x8' });
    expect(run((code) => code.op(...loop))).toMatchObject({ kind: 'stopped', reason: expect.stringMatching(/has not returned after/) });
  });
});

const EDGE = join(import.meta.dirname, '../../../node_modules/edge-js/lib/native/win32');

describe.skipIf(!existsSync(EDGE))('edge-js, compiled by Microsoft, run', () => {
  const FILES = [
    ['x64/24', 'x64'],
    ['ia32/22', 'x86'],
    ['arm64/24', 'arm64'],
  ] as const;
  const call = (file: string, architecture: Architecture, host: 'core' | 'framework') => {
    const bytes = readFileSync(join(EDGE, file, 'edge_nativeclr.node'));
    const seen: ManagedCall[] = [];
    const managedEntry = { call: (managed: ManagedCall) => ({ value: void seen.push(managed) }) };
    const { module } = new Loader({ host, managedEntry }).load(bytes, { path: 'edge_nativeclr.node', nativeFirst: true });
    const symbol = /node_register_module_v\d+/.exec(bytes.toString('latin1'))![0];
    const pointer: AbiType = { kind: 'integer', size: architecture === 'x86' ? 4 : 8, signed: false };
    const shape = cdecl([pointer, pointer, pointer], { kind: 'void' });
    return { result: module!.execute(symbol, shape, 0x1111, 0x2222, 0x3333), seen, symbol, module: module! };
  };

  const textAt = (module: LoadedModule, address: unknown): string => {
    const bytes = module.read((address as number) - module.base, 48) as Uint8Array;
    return new TextDecoder('latin1').decode(bytes.subarray(0, bytes.indexOf(0)));
  };

  it.each(FILES)(
    '%s on .NET Framework: compiled code goes through slots into managed code and on with its answers',
    (file, architecture) => {
      const { seen, module } = call(file, architecture, 'framework');
      expect(seen.map(({ method }) => method.replace('<Module>::', ''))).toEqual([
        '.cctor',
        'GetEnvironmentVariable',
        'V8SynchronizationContext.Initialize',
        'CallbackHelper.Initialize',
        'GetEnvironmentVariable',
        'GetEnvironmentVariable',
        'v8.Local<v8::Value>.{ctor}',
      ]);
      const variables = seen
        .filter(({ method }) => method.endsWith('GetEnvironmentVariable'))
        .map(({ arguments: [name] }) => textAt(module, name));
      expect(variables).toEqual(['EDGE_DEBUG', 'EDGE_ENABLE_SCRIPTIGNOREATTRIBUTE', 'EDGE_MARSHAL_ENUM_AS_INT']);
    },
  );

  it.each(FILES)('%s on .NET, whose host it does not import: the slot still holds a token, which is no code', (file, architecture) => {
    const { result, module } = call(file, architecture, 'core');
    expect(result.kind).toBe('fault');
    expect(module.slots.map(({ token }) => token)).toContain(result.kind === 'fault' && result.address);
  });
});
