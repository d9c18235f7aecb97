import { decodeMethodSignature, type Metadata, type MethodDefToken, SignatureFlags, type TypeNode, typeNodes } from '@ijw/metadata';
import { type AbiType, type Unsupported, unsupported } from '../abi/abi-type.ts';
import type { CallPlacement } from '../abi/call-placement.ts';
import { placeCall } from '../abi/place-call.ts';
import { placeText } from '../abi/place-text.ts';
import type { CallArchitecture } from '../architecture.ts';
import { conversionStep } from '../forms/conversion-text.ts';
import type { MarshalledValue, MarshallingPlanner } from './marshalling-plan.ts';
import { conventionProblems, type EffectiveConvention } from './unmanaged-convention.ts';

/** What happens between a native caller and a managed method. */
export interface ReverseCallPlan {
  readonly kind: 'plan';
  readonly convention: EffectiveConvention;
  readonly result: MarshalledValue;
  readonly parameters: readonly MarshalledValue[];
  readonly placement: CallPlacement;
}

export interface ReverseCallInput {
  readonly architecture: CallArchitecture;
  readonly metadata: Metadata;
  readonly planner: MarshallingPlanner;
  readonly signature: Uint8Array;
  readonly methodDef?: MethodDefToken;
  readonly conventionOf: (signature: ReturnType<typeof decodeMethodSignature<TypeNode>>) => EffectiveConvention;
}

const isValue = (value: MarshalledValue | Unsupported): value is MarshalledValue => !('kind' in value);

/** @throws BadImageError when the signature or what it names cannot be read */
export function planReverseCall(input: ReverseCallInput): ReverseCallPlan | Unsupported {
  const { architecture, planner, methodDef } = input;
  const signature = decodeMethodSignature(input.signature, typeNodes);
  if (signature.header & SignatureFlags.HasThis) return unsupported('An instance method has no native entry');
  const convention = input.conventionOf(signature);
  if (convention.problem) return unsupported(conventionProblems[convention.problem]);
  const descriptors = methodDef === undefined ? new Map<number, number>() : planner.descriptorsOf(methodDef);
  const values = [signature.returnType, ...signature.parameterTypes].map((type, position) =>
    planner.plan(position, type, descriptors.get(position)),
  );
  const problem = values.find((value): value is Unsupported => !isValue(value));
  if (problem) return problem;
  const [result, ...parameters] = values.filter(isValue);
  const types: readonly AbiType[] = parameters.map(({ abi }) => abi);
  const member = convention.memberFunction || convention.convention === 'thiscall';
  const placement = placeCall(architecture, {
    convention: convention.convention,
    memberFunction: member && types.length > 0,
    variadic: convention.vararg,
    parameters: types,
    result: result!.abi,
  });
  return { kind: 'plan', convention, result: result!, parameters, placement };
}

const valueText = ({ managed, native, nativeSize, blittable, why }: MarshalledValue): string =>
  `${native} (${nativeSize} bytes) as ${managed}: ${blittable ? 'blittable' : 'converted'}. ${why}`;

/** The steps of the call, one a line, in their order (dotnet/runtime vm/dllimportcallback.cpp, UMThunkStub). */
export function reverseCallText({ convention, result, parameters, placement }: ReverseCallPlan): readonly string[] {
  const lines = [
    `called as ${convention.convention}; the caller passes ${placement.stackBytes} bytes on the stack`,
    'set up a thread for the caller if it has none, and activate the module',
    'cooperative mode on entry ends the process; change to cooperative mode',
  ];
  for (const [index, parameter] of parameters.entries()) {
    const { passed, pieces } = placement.arguments[index]!;
    const places = pieces.map(({ place }) => placeText(place)).join(', ');
    lines.push(`argument ${index + 1} from ${places}${passed === 'reference' ? ' (by address)' : ''}: ${valueText(parameter)}`);
    const step = conversionStep(parameter.conversion, 'toManaged');
    if (step) lines.push(`convert argument ${index + 1}: ${step}`);
  }
  lines.push('call the managed method');
  if (placement.result.kind !== 'void') lines.push(`result: ${valueText(result)}`);
  const step = conversionStep(result.conversion, 'toNative');
  if (step) lines.push(`convert the result: ${step}`);
  if (placement.result.kind === 'buffer') lines.push(`the result goes to the buffer at ${placeText(placement.result.address)}`);
  lines.push('change back to preemptive mode', `return, popping ${placement.calleePops} bytes`);
  return lines;
}
