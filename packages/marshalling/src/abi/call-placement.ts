/** The location of a value when the callee's first instruction runs. */
export type ArgumentPlace =
  | { readonly kind: 'register'; readonly register: string }
  /** `offset` counts from the argument base: the first argument slot of the stack, above the return address where the stack holds one. */
  | { readonly kind: 'stack'; readonly offset: number };

/** A part of a value that lies in one register or stack location. */
export interface Piece {
  readonly place: ArgumentPlace;
  /** Offset and size in the value. */
  readonly offset: number;
  readonly size: number;
  /** Variadic calls on x64: the integer register that holds the same bits. */
  readonly duplicate?: string;
}

export interface PlacedArgument {
  /** By reference: the caller made a copy, and the one piece is its address. */
  readonly passed: 'value' | 'reference';
  readonly pieces: readonly Piece[];
}

export type PlacedResult =
  | { readonly kind: 'void' }
  | { readonly kind: 'registers'; readonly pieces: readonly Piece[] }
  /** The caller gives the address of a buffer as a hidden argument; `returnedIn`: the register that holds the address again on return. */
  | { readonly kind: 'buffer'; readonly size: number; readonly address: ArgumentPlace; readonly returnedIn?: string };

/** The locations of all values of a native call. */
export interface CallPlacement {
  /** By parameter, without the hidden one. */
  readonly arguments: readonly PlacedArgument[];
  readonly result: PlacedResult;
  /** Bytes of the argument area on the stack, with what the convention reserves there. */
  readonly stackBytes: number;
  /** Bytes that the callee removes from the stack on return, without the return address. */
  readonly calleePops: number;
}

export const inRegister = (register: string): ArgumentPlace => ({ kind: 'register', register });
export const onStack = (offset: number): ArgumentPlace => ({ kind: 'stack', offset });

/** `rcx`, or `stack+8` counted from the argument base. */
export const placeText = (place: ArgumentPlace): string => (place.kind === 'register' ? place.register : `stack+${place.offset}`);
