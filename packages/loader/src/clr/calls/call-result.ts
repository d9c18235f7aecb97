import type { ClrException } from '../../load/load-refusal.ts';

/** The result of a call. */
export type CallResult =
  /** Managed code ran and returned. */
  | { readonly kind: 'returned'; readonly value: unknown; readonly token: number; readonly method: string }
  /** The call continues in native code, which this package does not run. */
  | {
      readonly kind: 'native';
      readonly address: number;
      readonly target: string;
      readonly hresultSwapping?: true;
      readonly setLastError?: true;
      readonly returnsSavedError?: true;
      /** The symbol at the end of the call, which no provider has. */
      readonly unresolved?: string;
    }
  | { readonly kind: 'threw'; readonly exception: ClrException }
  /** An exception reached a native caller, or the runtime failed: the process ends. */
  | { readonly kind: 'processDied'; readonly hresult: number; readonly reason: string; readonly exception?: ClrException }
  /** The slot leads to memory that is not executable. */
  | { readonly kind: 'accessViolation'; readonly address: number; readonly reason: string }
  | { readonly kind: 'noSuchMethod'; readonly method: string };

/** A use of an assembly other than a call. All but `getTypes` and `getMethods` activate it. */
export type Use =
  | 'getTypes'
  | 'getMethods'
  | 'newObject'
  | 'readField'
  | 'createDelegate'
  | 'functionPointer'
  | 'prelink'
  | 'prepareMethod'
  | 'runModuleConstructor';

/** The uses that look at metadata only. */
export const PASSIVE_USES: readonly Use[] = ['getTypes', 'getMethods'];
