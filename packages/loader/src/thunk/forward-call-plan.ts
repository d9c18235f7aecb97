// dotnet/runtime `src/coreclr/vm/dllimport.cpp`, NDirectStubLinker: the order of what a P/Invoke stub does.

import type { CallPlacement } from '../abi/call-placement.ts';
import type { MarshalledValue } from './marshalling-plan.ts';

export interface ForwardCall {
  readonly parameters: readonly MarshalledValue[];
  readonly result: MarshalledValue;
  readonly placement: CallPlacement;
  readonly setLastError: boolean;
  /** Where the native code is. */
  readonly target: string;
}

export type ForwardStep =
  | { readonly step: 'marshal'; readonly value: MarshalledValue; readonly nativeSize: number }
  | { readonly step: 'preemptive' }
  | { readonly step: 'clearLastError' }
  | { readonly step: 'call'; readonly target: string; readonly stackBytes: number }
  | { readonly step: 'saveLastError' }
  | { readonly step: 'cooperative' }
  | { readonly step: 'unmarshal'; readonly value: MarshalledValue };

/** What a P/Invoke does, in its order. The last error is cleared and saved while the thread is preemptive. */
export function forwardSteps({ parameters, result, placement, setLastError, target }: ForwardCall): readonly ForwardStep[] {
  return [
    ...parameters.map((value) => ({ step: 'marshal', value, nativeSize: value.nativeSize }) as const),
    { step: 'preemptive' },
    ...(setLastError ? [{ step: 'clearLastError' } as const] : []),
    { step: 'call', target, stackBytes: placement.stackBytes },
    ...(setLastError ? [{ step: 'saveLastError' } as const] : []),
    { step: 'cooperative' },
    ...(result.abi.kind === 'void' ? [] : [{ step: 'unmarshal', value: result } as const]),
  ];
}

const valueText = ({ managed, native, nativeSize, blittable, why }: MarshalledValue): string =>
  `${managed} as ${native} (${nativeSize} bytes): ${blittable ? 'blittable' : 'converted'}. ${why}`;

export function forwardStepText(step: ForwardStep): string {
  switch (step.step) {
    case 'marshal':
      return `marshal argument ${step.value.position}: ${valueText(step.value)}`;
    case 'preemptive':
      return 'change to preemptive mode';
    case 'clearLastError':
      return 'clear the last error';
    case 'call':
      return `call ${step.target} with ${step.stackBytes} bytes on the stack`;
    case 'saveLastError':
      return 'save the last error';
    case 'cooperative':
      return 'return to cooperative mode, waiting for a collection that is going on';
    case 'unmarshal':
      return `unmarshal the result: ${valueText(step.value)}`;
  }
}
