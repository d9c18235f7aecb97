/** Code that is the same for all thunks of a kind and reads pointers a fixed distance behind itself (since .NET 7). */
export interface InterleavedForm {
  readonly kind: 'interleaved';
  /** Of the code; its data is not larger. */
  readonly size: number;
  /** `data` is the address of the thunk's pointers. */
  write(code: number, data: number): Uint8Array;
  /** The pointers before the first call: `identity` is passed on to `prestub`, which finds out where to go. */
  words(code: number, identity: number, prestub: number): readonly number[];
  /** Which of them says where the thunk leads. */
  readonly targetWord: number;
}

/** A structure that holds code and what the code passes on; where it leads is written into the code. */
export interface InPlaceForm {
  readonly kind: 'inPlace';
  /** Bytes from one structure to the next. */
  readonly pitch: number;
  /** Where the code begins in the structure. */
  readonly entry: number;
  /** Bytes of code from there. */
  readonly size: number;
  /** The structure at an address. `prepared`: it leads to the method's code, no longer to the part of the runtime that makes the code. */
  write(address: number, identity: number, target: number, prepared: boolean): Uint8Array;
  /** What the code hands to its target. */
  passes(address: number, identity: number): number;
  /** The target before the first call, if it is not the common prestub of its kind. */
  readonly prestub?: string;
}

export type ThunkForm = InterleavedForm | InPlaceForm;
