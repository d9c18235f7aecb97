import type { CallPlacement } from '../abi/call-placement.ts';
import type { CrossingParameter } from '../crossing-type.ts';
import type { EffectiveConvention } from './unmanaged-convention.ts';

/** The direction of a call. */
export type CallDirection = 'managedToNative' | 'nativeToManaged';

/**
 * `rva`: native code in the image; `named`: a function of a library; `slot`: through the fixup table; `unmanagedCallersOnly`: by a pointer that managed code hands
 * out.
 */
export type CallBy = 'rva' | 'named' | 'slot' | 'unmanagedCallersOnly';

/** One argument of the native call. */
export type CallArgument =
  | { readonly kind: 'parameter'; readonly value: CrossingParameter; readonly flow: 'in' | 'out' | 'inOut' }
  /** LCIDConversionAttribute: the locale of the current culture, which no parameter holds. */
  | { readonly kind: 'lcid' }
  /** PreserveSig is not set: the address that the managed result is written to. */
  | { readonly kind: 'retval'; readonly value: CrossingParameter };

/**
 * A call between managed and native code: the one model of it. Lint, the boundary, thunks and generators spell it. A call that the runtime refuses has a reason in
 * its place (`Unsupported`).
 */
export interface CallContract {
  readonly kind: 'plan';
  readonly direction: CallDirection;
  readonly by: CallBy;
  readonly convention: EffectiveConvention;
  /** As the managed signature has them. */
  readonly parameters: readonly CrossingParameter[];
  readonly returnValue: CrossingParameter;
  /** In the order of the native call. */
  readonly arguments: readonly CallArgument[];
  /** What the native side returns; an HRESULT where PreserveSig is not set. */
  readonly result: CrossingParameter;
  /** The native result is an HRESULT, and the managed one an argument. */
  readonly hresultSwapping: boolean;
  readonly setLastError: boolean;
  /** Where everything is on the processor that the contract is made for. */
  readonly placement: CallPlacement;
}
