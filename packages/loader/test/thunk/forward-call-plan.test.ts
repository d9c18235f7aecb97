import { type AbiType, type ForwardCall, forwardSteps, forwardStepText, placeCall } from '@ijw/loader';
import { expect, it } from 'vitest';

const INT: AbiType = { kind: 'integer', size: 4, signed: true };
const VALUE = { managed: 'int', native: 'int', nativeSize: 4, abi: INT, blittable: true, why: 'The same bits on both sides' };

const call = (setLastError: boolean): ForwardCall => ({
  parameters: [{ ...VALUE, position: 1 }],
  result: { ...VALUE, position: 0 },
  placement: placeCall('x86', { convention: 'stdcall', memberFunction: false, variadic: false, parameters: [INT], result: INT }),
  setLastError,
  target: 'base + 0x1000',
});

it('a P/Invoke marshals, changes mode, calls, and goes back in this order', () => {
  expect(forwardSteps(call(false)).map(forwardStepText)).toEqual([
    'marshal argument 1: int as int (4 bytes): blittable. The same bits on both sides',
    'change to preemptive mode',
    'call base + 0x1000 with 4 bytes on the stack',
    'return to cooperative mode, waiting for a collection that is going on',
    'unmarshal the result: int as int (4 bytes): blittable. The same bits on both sides',
  ]);
});

it('the last error is cleared right before and saved right after the call', () => {
  const steps = forwardSteps(call(true)).map(({ step }) => step);
  expect(steps).toEqual(['marshal', 'preemptive', 'clearLastError', 'call', 'saveLastError', 'cooperative', 'unmarshal']);
});
