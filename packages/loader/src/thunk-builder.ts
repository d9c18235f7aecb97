import type { Architecture } from './architecture.ts';

/**
 * `reverse` is what a slot of type P|4 or P|8 gets: native code calls it with the native convention and it changes to managed code.
 * `managed` is what a slot of type P gets: the method's own entry, which native code calls with the managed convention, without a transition
 * (the double-thunk elimination of C++/CLI).
 */
export type ThunkKind = 'reverse' | 'managed';

export interface ThunkRequest {
  readonly architecture: Architecture;
  readonly kind: ThunkKind;
  /** The slot's token. */
  readonly token: number;
  /** `Namespace.Type::Name`, for texts. */
  readonly method: string;
  /** The method is a P/Invoke of the image. */
  readonly isPInvoke: boolean;
  /** The method's signature blob, absent where the token is no MethodDef of the image. */
  readonly signature?: Uint8Array;
  /** Where the thunk leads: the marshalling code of a `reverse` one that has some, else the managed code itself. */
  readonly managedEntry: number;
  /** Token of an application domain the thunk is bound to, on .NET Framework: the first one for P|4, the caller's for P|8. */
  readonly appDomain?: 'first' | 'caller';
}

/** A thunk before it has its place. */
export interface ThunkPlan {
  readonly size: number;
  readonly alignment: number;
  /** The thunk's bytes for its place, and what is written to the data behind it (`DATA_DISTANCE` further on). */
  emit(address: number, data: number): { readonly code: Uint8Array; readonly data: Uint8Array };
}

/** Plans the machine code of one slot. It must not keep the request. */
export type ThunkBuilder = (request: ThunkRequest) => ThunkPlan;
