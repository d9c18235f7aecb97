import type { ClrException } from './load-refusal.ts';

/** A call that has reached managed code. */
export interface ManagedCall {
  /** MethodDef, MemberRef or MethodSpec. */
  readonly token: number;
  /** `Namespace.Type::Name`. */
  readonly method: string;
  /** The caller: a slot, reflection, the runtime itself, or a marshalling stub that copies a C++ object. */
  readonly through: 'slot' | 'reflection' | 'moduleConstructor' | 'entryPoint' | 'marshalling';
  readonly arguments: readonly unknown[];
  /** Where the native caller's arguments begin, when native code was run: variable ones are found from there. */
  readonly argumentBase?: number;
  /** The load context, on .NET Framework the application domain, whose assembly is called. */
  readonly context: string;
}

export type ManagedResult = { readonly value: unknown } | { readonly exception: ClrException };

/** Runs the managed code behind a thunk. This package has no IL interpreter: the caller of `load` supplies the effect of a call. */
export interface ManagedEntry {
  call(call: ManagedCall): ManagedResult;
}

/** The default: every call is recorded and has no effect. */
export class RecordingManagedEntry implements ManagedEntry {
  readonly calls: ManagedCall[] = [];

  call(call: ManagedCall): ManagedResult {
    this.calls.push(call);
    return { value: undefined };
  }
}
