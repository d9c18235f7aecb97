import { UsageError } from '@ijw/binary';
import type { ArgumentReader, ArgumentSlots, ArgumentSlotValue, SlotType } from './argument-slots.ts';
import { formatLeanClrSignature, type LeanClrSignature } from './signature.ts';
import { parseLeanClrSignature } from './signature-parser.ts';

/** The native function a method is bound to; its invoker decides what it is called with. */
export type NativeFunction = (...values: ArgumentSlotValue[]) => ArgumentSlotValue | undefined;

/** LeanCLR's fixed invoker shape: takes the arguments out of their slots, calls, and writes the result. */
export type Invoker = (native: NativeFunction, parameters: ArgumentReader, result: ArgumentSlots) => void;

/** The two tables that are keyed differently (see `lookUpKeys`). */
export type RegistrationKind = 'pinvoke' | 'internalCall' | 'intrinsic' | 'newobjInternalCall' | 'newobjIntrinsic';

export interface Registration {
  readonly kind: RegistrationKind;
  readonly signature: string;
  readonly native: NativeFunction;
  readonly invoker: Invoker;
}

/** The exception in managed code if a call cannot be made. */
export class LeanClrCallError extends Error {
  override readonly name = 'LeanClrCallError';
  readonly code: 'NotImplemented' | 'EntryPointNotFound';

  constructor(code: LeanClrCallError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** How a method is to be run; `interpreter` where nothing native is registered and there is an IL body. */
export type Dispatch =
  | { readonly via: 'internalCall' | 'intrinsic' | 'pinvoke'; readonly registration: Registration }
  | { readonly via: 'interpreter' }
  | { readonly via: 'none'; readonly error: LeanClrCallError };

/** The method a call is for: its full signature, and what its metadata says. */
export interface LeanClrMethod {
  readonly signature: LeanClrSignature;
  readonly isPInvoke: boolean;
  readonly isInternalCall: boolean;
  readonly hasBody: boolean;
}

/** The table that a method without a body is looked up in: a method with both flags is an internal call (LeanCLR `shim.cpp`, get_invoker). */
export const nativeKindOf = ({ isPInvoke, isInternalCall }: LeanClrMethod): 'pinvoke' | 'internalCall' =>
  isPInvoke && !isInternalCall ? 'pinvoke' : 'internalCall';

/**
 * The keys that LeanCLR tries, in its order. P/Invokes: with module and parameters, with parameters, with the module, bare.
 * Internal calls and intrinsics carry no module: with parameters, then without.
 */
export function lookUpKeys(kind: RegistrationKind, method: LeanClrSignature): readonly [string, ...string[]] {
  const full = { ...method, parameters: method.parameters ?? [] };
  const key = (parts: Partial<LeanClrSignature>): string => formatLeanClrSignature({ ...full, ...parts });
  if (kind !== 'pinvoke') return [longestKey(kind, method), key({ module: undefined, parameters: undefined })];
  return [
    longestKey(kind, method),
    key({ module: undefined }),
    key({ parameters: undefined }),
    key({ module: undefined, parameters: undefined }),
  ];
}

/** The first of these keys. */
export function longestKey(kind: RegistrationKind, { module, type, method, genericArity, parameters = [] }: LeanClrSignature): string {
  return formatLeanClrSignature({ module: kind === 'pinvoke' ? module : undefined, type, method, genericArity, parameters });
}

/** `RuntimeApi::register_*_func` and the look-up behind it. */
export class PInvokeRegistry {
  readonly #tables = new Map<RegistrationKind, Map<string, Registration>>();
  readonly #dispatched = new Map<string, Dispatch>();

  /**
   * Registers a native function under a signature string. Throws `LeanClrSignatureError` for a string outside the grammar, and `UsageError` for a second registration of the same
   * signature (the runtime asserts in debug builds and silently overwrites in release builds) unless `replace` is set, or when the method was already dispatched: its class has
   * built its methods and keeps the invoker it found.
   */
  register(
    signature: string,
    native: NativeFunction,
    invoker: Invoker,
    options: { readonly kind?: RegistrationKind; readonly replace?: boolean } = {},
  ): void {
    const kind = options.kind ?? 'pinvoke';
    const parsed = parseLeanClrSignature(signature);
    if (kind !== 'pinvoke' && parsed.module !== undefined)
      throw new UsageError(`"${signature}": only P/Invokes are registered with a module`);
    const key = formatLeanClrSignature(parsed);
    const table = this.#tables.get(kind) ?? new Map<string, Registration>();
    if (table.has(key) && !options.replace) throw new UsageError(`"${key}" is registered already`);
    for (const method of this.#dispatched.keys()) {
      if (lookUpKeys(kind, parseLeanClrSignature(method)).includes(key)) {
        throw new UsageError(`"${key}" is registered too late: ${method} has been bound`);
      }
    }
    this.#tables.set(kind, table.set(key, { kind, signature: key, native, invoker }));
  }

  find(kind: RegistrationKind, method: LeanClrSignature): Registration | undefined {
    const table = this.#tables.get(kind);
    if (!table) return undefined;
    for (const key of lookUpKeys(kind, method)) {
      const registration = table.get(key);
      if (registration) return registration;
    }
    return undefined;
  }

  /** The runtime's order: internal call, intrinsic, then P/Invoke, then the interpreter; the first two override IL bodies. The result is kept. */
  dispatch(method: LeanClrMethod): Dispatch {
    const key = formatLeanClrSignature(method.signature);
    const known = this.#dispatched.get(key);
    if (known) return known;
    const dispatch = this.#choose(method, key);
    this.#dispatched.set(key, dispatch);
    return dispatch;
  }

  #choose(method: LeanClrMethod, key: string): Dispatch {
    for (const via of ['internalCall', 'intrinsic'] as const) {
      const registration = this.find(via, method.signature);
      if (registration) return { via, registration };
    }
    if (method.isInternalCall)
      return { via: 'none', error: new LeanClrCallError('NotImplemented', `Internal call not implemented: ${key}`) };
    if (method.isPInvoke) {
      const registration = this.find('pinvoke', method.signature);
      if (registration) return { via: 'pinvoke', registration };
      return { via: 'none', error: new LeanClrCallError('NotImplemented', `P/Invoke invoker not implemented for method ${key}`) };
    }
    return method.hasBody
      ? { via: 'interpreter' }
      : { via: 'none', error: new LeanClrCallError('EntryPointNotFound', `No implementation of ${key}`) };
  }
}

/** An invoker for plain signatures: takes each argument in turn and writes the result to slot 0. */
export function simpleInvoker(
  parameters: readonly (SlotType | { readonly struct: number })[],
  result: SlotType | { readonly struct: number } | undefined,
): Invoker {
  return (native, reader, slots) => {
    const value = native(...parameters.map((type) => reader.getArgument(type)));
    if (result !== undefined) slots.set(result, 0, value ?? 0);
  };
}
