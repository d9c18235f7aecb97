import type { ClrException } from '../load/load-refusal.ts';

/** The result of native code. */
export type ExecutionResult =
  /** `bigint` for integers of eight bytes, bytes for structures. */
  | { readonly kind: 'returned'; readonly value: unknown }
  /** A managed exception that went through all native frames. */
  | { readonly kind: 'threw'; readonly exception: ClrException }
  | { readonly kind: 'processDied'; readonly hresult: number; readonly reason: string; readonly exception?: ClrException }
  /** The code touched memory that it may not touch. */
  | { readonly kind: 'fault'; readonly address: number; readonly reason: string }
  /** The code continues in a way that is not evaluated here. */
  | { readonly kind: 'stopped'; readonly address: number; readonly reason: string };
