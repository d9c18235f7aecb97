import type { Architecture } from '@ijw/machine';
import type { Metadata, MethodDefToken } from '@ijw/metadata';
import { decodeMethodSignature, SignatureFlags, type TypeNode, typeNodes } from '@ijw/metadata/signatures';
import { type AbiType, abiSize, type Unsupported, unsupported } from '../abi/abi-type.ts';
import { placeText } from '../abi/call-placement.ts';
import { placeCall } from '../abi/place-call.ts';
import type { CrossingParameter } from '../crossing-type.ts';
import type { CrossingTypes } from '../crossing-types.ts';
import { conversionStep } from '../forms/conversion-text.ts';
import { type ParameterRow, parameterRows } from '../forms/parameter-rows.ts';
import type { CallContract } from './call-contract.ts';
import { conventionProblems, type EffectiveConvention } from './unmanaged-convention.ts';

export interface ReverseCallInput {
  readonly architecture: Architecture;
  readonly metadata: Metadata;
  readonly types: CrossingTypes;
  readonly signature: Uint8Array;
  readonly methodDef?: MethodDefToken;
  readonly by: 'slot' | 'unmanagedCallersOnly';
  readonly conventionOf: (signature: ReturnType<typeof decodeMethodSignature<TypeNode>>) => EffectiveConvention;
}

const isValue = (value: CrossingParameter | Unsupported): value is CrossingParameter => !('kind' in value);

/** @throws BadImageError when the signature or what it names cannot be read */
export function planReverseCall(input: ReverseCallInput): CallContract | Unsupported {
  const { architecture, metadata, types, methodDef } = input;
  const signature = decodeMethodSignature(input.signature, typeNodes);
  if (signature.header & SignatureFlags.HasThis) return unsupported('An instance method has no native entry');
  const convention = input.conventionOf(signature);
  if (convention.problem) return unsupported(conventionProblems[convention.problem]);
  const rows = methodDef === undefined ? new Map<number, ParameterRow>() : parameterRows(metadata, methodDef);
  const values = types.ofMethod(signature, rows);
  const problem = values.find((value): value is Unsupported => !isValue(value));
  if (problem) return problem;
  const [result, ...parameters] = values.filter(isValue);
  if (result === undefined) return unsupported('The signature has no result');
  const abis: readonly AbiType[] = parameters.map(({ abi }) => abi);
  const member = convention.memberFunction || convention.convention === 'thiscall';
  const placement = placeCall(architecture, {
    convention: convention.convention,
    memberFunction: member && abis.length > 0,
    variadic: convention.vararg,
    parameters: abis,
    result: result.abi,
  });
  return {
    kind: 'plan',
    direction: 'nativeToManaged',
    by: input.by,
    convention,
    parameters,
    returnValue: result,
    arguments: parameters.map((value) => ({ kind: 'parameter', value, flow: 'in' })),
    result,
    hresultSwapping: false,
    setLastError: false,
    placement,
  };
}

const valueText = ({ managed, nativeText, abi, blittable, because }: CrossingParameter): string =>
  `${nativeText} (${abiSize(abi)} bytes) as ${managed}: ${blittable ? 'blittable' : 'converted'}. ${because}`;

/** The steps of the call, one a line, in their order (dotnet/runtime vm/dllimportcallback.cpp, UMThunkStub). */
export function reverseCallText({ convention, result, parameters, placement }: CallContract): readonly string[] {
  const lines = [
    `called as ${convention.convention}; the caller passes ${placement.stackBytes} bytes on the stack`,
    'set up a thread for the caller if it has none, and activate the module',
    'cooperative mode on entry ends the process; change to cooperative mode',
  ];
  for (const [index, parameter] of parameters.entries()) {
    const { passed, pieces } = placement.arguments[index]!;
    const places = pieces.map(({ place }) => placeText(place)).join(', ');
    lines.push(`argument ${index + 1} from ${places}${passed === 'reference' ? ' (by address)' : ''}: ${valueText(parameter)}`);
    const step = conversionStep(parameter, 'toManaged');
    if (step) lines.push(`convert argument ${index + 1}: ${step}`);
  }
  lines.push('call the managed method');
  if (placement.result.kind !== 'void') lines.push(`result: ${valueText(result)}`);
  const step = conversionStep(result, 'toNative');
  if (step) lines.push(`convert the result: ${step}`);
  if (placement.result.kind === 'buffer') lines.push(`the result goes to the buffer at ${placeText(placement.result.address)}`);
  lines.push('change back to preemptive mode', `return, popping ${placement.calleePops} bytes`);
  return lines;
}
