// The registrations that are generated for LeanCLR (skipped without g++).
import { join } from 'node:path';
import { Assembly } from '@ijw/assembly';
import {
  ArgumentReader,
  ArgumentSlots,
  type ArgumentSlotValue,
  type LeanClrNative,
  leanClrNatives,
  leanClrStubs,
  PInvokeRegistry,
  SLOT_TYPES,
  simpleInvoker,
  slotCount,
} from '@ijw/interop/leanclr';
import { PEImage } from '@ijw/pe';
import { describe, expect, it } from 'vitest';
import { compile, has, withFiles } from '../fixtures/compiler.ts';
import { edgeNativeClr } from '../fixtures/edge-js.ts';
import { nativeAssembly } from '../fixtures/native-assembly.ts';

const headers = join(import.meta.dirname, '../../../../fixtures/headers/leanclr');
const nativesOf = (bytes: Uint8Array, methods?: readonly string[]) => leanClrNatives(Assembly.of(PEImage.parse(bytes)), methods);
const stubsOf = (bytes: Uint8Array, methods?: readonly string[]) => leanClrStubs('Native', nativesOf(bytes, methods));
const slotsOf = ({ value }: LeanClrNative['parameters'][number]): number =>
  slotCount(typeof value.slot === 'object' ? value.slot.struct : SLOT_TYPES[value.slot]);

describe('LeanCLR registrations', () => {
  it('take each argument in turn, structures from several slots, and register under the full signature', () => {
    const { files } = stubsOf(nativeAssembly(), ['N.Functions::Move']);
    const register = files.find(({ path }) => path === 'Native_register.cpp')!.text;
    expect(register).toContain('auto p0 = leanclr::RuntimeApi::get_argument<ijw_struct<32>>(params, offset); // slot 0');
    expect(register).toContain('auto p1 = leanclr::RuntimeApi::get_argument<uint16_t>(params, offset); // slot 4');
    expect(register).toContain('leanclr::RuntimeApi::set_return_value<ijw_struct<8>>(ret, result); // 1 slots');
    expect(register).toContain(
      'register_pinvoke_func("[Native]N.Functions::Move(N.Point,System.Char,System.IntPtr)", (leanclr::vm::PInvokeFunction)&N_Functions_Move, N_Functions_Move_invoker);',
    );
  });

  it.skipIf(!has('g++')).each([
    ['P/Invokes of many kinds', () => nativeAssembly()],
    ['hostile names', () => nativeAssembly({ hostile: true })],
    ['edge-js', () => edgeNativeClr('x64')],
  ])('compile with g++ for %s (skipped without g++)', (_name, bytes) => {
    const { files } = stubsOf(bytes());
    withFiles(files, (folder) => {
      const sources = files.flatMap(({ path }) => (path.endsWith('.cpp') ? [path] : []));
      expect(compile('g++', ['-std=c++14', '-Wall', '-Werror', '-fsyntax-only', `-I${headers}`, ...sources], folder)).toBe('');
    });
  });

  it('refuse a structure whose size is not known, and a method that is not there', () => {
    expect(stubsOf(nativeAssembly()).refusals.map(({ method }) => method)).toEqual(['N.Functions::Elsewhere']);
    expect(() => stubsOf(nativeAssembly(), ['N.Functions::Nothing'])).toThrow('not found');
  });
});

describe("a call of a real assembly's P/Invoke", () => {
  const { natives } = nativesOf(edgeNativeClr('x64'));
  const isScalar = ({ parameters, result }: LeanClrNative): boolean =>
    parameters.length >= 2 &&
    result !== undefined &&
    [result, ...parameters.map(({ value }) => value)].every(({ slot }) => typeof slot === 'string');
  const chosen = natives.filter(isScalar).slice(0, 10);

  it('is one of several that take arguments', () => expect(chosen.length).toBe(10));

  it.each(chosen.map((native) => [native.key, native] as const))('%s gets its arguments from their slots', (_key, native) => {
    const registry = new PInvokeRegistry();
    const sent = native.parameters.map(({ value }, index): ArgumentSlotValue => {
      if (value.slot === 'bool') return true;
      return /64|pointer/.test(String(value.slot)) ? BigInt(index + 40) : index + 40;
    });
    const calls: ArgumentSlotValue[][] = [];
    const result = native.result!.slot;
    const answer: ArgumentSlotValue = result === 'bool' ? true : /64|pointer/.test(String(result)) ? 42n : 42;
    const invoker = simpleInvoker(
      native.parameters.map(({ value }) => value.slot),
      result,
    );
    registry.register(
      native.key,
      (...values) => {
        calls.push(values);
        return answer;
      },
      invoker,
    );
    const dispatch = registry.dispatch({ ...native, isPInvoke: true });
    if (dispatch.via !== 'pinvoke') throw new Error(`dispatched via ${dispatch.via}`);
    const slots = new ArgumentSlots(native.parameters.reduce((sum, parameter) => sum + slotsOf(parameter), 0));
    let slot = 0;
    native.parameters.forEach(({ value }, index) => {
      slot = slots.set(value.slot, slot, sent[index]!);
    });
    const returned = new ArgumentSlots(1);
    dispatch.registration.invoker(dispatch.registration.native, new ArgumentReader(slots), returned);
    expect([calls, returned.get(result, 0)]).toEqual([[sent], answer]);
  });
});
