// dotnet/runtime `src/coreclr/vm/dllimport.cpp`, NDirectStubLinker: the order of what a P/Invoke stub does.

import { abiSize } from '../abi/abi-type.ts';
import type { PlacedArgument } from '../abi/call-placement.ts';
import { placeText } from '../abi/call-placement.ts';
import type { CrossingParameter } from '../crossing-type.ts';
import { conversionStep } from '../forms/conversion-text.ts';
import type { CopyConstruction } from '../forms/copy-construction.ts';
import type { TextConversion } from '../forms/text-conversion.ts';
import type { CallContract } from './call-contract.ts';
import type { MarshallingCause } from './marshalling-cause.ts';

/** What happens between managed code and a native function. */
export interface ForwardCall extends CallContract {
  readonly text: TextConversion;
  /** Why the call needs a stub that marshals; without any the just-in-time compiler puts the call in line. */
  readonly causes: readonly MarshallingCause[];
  /** The target is GetLastError: the runtime returns the saved error and does not call it. */
  readonly returnsSavedError: boolean;
  /** Where the native code is. */
  readonly target: string;
  /** The same object for calls that differ in names, causes and targets alone; absent for a call of its own form. */
  readonly form?: object;
}

export type ForwardStep =
  | { readonly step: 'marshal'; readonly value: CrossingParameter; readonly place: PlacedArgument }
  | { readonly step: 'convert'; readonly value: CrossingParameter; readonly how: string }
  | { readonly step: 'lcid'; readonly place: PlacedArgument }
  | { readonly step: 'retval'; readonly value: CrossingParameter; readonly place: PlacedArgument }
  | { readonly step: 'resultBuffer'; readonly size: number; readonly place: string }
  | { readonly step: 'preemptive' }
  | { readonly step: 'clearLastError' }
  | { readonly step: 'copyConstruct'; readonly position: number; readonly copy: CopyConstruction }
  | { readonly step: 'call'; readonly target: string; readonly convention: string; readonly stackBytes: number }
  | { readonly step: 'savedError' }
  | { readonly step: 'saveLastError' }
  | { readonly step: 'cooperative' }
  | { readonly step: 'checkHResult' }
  | { readonly step: 'unmarshal'; readonly value: CrossingParameter }
  | { readonly step: 'copyBack'; readonly value: CrossingParameter }
  | { readonly step: 'cleanup'; readonly value: CrossingParameter; readonly what: string };

/** What a P/Invoke does, in its order. The last error is cleared and saved while the thread is preemptive. */
export function forwardSteps(call: ForwardCall): readonly ForwardStep[] {
  return [...argumentSteps(call), ...callSteps(call), ...resultSteps(call)];
}

interface SharedTexts {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

const textsOf = (call: ForwardCall): SharedTexts => ({
  before: argumentSteps(call).map(forwardStepText),
  after: resultSteps(call).map(forwardStepText),
});

const formTexts = new WeakMap<object, SharedTexts>();

function sharedTexts(call: ForwardCall): SharedTexts {
  if (call.form === undefined) return textsOf(call);
  const known = formTexts.get(call.form);
  if (known !== undefined) return known;
  const texts = textsOf(call);
  formTexts.set(call.form, texts);
  return texts;
}

/** The steps as text. What comes before and after the call itself is made once for each form. */
export function forwardCallText(call: ForwardCall): readonly string[] {
  const { before, after } = sharedTexts(call);
  return [...before, ...callSteps(call).map(forwardStepText), ...after];
}

function argumentSteps({ arguments: values, placement }: ForwardCall): ForwardStep[] {
  const steps = values.flatMap((argument, index): ForwardStep[] => {
    const place = placement.arguments[index]!;
    if (argument.kind === 'lcid') return [{ step: 'lcid', place }];
    const { value } = argument;
    if (argument.kind === 'retval') return [{ step: 'retval', value, place }];
    return [{ step: 'marshal', value, place }, ...conversion(value, 'toNative')];
  });
  const { result } = placement;
  return result.kind === 'buffer' ? [...steps, { step: 'resultBuffer', size: result.size, place: placeText(result.address) }] : steps;
}

function callSteps(call: ForwardCall): ForwardStep[] {
  const { convention, placement, target, setLastError } = call;
  if (call.returnsSavedError) return [{ step: 'savedError' }];
  const changesMode = !convention.suppressGCTransition;
  const copies = call.arguments.flatMap((argument): ForwardStep[] =>
    argument.kind === 'parameter' && argument.value.copyConstruction
      ? [{ step: 'copyConstruct', position: argument.value.position, copy: argument.value.copyConstruction }]
      : [],
  );
  return [
    ...copies,
    ...(changesMode ? [{ step: 'preemptive' } as const] : []),
    ...(setLastError ? [{ step: 'clearLastError' } as const] : []),
    { step: 'call', target, convention: convention.convention, stackBytes: placement.stackBytes },
    ...(setLastError ? [{ step: 'saveLastError' } as const] : []),
    ...(changesMode ? [{ step: 'cooperative' } as const] : []),
  ];
}

function resultSteps({ arguments: values, result, hresultSwapping }: ForwardCall): ForwardStep[] {
  const parameters = values.flatMap((argument) => (argument.kind === 'parameter' ? [argument] : []));
  const retval = values.flatMap((argument) => (argument.kind === 'retval' ? [argument.value] : []));
  const copied = parameters.filter(({ value, flow }) => flow !== 'in' && !value.blittable);
  return [
    ...(hresultSwapping ? [{ step: 'checkHResult' } as const] : []),
    ...[...retval, ...(hresultSwapping || result.abi.kind === 'void' ? [] : [result])].flatMap((value): ForwardStep[] => [
      { step: 'unmarshal', value },
      ...conversion(value, 'toManaged'),
    ]),
    ...copied.map(({ value }) => ({ step: 'copyBack', value }) as const),
    ...parameters.flatMap(({ value }) => (value.cleanup === undefined ? [] : [{ step: 'cleanup', value, what: value.cleanup } as const])),
  ];
}

function conversion(value: CrossingParameter, way: 'toManaged' | 'toNative'): ForwardStep[] {
  const how = value.copyConstruction ? undefined : conversionStep(value, way);
  return how === undefined ? [] : [{ step: 'convert', value, how }];
}

const valueText = ({ managed, nativeText, abi, blittable, because }: CrossingParameter): string =>
  `${managed} as ${nativeText} (${abiSize(abi)} bytes): ${blittable ? 'blittable' : 'converted'}. ${because}`;

const placesText = ({ passed, pieces }: PlacedArgument): string =>
  `${pieces.map(({ place }) => placeText(place)).join(', ')}${passed === 'reference' ? ' (by address)' : ''}`;

function copyText(position: number, { copyConstructor, destructor, place }: CopyConstruction): string {
  const where = place === 'argument' ? 'in its place on the native stack' : 'in a local of the stub';
  const copy = copyConstructor === undefined ? 'copy the bits of' : `call ${copyConstructor.name} for`;
  return `${copy} argument ${position} ${where}${destructor === undefined ? '' : `, then ${destructor.name} for what it was copied from`}`;
}

export function forwardStepText(step: ForwardStep): string {
  switch (step.step) {
    case 'marshal':
      return `marshal argument ${step.value.position} to ${placesText(step.place)}: ${valueText(step.value)}`;
    case 'convert':
      return `convert ${step.value.position === 0 ? 'the result' : `argument ${step.value.position}`}: ${step.how}`;
    case 'lcid':
      return `pass the locale of the current culture in ${placesText(step.place)} (4 bytes)`;
    case 'retval':
      return `pass the address for the result in ${placesText(step.place)}: ${valueText(step.value)}`;
    case 'resultBuffer':
      return `pass the address of a buffer of ${step.size} bytes for the result in ${step.place}`;
    case 'preemptive':
      return 'change to preemptive mode';
    case 'clearLastError':
      return 'clear the last error';
    case 'copyConstruct':
      return copyText(step.position, step.copy);
    case 'call':
      return `call ${step.target} as ${step.convention} with ${step.stackBytes} bytes on the stack`;
    case 'savedError':
      return 'return the saved last error instead of calling GetLastError';
    case 'saveLastError':
      return 'save the last error';
    case 'cooperative':
      return 'return to cooperative mode, waiting for a collection that is going on';
    case 'checkHResult':
      return 'throw where the HRESULT says failure';
    case 'unmarshal':
      return `unmarshal the result: ${valueText(step.value)}`;
    case 'copyBack':
      return `copy argument ${step.value.position} back`;
    case 'cleanup':
      return `argument ${step.value.position}: ${step.what}`;
  }
}
