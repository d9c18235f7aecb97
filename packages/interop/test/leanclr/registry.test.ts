// LeanCLR's argument slots and the order of its look-up.
import { BadImageError } from '@ijw/binary';
import { ArgumentReader, ArgumentSlots, lookUpKeys, PInvokeRegistry, parseLeanClrSignature, simpleInvoker } from '@ijw/interop/leanclr';
import { describe, expect, it } from 'vitest';

const ADD = '[CoreTests]test.CustomPInvoke::Add(System.Int32,System.Int32)';
const add = (a: unknown, b: unknown): number => Number(a) + Number(b);
const addInvoker = simpleInvoker(['int32', 'int32'], 'int32');
const method = (parts: Partial<Parameters<PInvokeRegistry['dispatch']>[0]> = {}) => ({
  signature: parseLeanClrSignature(ADD),
  isPInvoke: true,
  isInternalCall: false,
  hasBody: false,
  ...parts,
});

describe('PInvokeRegistry', () => {
  it('looks a P/Invoke up with module and parameters first, bare last', () => {
    expect(lookUpKeys('pinvoke', parseLeanClrSignature(ADD))).toEqual([
      ADD,
      'test.CustomPInvoke::Add(System.Int32,System.Int32)',
      '[CoreTests]test.CustomPInvoke::Add',
      'test.CustomPInvoke::Add',
    ]);
    expect(lookUpKeys('internalCall', parseLeanClrSignature(ADD))).toEqual([
      'test.CustomPInvoke::Add(System.Int32,System.Int32)',
      'test.CustomPInvoke::Add',
    ]);
  });

  it('takes the first key that is registered', () => {
    const registry = new PInvokeRegistry();
    registry.register('test.CustomPInvoke::Add', () => -1, addInvoker);
    registry.register('test.CustomPInvoke::Add(System.Int32,System.Int32)', add, addInvoker);
    expect(registry.find('pinvoke', parseLeanClrSignature(ADD))?.native).toBe(add);
  });

  it('carries arguments from their slots to the function and its result back', () => {
    const registry = new PInvokeRegistry();
    registry.register(ADD, add, addInvoker);
    const dispatch = registry.dispatch(method());
    if (dispatch.via !== 'pinvoke') throw new Error(dispatch.via);
    const slots = new ArgumentSlots(2);
    slots.set('int32', slots.set('int32', 0, 40), 2);
    const result = new ArgumentSlots(1);
    dispatch.registration.invoker(dispatch.registration.native, new ArgumentReader(slots), result);
    expect(result.get('int32', 0)).toBe(42);
  });

  it('lets internal calls and intrinsics win over IL bodies, and P/Invokes not', () => {
    const registry = new PInvokeRegistry();
    registry.register(ADD, add, addInvoker);
    registry.register('test.Other::F()', add, addInvoker, { kind: 'intrinsic' });
    const other = parseLeanClrSignature('[CoreTests]test.Other::F()');
    expect(registry.dispatch(method({ isPInvoke: false, hasBody: true })).via).toBe('interpreter');
    expect(registry.dispatch(method({ signature: other, isPInvoke: false, hasBody: true })).via).toBe('intrinsic');
  });

  it('says what is missing as the runtime does', () => {
    const dispatch = new PInvokeRegistry().dispatch(method());
    expect(dispatch).toMatchObject({
      via: 'none',
      error: { code: 'NotImplemented', message: `P/Invoke invoker not implemented for method ${ADD}` },
    });
  });

  it('refuses a second registration unless it replaces, and one that comes too late', () => {
    const registry = new PInvokeRegistry();
    registry.register(ADD, add, addInvoker);
    expect(() => registry.register(ADD, add, addInvoker)).toThrow('already');
    registry.register(ADD, add, addInvoker, { replace: true });
    registry.dispatch(method());
    expect(() => registry.register('test.CustomPInvoke::Add', add, addInvoker)).toThrow('too late');
  });
});

describe('ArgumentSlots', () => {
  it('gives a structure as many slots as its bytes need, so an offset is no index', () => {
    const slots = new ArgumentSlots(5);
    const struct = Uint8Array.from({ length: 20 }, (_, index) => index);
    let slot = slots.set({ struct: 20 }, 0, struct);
    slot = slots.set('double', slot, -0.5);
    expect(slots.set('int64', slot, -1n)).toBe(5);
    const reader = new ArgumentReader(slots);
    expect([reader.getArgument({ struct: 20 }), reader.getArgument('double'), reader.getArgument('uint64')]).toEqual([
      struct,
      -0.5,
      2n ** 64n - 1n,
    ]);
    expect(reader.offset).toBe(5);
    expect(() => reader.getArgument('int32')).toThrow(BadImageError);
  });
});
