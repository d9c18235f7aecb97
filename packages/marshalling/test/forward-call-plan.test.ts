// The order of the steps of a call from managed to native code.
import { type AbiType, type ForwardCall, forwardSteps, forwardStepText, placeCall } from '@ijw/marshalling';
import { expect, it } from 'vitest';

const INT: AbiType = { kind: 'integer', size: 4, signed: true };
const VALUE = {
  name: '',
  flags: 0,
  managed: 'int',
  native: { kind: 'scalar', scalar: 'int32' },
  nativeText: 'int',
  abi: INT,
  blittable: true,
  conversion: { kind: 'none' },
  because: 'The same bits on both sides',
} as const;

const call = (more: Partial<ForwardCall>): ForwardCall => ({
  kind: 'plan',
  direction: 'managedToNative',
  by: 'rva',
  parameters: [{ ...VALUE, position: 1 }],
  returnValue: { ...VALUE, position: 0 },
  convention: { convention: 'stdcall', source: 'platform', vararg: false, memberFunction: false, suppressGCTransition: false },
  text: { charSet: 'ansi', bestFitMapping: true, throwOnUnmappableChar: false },
  causes: [],
  arguments: [{ kind: 'parameter', value: { ...VALUE, position: 1 }, flow: 'in' }],
  result: { ...VALUE, position: 0 },
  hresultSwapping: false,
  placement: placeCall('x86', { convention: 'stdcall', memberFunction: false, variadic: false, parameters: [INT], result: INT }),
  setLastError: false,
  returnsSavedError: false,
  target: 'base + 0x1000',
  ...more,
});

it('a P/Invoke marshals, changes mode, calls, and goes back in this order', () => {
  expect(forwardSteps(call({})).map(forwardStepText)).toEqual([
    'marshal argument 1 to stack+0: int as int (4 bytes): blittable. The same bits on both sides',
    'change to preemptive mode',
    'call base + 0x1000 as stdcall with 4 bytes on the stack',
    'return to cooperative mode, waiting for a collection that is going on',
    'unmarshal the result: int as int (4 bytes): blittable. The same bits on both sides',
  ]);
});

it('the last error is cleared right before and saved right after the call', () => {
  const steps = forwardSteps(call({ setLastError: true })).map(({ step }) => step);
  expect(steps).toEqual(['marshal', 'preemptive', 'clearLastError', 'call', 'saveLastError', 'cooperative', 'unmarshal']);
});

it('GetLastError is not called: the saved error is the answer', () => {
  const steps = forwardSteps(call({ returnsSavedError: true, arguments: [] })).map(forwardStepText);
  expect(steps[0]).toBe('return the saved last error instead of calling GetLastError');
  expect(steps).toHaveLength(2);
});
