/** One instruction, as far as following an entry point needs it. Addresses are absolute. */
export type NativeStep =
  | { readonly kind: 'jump'; readonly target: number }
  | { readonly kind: 'jumpThrough'; readonly slot: number }
  | { readonly kind: 'call'; readonly target: number; readonly next: number }
  | { readonly kind: 'callThrough'; readonly slot: number; readonly next: number }
  | { readonly kind: 'return' }
  /** Sets the result register to a constant. */
  | { readonly kind: 'result'; readonly value: number; readonly next: number }
  /** Anything without an effect on where the code goes. */
  | { readonly kind: 'plain'; readonly next: number };
