import type { Lazy } from '@ijw/binary';
import type { CallPlacement } from '../abi/call-placement.ts';
import type { CrossingParameter } from '../crossing-type.ts';
import type { ParameterRow } from '../forms/parameter-rows.ts';
import type { TextConversion } from '../forms/text-conversion.ts';
import type { CallArgument } from './call-contract.ts';
import type { ForwardCall } from './forward-call-plan.ts';
import type { PInvoke } from './p-invoke.ts';
import type { EffectiveConvention } from './unmanaged-convention.ts';

/** Where a call goes, as its binding says. */
export interface ForwardTarget {
  readonly target: string;
  readonly returnsSavedError?: boolean;
}

/** What crosses, and where. */
export interface CallValues extends Pick<ForwardCall, 'text' | 'parameters' | 'returnValue' | 'arguments' | 'result'> {
  /** Generators do not need it. */
  readonly placement: Lazy<CallPlacement>;
}

/** The plan of one P/Invoke. */
export class PlannedCall implements ForwardCall {
  readonly kind = 'plan';
  readonly direction = 'managedToNative';
  readonly by: ForwardCall['by'];
  readonly convention: EffectiveConvention;
  readonly causes: ForwardCall['causes'];
  readonly hresultSwapping: boolean;
  readonly setLastError: boolean;
  readonly returnsSavedError: boolean;
  readonly target: string;
  readonly #values: CallValues;

  constructor(pinvoke: PInvoke, values: CallValues, { target, returnsSavedError = false }: ForwardTarget) {
    this.by = pinvoke.kind === 'rva' ? 'rva' : 'named';
    this.convention = pinvoke.convention;
    this.causes = pinvoke.marshallingCauses;
    this.hresultSwapping = !pinvoke.preserveSig;
    this.setLastError = pinvoke.setLastError;
    this.returnsSavedError = returnsSavedError;
    this.target = target;
    this.#values = values;
  }

  get text(): TextConversion {
    return this.#values.text;
  }

  get parameters(): readonly CrossingParameter[] {
    return this.#values.parameters;
  }

  get returnValue(): CrossingParameter {
    return this.#values.returnValue;
  }

  get arguments(): readonly CallArgument[] {
    return this.#values.arguments;
  }

  get result(): CrossingParameter {
    return this.#values.result;
  }

  get placement(): CallPlacement {
    return this.#values.placement.value;
  }
}

/** The plan of one of many P/Invokes that have one signature: the values are those of the form, under names of its own. */
export class FormedCall extends PlannedCall {
  readonly form: CallValues;
  readonly #rows: ReadonlyMap<number, ParameterRow>;
  #named: CallValues | undefined;

  constructor(pinvoke: PInvoke, form: CallValues, rows: ReadonlyMap<number, ParameterRow>, target: ForwardTarget) {
    super(pinvoke, form, target);
    this.form = form;
    this.#rows = rows;
  }

  override get parameters(): readonly CrossingParameter[] {
    return this.#values.parameters;
  }

  override get returnValue(): CrossingParameter {
    return this.#values.returnValue;
  }

  override get arguments(): readonly CallArgument[] {
    return this.#values.arguments;
  }

  override get result(): CrossingParameter {
    return this.#values.result;
  }

  /** Documents and texts do not ask for names. */
  get #values(): CallValues {
    if (this.#rows.size === 0) return this.form;
    this.#named ??= named(this.form, this.#rows);
    return this.#named;
  }
}

function named(form: CallValues, rows: ReadonlyMap<number, ParameterRow>): CallValues {
  const withRow = (value: CrossingParameter): CrossingParameter => {
    const row = rows.get(value.position);
    return row === undefined ? value : { ...value, name: row.name, flags: row.flags };
  };
  const parameters = form.parameters.map(withRow);
  const returnValue = withRow(form.returnValue);
  return {
    ...form,
    parameters,
    returnValue,
    result: form.result === form.returnValue ? returnValue : form.result,
    arguments: form.arguments.map((argument): CallArgument => {
      if (argument.kind === 'lcid') return argument;
      if (argument.kind === 'retval') return { kind: 'retval', value: returnValue };
      return { ...argument, value: parameters[argument.value.position - 1] ?? argument.value };
    }),
  };
}
