// dotnet/runtime `src/coreclr/vm/dllimport.cpp`, CreateNDirectStubWorker: what a P/Invoke's stub is made from, and what it refuses.

import { BadImageError, Lazy } from '@ijw/binary';
import type { Architecture } from '@ijw/machine';
import { type MethodDefToken, MethodImplAttributes, methodSignatureOf, ParamAttributes, tokenRid } from '@ijw/metadata';
import type { Resolver } from '@ijw/metadata/resolution';
import { type MethodSignature, SignatureFlags, type TypeNode } from '@ijw/metadata/signatures';
import { type AbiType, pointerType, type Unsupported, unsupported } from '../abi/abi-type.ts';
import { placeCall } from '../abi/place-call.ts';
import type { CrossingParameter } from '../crossing-type.ts';
import { CrossingTypes } from '../crossing-types.ts';
import type { NativeStructures } from '../forms/native-structure.ts';
import { type ParameterRow, parameterRows } from '../forms/parameter-rows.ts';
import { type TextConversion, textConversionOf } from '../forms/text-conversion.ts';
import { scalar } from '../native/native-tree.ts';
import type { RuntimeFamily } from '../runtime-family.ts';
import type { CallArgument } from './call-contract.ts';
import type { ForwardCall } from './forward-call-plan.ts';
import type { NativeCalls } from './native-calls.ts';
import { type PInvoke, readPInvoke } from './p-invoke.ts';
import { type CallValues, FormedCall, type ForwardTarget, PlannedCall } from './planned-call.ts';
import { conventionProblems, type EffectiveConvention } from './unmanaged-convention.ts';

export interface ForwardCallsInit {
  readonly architecture: Architecture;
  readonly host: RuntimeFamily;
  readonly calls: NativeCalls;
  /** Finds value types of other assemblies; without it they are not known. */
  readonly resolver?: Resolver | undefined;
  /** Shared by both directions of one image. */
  readonly structures?: NativeStructures;
}

const LCID: AbiType = { kind: 'integer', size: 4, signed: true };

const HRESULT: CrossingParameter = {
  position: 0,
  name: '',
  flags: 0,
  managed: 'int',
  native: scalar('int32'),
  nativeText: 'HRESULT',
  abi: { kind: 'integer', size: 4, signed: true },
  blittable: true,
  conversion: { kind: 'none' },
  because: 'PreserveSig is not set',
};

interface Values {
  readonly result: CrossingParameter;
  readonly parameters: readonly CrossingParameter[];
}

interface ValuesRequest {
  readonly signature: MethodSignature<TypeNode>;
  readonly text: TextConversion;
  readonly rows: ReadonlyMap<number, ParameterRow>;
  readonly lcid: number | undefined;
}

interface Flows {
  readonly text: TextConversion;
  /** [In] and [Out] of each position, two bits each. */
  readonly flows: number;
}

/** How the values of a signature cross, and what decides it where nothing else is said of single parameters. */
interface KnownForm extends Flows {
  readonly convention: EffectiveConvention;
  readonly preserveSig: boolean;
  readonly values: CallValues | Unsupported;
}

/** Of one signature; more are not kept. */
const MOST_FORMS = 16;

/** Plans the P/Invokes of one image. What the methods share is looked up once. */
export class ForwardCalls {
  readonly #init: ForwardCallsInit;
  readonly #pointerSize: 4 | 8;
  readonly #types: CrossingTypes;
  readonly #forms = new WeakMap<MethodSignature<TypeNode>, readonly KnownForm[]>();

  constructor(init: ForwardCallsInit) {
    this.#init = init;
    this.#pointerSize = init.architecture === 'x86' ? 4 : 8;
    const { resolver, host, calls, structures } = init;
    this.#types = new CrossingTypes(calls.metadata, this.#pointerSize, {
      direction: 'forward',
      host,
      resolver,
      ...(structures && { structures }),
    });
  }

  /** What the stub of a P/Invoke does, or why the runtime makes none. */
  of(method: MethodDefToken, target: ForwardTarget): ForwardCall | Unsupported {
    return attempt(() => {
      const pinvoke = readPInvoke(this.#init.calls, tokenRid(method));
      return pinvoke ? this.#plan(pinvoke, target) : unsupported('The method has no native body');
    });
  }

  /** The same of a P/Invoke that has been read already. */
  ofPInvoke(pinvoke: PInvoke, target: ForwardTarget): ForwardCall | Unsupported {
    return attempt(() => this.#plan(pinvoke, target));
  }

  #plan(pinvoke: PInvoke, target: ForwardTarget): ForwardCall | Unsupported {
    const { calls } = this.#init;
    const method = pinvoke.token;
    if (pinvoke.kind === 'internalCall') return unsupported('The runtime itself brings the function, without a stub');
    const signature = methodSignatureOf(calls.metadata, method);
    const lcid = calls.lcidPositionOf(method);
    const refused = this.#refusal(pinvoke, signature, lcid);
    if (refused !== undefined) return unsupported(refused);
    const text = textConversionOf(calls.metadata, method, pinvoke.implMap?.flags);
    const rows = parameterRows(calls.metadata, method);
    const flows = lcid === undefined ? flowsOf(rows) : undefined;
    if (flows === undefined) {
      const values = this.#callValues(pinvoke, { signature, text, rows, lcid });
      return 'kind' in values ? values : new PlannedCall(pinvoke, values, target);
    }
    const form = this.#formOf(pinvoke, signature, { text, flows });
    return 'kind' in form ? form : new FormedCall(pinvoke, form, rows, target);
  }

  /** The values of calls of which metadata has no more than the signature, names, and whether parameters go in or out. */
  #formOf(pinvoke: PInvoke, signature: MethodSignature<TypeNode>, { text, flows }: Flows): CallValues | Unsupported {
    const { convention, preserveSig } = pinvoke;
    const known = this.#forms.get(signature) ?? [];
    const same = known.find(
      (each) => each.convention === convention && each.preserveSig === preserveSig && each.flows === flows && isSameText(each.text, text),
    );
    if (same !== undefined) return same.values;
    const values = this.#callValues(pinvoke, { signature, text, rows: rowsOfFlows(flows), lcid: undefined });
    if (known.length < MOST_FORMS) this.#forms.set(signature, [...known, { convention, preserveSig, text, flows, values }]);
    return values;
  }

  #callValues(pinvoke: PInvoke, { signature, text, rows, lcid }: ValuesRequest): CallValues | Unsupported {
    const crossing = this.#values(signature, rows, text);
    if ('kind' in crossing) return crossing;
    const { result, parameters } = crossing;
    const unreturnable = this.#unreturnable(pinvoke, result);
    if (unreturnable !== undefined) return unsupported(unreturnable);
    const passed = this.#arguments(signature, parameters, lcid, pinvoke.preserveSig ? undefined : result);
    const native = pinvoke.preserveSig ? result : HRESULT;
    return this.#placed(pinvoke, { text, parameters, returnValue: result, arguments: passed, result: native });
  }

  #placed({ convention }: PInvoke, values: Omit<CallValues, 'placement'>): CallValues | Unsupported {
    const { architecture } = this.#init;
    const types = values.arguments.map((argument) => this.#abiOf(argument));
    const isThiscall = convention.convention === 'thiscall';
    if (isThiscall && architecture === 'x86' && !fitsRegister(types[0])) return unsupported(conventionProblems.thiscall);
    const placement = new Lazy(() =>
      placeCall(architecture, {
        convention: convention.convention,
        memberFunction: (convention.memberFunction || isThiscall) && types.length > 0,
        variadic: convention.vararg,
        parameters: types,
        result: values.result.abi,
      }),
    );
    return { ...values, placement };
  }

  /** The refusals that do not depend on values, in the runtime's order. */
  #refusal(
    { token, convention, setLastError, preserveSig, implFlags }: PInvoke,
    signature: MethodSignature<TypeNode>,
    lcid: number | undefined,
  ) {
    const { calls } = this.#init;
    if (implFlags & MethodImplAttributes.Synchronized) return 'A P/Invoke cannot be synchronized';
    if (calls.isUnmanagedCallersOnly(token)) return 'A P/Invoke cannot have UnmanagedCallersOnlyAttribute';
    if (signature.header & SignatureFlags.HasThis) return 'A P/Invoke must be static';
    if (convention.problem) return conventionProblems[convention.problem];
    if (lcid !== undefined && (lcid < 0 || lcid > signature.parameterTypes.length))
      return `LCIDConversion names parameter ${lcid} of ${signature.parameterTypes.length}`;
    if (!calls.runtimeMarshallingDisabled) return undefined;
    const withoutMarshalling = {
      'Variable arguments': convention.vararg,
      SetLastError: setLastError,
      LCIDConversion: lcid !== undefined,
      'A cleared PreserveSig': !preserveSig,
    };
    const asked = Object.entries(withoutMarshalling).find(([, wanted]) => wanted)?.[0];
    return asked && `${asked} needs runtime marshalling, and the assembly has DisableRuntimeMarshallingAttribute`;
  }

  #values(
    signature: MethodSignature<TypeNode>,
    rows: ReadonlyMap<number, ParameterRow>,
    { charSet }: TextConversion,
  ): Values | Unsupported {
    const [result, ...parameters] = this.#types.ofMethod(signature, rows, charSet === 'unicode');
    if (result === undefined) return unsupported('The signature has no result');
    if ('kind' in result) return { ...result, reason: `The result: ${result.reason}` };
    const values: CrossingParameter[] = [];
    for (const [index, value] of parameters.entries()) {
      if ('kind' in value) return { ...value, reason: `Parameter ${index + 1}: ${value.reason}` };
      values.push(value);
    }
    return { result, parameters: values };
  }

  /** `DoMarshalReturnValue`: a method whose result is an HRESULT cannot have structures as [out] parameters. */
  #unreturnable({ preserveSig }: PInvoke, { abi, managed }: CrossingParameter): string | undefined {
    if (preserveSig || abi.kind !== 'aggregate') return undefined;
    return `The result: ${managed} is a structure, which a method without PreserveSig cannot return`;
  }

  #arguments(
    signature: MethodSignature<TypeNode>,
    parameters: readonly CrossingParameter[],
    lcid: number | undefined,
    retval: CrossingParameter | undefined,
  ): readonly CallArgument[] {
    const values = parameters.map((value): CallArgument => {
      const type = signature.parameterTypes[value.position - 1]!;
      return { kind: 'parameter', value, flow: flowOf(type, value) };
    });
    if (lcid !== undefined) values.splice(lcid, 0, { kind: 'lcid' });
    if (retval && retval.abi.kind !== 'void') values.push({ kind: 'retval', value: retval });
    return values;
  }

  #abiOf(argument: CallArgument): AbiType {
    if (argument.kind === 'lcid') return LCID;
    return argument.kind === 'retval' ? pointerType(this.#pointerSize) : argument.value.abi;
  }
}

function attempt(make: () => ForwardCall | Unsupported): ForwardCall | Unsupported {
  try {
    return make();
  } catch (error) {
    if (error instanceof BadImageError) return unsupported(error.message);
    throw error;
  }
}

const IN_OUT = ParamAttributes.In | ParamAttributes.Out;

/** Positions that `Flows` has bits for. */
const MOST_FLOWS = 15;

/** The flows of rows without descriptors; `undefined` where there is more to say. */
function flowsOf(rows: ReadonlyMap<number, ParameterRow>): number | undefined {
  let flows = 0;
  for (const [position, { flags, descriptor }] of rows) {
    if (descriptor !== undefined || position >= MOST_FLOWS) return undefined;
    flows |= (flags & IN_OUT) << (2 * position);
  }
  return flows;
}

function rowsOfFlows(flows: number): ReadonlyMap<number, ParameterRow> {
  const rows = new Map<number, ParameterRow>();
  for (let position = 0; position < MOST_FLOWS; position++) {
    const flags = (flows >>> (2 * position)) & IN_OUT;
    if (flags !== 0) rows.set(position, { name: '', flags, descriptor: undefined });
  }
  return rows;
}

const isSameText = (one: TextConversion, other: TextConversion): boolean =>
  one.charSet === other.charSet && one.bestFitMapping === other.bestFitMapping && one.throwOnUnmappableChar === other.throwOnUnmappableChar;

const fitsRegister = (type: AbiType | undefined): boolean => type !== undefined && type.kind !== 'void' && type.size <= 4;

/** [In] and [Out] apply if the value is passed by address; without either, references and StringBuilders are copied in both directions (`MarshalInfo`, the end). */
function flowOf(type: TypeNode, { managed, abi, blittable, flags }: CrossingParameter): 'in' | 'out' | 'inOut' {
  const inner = unmodified(type);
  if (blittable || abi.kind !== 'integer' || (inner.kind === 'primitive' && inner.type !== 'string')) return 'in';
  const [isIn, isOut] = [(flags & ParamAttributes.In) !== 0, (flags & ParamAttributes.Out) !== 0];
  if (isIn || isOut) return isIn && isOut ? 'inOut' : isOut ? 'out' : 'in';
  return inner.kind === 'byReference' || managed.endsWith('StringBuilder') ? 'inOut' : 'in';
}

const unmodified = (type: TypeNode): TypeNode => (type.kind === 'modified' ? unmodified(type.unmodified) : type);
