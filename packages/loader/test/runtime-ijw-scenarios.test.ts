// The scenarios of dotnet/runtime `src/tests/Interop/IJW`, each named after its test: images rebuilt from our own builders, native code run.

import {
  ijwCopyConstructorMarshaler,
  ijwhostMock,
  ijwNativeCallingManagedDll,
  ijwNativeDll,
  ijwNativeVarargs,
  type RuntimeTestOptions,
  relativeSize,
} from '@ijw/fixtures';
import {
  type LoadedModule,
  Loader,
  type LoaderOptions,
  type LoadOutcome,
  type LoadRequest,
  type ManagedCall,
  type ManagedResult,
} from '@ijw/loader';
import { isFault } from '@ijw/machine';
import type { AbiType, CallShape } from '@ijw/marshalling';
import { type HostFunction, type ModuleProvider, modulesByName } from '@ijw/windows';
import { describe, expect, it } from 'vitest';

const ENVIRONMENTS = (['x86', 'x64', 'arm64'] as const).flatMap((architecture) => [
  { architecture, host: 'core' as const, imports: 'ijwhost.dll' as const },
  { architecture, host: 'framework' as const, imports: 'mscoree.dll' as const },
]);
type Environment = (typeof ENVIRONMENTS)[number];

/** Managed code of a test, by method; what it is not written for is recorded and does nothing. */
class ManagedCode {
  readonly calls: ManagedCall[] = [];
  readonly methods = new Map<string, (call: ManagedCall) => unknown>();

  call(call: ManagedCall): ManagedResult {
    this.calls.push(call);
    return { value: this.methods.get(call.method)?.(call) };
  }

  argumentsOf(method: string): readonly unknown[] | undefined {
    return this.calls.find((call) => call.method === method)?.arguments;
  }
}

interface Scene {
  readonly loader: Loader;
  readonly managed: ManagedCode;
  readonly outcome: LoadOutcome;
  readonly module: LoadedModule;
}

function loaded(outcome: LoadOutcome): LoadedModule {
  if (outcome.outcome !== 'loaded') throw new Error(`${outcome.rule}: ${outcome.reason}`);
  return outcome.module;
}

function scene({ host }: Environment, bytes: Uint8Array, request: LoadRequest = {}, options: Partial<LoaderOptions> = {}): Scene {
  const managed = new ManagedCode();
  const loader = new Loader({ host, managedEntry: managed, ...options });
  const outcome = loader.load(bytes, { path: 'ijw.dll', ...request });
  return { loader, managed, outcome, module: loaded(outcome) };
}

const INT: AbiType = { kind: 'integer', size: 4, signed: true };
const LONG: AbiType = { kind: 'integer', size: 8, signed: true };
const DOUBLE: AbiType = { kind: 'float', size: 8 };
const HFA: AbiType = { kind: 'aggregate', size: 16, alignment: 4, homogeneous: { elementSize: 4, count: 4 } };

const entryPoint = (result: AbiType): CallShape => ({
  convention: 'cdecl',
  memberFunction: false,
  variadic: false,
  parameters: [],
  result,
});

const options = ({ architecture, imports }: Environment): RuntimeTestOptions => ({ architecture, host: imports });

describe.each(ENVIRONMENTS)('$architecture, $host', (environment) => {
  describe('ManagedCallingNative', () => {
    const { bytes } = ijwNativeDll(options(environment));

    it('a managed method calls a native function, which returns 100', () => {
      const { module, managed } = scene(environment, bytes);
      managed.methods.set('TestClass::ManagedEntryPoint', () => module.executePInvoke('NativeFunction', []));
      expect(module.call('TestClass::ManagedEntryPoint')).toMatchObject({ kind: 'returned', value: { kind: 'returned', value: 100 } });
    });

    it('loading the image from a byte[] throws', () => {
      const outcome = new Loader({ host: environment.host }).load(bytes, { from: 'bytes' });
      expect(outcome).toMatchObject({ outcome: 'refused' });
      expect(outcome.outcome === 'refused' && outcome.exception?.type).toMatch(/^System\.(BadImageFormat|IO\.FileLoad)Exception$/);
    });
  });

  describe('NativeCallingManaged', () => {
    const { bytes } = ijwNativeCallingManagedDll(options(environment));

    it('managed to native to managed returns 100', () => {
      const { module, managed } = scene(environment, bytes);
      managed.methods.set('<Module>::ManagedCallee', () => 100);
      managed.methods.set('TestClass::ManagedEntryPoint', () => module.executePInvoke('NativeFunction', []));
      expect(module.call('TestClass::ManagedEntryPoint')).toMatchObject({ value: { kind: 'returned', value: 100 } });
      expect(managed.calls.map(({ method, through }) => [method, through])).toEqual([
        ['TestClass::ManagedEntryPoint', 'reflection'],
        ['<Module>::ManagedCallee', 'slot'],
      ]);
    });

    it('18 parameters by reference arrive and sum to 153', () => {
      const { module, managed, loader } = scene(environment, bytes);
      managed.methods.set('<Module>::ManagedSum18ByRef', (call) => {
        let sum = 0n;
        for (const address of call.arguments) {
          const value = loader.process!.memory.readU32(address as number);
          if (isFault(value)) throw new Error(`Nothing at ${address}`);
          sum += BigInt(value);
        }
        return sum;
      });
      expect(module.executePInvoke('NativeSum18ByRef', [])).toEqual({ kind: 'returned', value: 153n });
      const addresses = managed.argumentsOf('<Module>::ManagedSum18ByRef')!;
      expect(addresses).toHaveLength(18);
      expect(new Set(addresses).size).toBe(18);
    });

    it('a managed exception goes through the native frame to the managed caller', () => {
      const { module, managed } = scene(environment, bytes);
      const exception = { type: 'System.InvalidOperationException', hresult: 0x80131509, message: 'from managed code' };
      managed.call = (call) => (call.method === '<Module>::ManagedCallee' ? { exception } : { value: undefined });
      expect(module.executePInvoke('NativeFunction', [])).toEqual({ kind: 'threw', exception });
    });
  });

  describe('NativeVarargs', () => {
    const { bytes } = ijwNativeVarargs(options(environment));
    const COUNT = 41;
    const sum = (method: string, values: readonly { readonly type: AbiType; readonly value: unknown }[]) =>
      scene(environment, bytes).module.executePInvoke(method, [values.length], values);
    const numbers = Array.from({ length: COUNT }, (_, index) => ((index * 0x9e3779b1) | 0) >> (index % 7));

    it('SumInts: 41 integers, also those that were shorts', () => {
      const expected = numbers.reduce((total, value) => (total + value) | 0, 0);
      expect(
        sum(
          'SumInts',
          numbers.map((value) => ({ type: INT, value })),
        ),
      ).toEqual({ kind: 'returned', value: expected });
      const shorts = numbers.map((value, index) => (index % 2 ? value : (value << 16) >> 16));
      const widened = shorts.reduce((total, value) => (total + value) | 0, 0);
      expect(
        sum(
          'SumInts',
          shorts.map((value) => ({ type: INT, value })),
        ),
      ).toEqual({ kind: 'returned', value: widened });
    });

    it('SumSumInt64s: 41 integers of eight bytes', () => {
      const values = numbers.map((value) => BigInt(value) * 0x1_0000_0001n);
      const expected = BigInt.asIntN(
        64,
        values.reduce((total, value) => total + value, 0n),
      );
      expect(
        sum(
          'SumSumInt64s',
          values.map((value) => ({ type: LONG, value })),
        ),
      ).toEqual({ kind: 'returned', value: expected });
    });

    it('SumDoubles: 41 doubles, also those that were floats', () => {
      const values = numbers.map((value, index) => (index % 2 ? Math.fround(value / 3) : value / 3));
      const expected = values.reduce((total, value) => total + value, 0);
      expect(
        sum(
          'SumDoubles',
          values.map((value) => ({ type: DOUBLE, value })),
        ),
      ).toEqual({ kind: 'returned', value: expected });
    });

    it('SumHFAs: 41 structures of four floats', () => {
      const values = numbers.map((value) => Float32Array.of(value % 1000, 1, 2, 3));
      const expected = values.flatMap((value) => [...value]).reduce((total, value) => total + value, 0);
      const passed = values.map((value) => ({ type: HFA, value: new Uint8Array(value.buffer) }));
      expect(sum('SumHFAs', passed)).toEqual({ kind: 'returned', value: expected });
    });

    // x86 has no registers for it: the runtime's test is for 64 bits too.
    if (environment.architecture !== 'x86') {
      it('DoublesInIntegerRegisters: a double is there as an integer', () => {
        const bits = new DataView(new ArrayBuffer(8));
        bits.setFloat64(0, 123.456);
        expect(sum('SumSumInt64s', [{ type: DOUBLE, value: 123.456 }])).toEqual({ kind: 'returned', value: bits.getBigInt64(0) });
      });
    }
  });

  describe('LoadIjwFromModuleHandle', () => {
    const { bytes } = ijwNativeCallingManagedDll(options(environment));

    it('native first: an export runs native code, the slot starts the runtime, and managed code answers', () => {
      const { module, managed, outcome } = scene(environment, bytes, { nativeFirst: true });
      managed.methods.set('<Module>::ManagedCallee', () => 100);
      const kinds = module.slots.map(({ content }) => content.kind);
      expect(new Set(kinds)).toEqual(new Set([environment.host === 'core' ? 'bootstrap' : 'reverse']));
      expect(module.execute('NativeEntryPoint', entryPoint(INT))).toEqual({ kind: 'returned', value: 100 });
      expect(module.slots.map(({ content }) => content.kind)).toEqual(['reverse', 'reverse']);
      expect(outcome.events.filter(({ step }) => step === 'startRuntime')).toHaveLength(1);
    });

    it('the slots belong to the first load: a second context has values of its own, native code goes on to the first', () => {
      const { module, managed, loader } = scene(environment, bytes, { nativeFirst: true });
      const returned = new Map<string, number>();
      const valueIn = (call: ManagedCall) => returned.get(call.context) ?? 100;
      managed.methods.set('<Module>::ManagedCallee', valueIn);
      managed.methods.set('TestClass::GetReturnValue', valueIn);
      managed.methods.set('TestClass::ChangeReturnedValue', (call) => returned.set(call.context, call.arguments[0] as number));
      expect(module.execute('NativeEntryPoint', entryPoint(INT))).toEqual({ kind: 'returned', value: 100 });
      const slots = module.slots.map(({ after }) => after);

      const second = loaded(loader.load(bytes, { path: 'ijw.dll', context: { name: 'second' } }));
      managed.methods.set('TestClass::ManagedEntryPoint', () => second.executePInvoke('NativeFunction', []));
      expect(second.base).toBe(module.base);
      expect(second.slots.map(({ after }) => after)).toEqual(slots);
      expect(second.call('TestClass::ManagedEntryPoint')).toMatchObject({ value: { kind: 'returned', value: 100 } });
      second.call('TestClass::ChangeReturnedValue', 42);
      expect(second.call('TestClass::GetReturnValue')).toMatchObject({ value: 42 });
      expect(second.call('TestClass::ManagedEntryPoint')).toMatchObject({ value: { kind: 'returned', value: 100 } });
      expect(managed.calls.filter(({ method }) => method === '<Module>::ManagedCallee').map(({ context }) => context)).toEqual(
        Array(3).fill(module.contextName),
      );
    });
  });

  describe('FixupCallsHostWhenLoaded', () => {
    const { architecture, host, imports } = environment;
    const { bytes } = ijwNativeDll(options(environment));
    const HANDLE: AbiType = { kind: 'integer', size: architecture === 'x86' ? 4 : 8, signed: false };
    const shape: CallShape = { convention: 'cdecl', memberFunction: false, variadic: false, parameters: [HANDLE], result: INT };

    it('the runtime of .NET asks the host’s GetTokenForVTableEntry with the image’s base; that of .NET Framework reads the slots', () => {
      const mock = ijwhostMock(architecture, imports);
      const provider = modulesByName([[imports, { kind: 'image', bytes: mock, path: imports }]]);
      const { module, loader, outcome } = scene(environment, bytes, {}, { provider });
      expect(module.slots.map(({ content }) => content.kind)).toEqual(['reverse']);
      expect(outcome.events.find(({ step }) => step === 'bootstrapThunk')).toBeUndefined();
      const hostModule = loaded(loader.load(mock, { path: imports, nativeFirst: true }));
      const wasQueried = (base: number) => hostModule.execute('WasModuleVTableQueried', shape, base);
      expect(wasQueried(module.base)).toEqual({ kind: 'returned', value: host === 'core' ? 1 : 0 });
      expect(wasQueried(module.base + 0x1_0000)).toEqual({ kind: 'returned', value: 0 });
    });

    if (host === 'core') {
      it('a host that is a function is asked for every slot, and its answer is the token', () => {
        const asked: (readonly (number | bigint)[])[] = [];
        const functions: Readonly<Record<string, HostFunction>> = {
          _CorDllMain: () => 1,
          GetTokenForVTableEntry: (...args) => {
            asked.push(args);
            return 0x0600_0001;
          },
        };
        const provider: ModuleProvider = {
          find: (name) =>
            name.toLowerCase() === imports
              ? {
                  kind: 'host',
                  name,
                  resolve: (symbol) =>
                    typeof symbol === 'string' && functions[symbol] ? { name: symbol, function: functions[symbol] } : undefined,
                }
              : undefined,
        };
        const { module, outcome } = scene(environment, bytes, {}, { provider });
        expect(asked).toEqual([[module.base, module.slots[0]!.slot]]);
        expect(outcome.events.find((event) => event.step === 'findHost')).toMatchObject({ reads: 'tokens from the host' });
        expect(module.slots[0]!.content.kind).toBe('reverse');
      });
    }
  });

  describe('CopyConstructorMarshaler', () => {
    const { architecture, host } = environment;
    const image = ijwCopyConstructorMarshaler(options(environment));
    const size = relativeSize(architecture);

    /** Managed code as C++/CLI compiles it: it copies an argument into the parameter, whose address it passes on. */
    function relativeScene() {
      const { module, managed } = scene(environment, image.bytes);
      const addressOf = (name: string): number => module.base + image.rvaOf(name);
      const native = (name: string, ...args: readonly number[]): void => {
        expect(module.executePInvoke(name, args)).toEqual({ kind: 'returned', value: undefined });
      };
      const variable = (name: string): number => {
        const bytes = module.read(image.rvaOf(name), 4) as Uint8Array;
        return new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
      };
      const seen: number[] = [];
      managed.methods.set('Relative::<MarshalCopy>', ({ arguments: [to, from] }) => native('RelativeCopy', to as number, from as number));
      managed.methods.set('Relative::<MarshalDestroy>', ({ arguments: [object] }) => native('RelativeDestroy', object as number));
      managed.methods.set('<Module>::UseRelativeManaged', ({ arguments: [object] }) => {
        seen.push(object as number);
        native('RelativeDestroy', object as number);
      });
      return { module, managed, addressOf, native, variable, seen };
    }

    it('managed to native: the callee’s object is where it thinks it is, and none is missed', () => {
      const { managed, addressOf, native, variable } = relativeScene();
      const [local, parameter] = [addressOf('local'), addressOf('parameter')];
      native('RelativeCreate', local);
      native('RelativeCopy', parameter, local);
      native('UseRelative', parameter);
      native('RelativeDestroy', local);
      expect([variable('live'), variable('missed')]).toEqual([0, 0]);
      const inStub = architecture === 'x86' || host === 'framework';
      expect(variable('copies')).toBe(inStub ? 2 : 1);
      const copies = managed.calls.filter(({ through }) => through === 'marshalling');
      expect(copies.map(({ method }) => method)).toEqual(inStub ? ['Relative::<MarshalCopy>', 'Relative::<MarshalDestroy>'] : []);
      for (const { method, arguments: args } of copies) expect(args.at(-1), method).toBe(parameter);
    });

    it('native to managed: managed code gets the address of the caller’s copy', () => {
      const { native, variable, seen, module } = relativeScene();
      native('CallRelative');
      expect([variable('live'), variable('missed'), variable('copies')]).toEqual([0, 0, 1]);
      expect(seen).toHaveLength(1);
      const [object] = seen as [number];
      expect(object < module.base || object >= module.base + module.size).toBe(true);
      expect(object % (size / 2)).toBe(0);
    });

    it('an object whose bits are copied would be missed', () => {
      const { native, variable, addressOf, module } = relativeScene();
      native('RelativeCreate', addressOf('local'));
      module.write(image.rvaOf('parameter'), module.read(image.rvaOf('local'), size) as Uint8Array);
      native('RelativeDestroy', addressOf('parameter'));
      expect([variable('live'), variable('missed')]).toEqual([0, 1]);
    });
  });
});
