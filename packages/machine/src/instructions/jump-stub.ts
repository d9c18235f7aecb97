/** What an operand of a stub names: a place so many bytes behind the stub's first instruction, or an absolute address. */
export type StubOperand = { readonly distance: number } | { readonly absolute: bigint };

interface JumpStubPlace {
  /** Bytes of padding before the first instruction. */
  readonly padding: number;
  /** Bytes of the instructions. */
  readonly length: number;
  /** One, or those that together jump. */
  readonly instructions: number;
  /** The instructions, with `%slot` and `%target` for the operands. */
  readonly text: string;
}

/** An unconditional jump, or a few instructions with the same effect, as linkers, compilers and ilasm put them in front of a function. */
export type JumpStub = JumpStubPlace &
  (
    | { readonly kind: 'direct'; readonly target: StubOperand }
    /** To the address that the slot holds. */
    | { readonly kind: 'indirect'; readonly slot: StubOperand }
    /** A delay-load stub: names the slot that is to be filled and goes to the module's tail merge. */
    | { readonly kind: 'delayLoad'; readonly slot: StubOperand; readonly target: StubOperand }
  );

/** An instruction that calls, jumps to or takes an address, seen alone. Distances are from its first byte. */
export type AddressTransfer =
  | { readonly kind: 'call' | 'jump' | 'address'; readonly target: StubOperand }
  /** A call through a slot, of so many bytes in one or more instructions. */
  | { readonly kind: 'indirectCall'; readonly slot: StubOperand; readonly length: number };

/** Reads the stubs and transfers of an architecture in code whose byte `at` may be the first of an instruction. */
export interface StubReader {
  /** The stub at `at`, behind padding that does nothing. `address` is that of the byte at `at`, or its distance from a page's start. */
  stub(code: Uint8Array, at: number, address: number): JumpStub | undefined;
  transfer(code: Uint8Array, at: number, address: number): AddressTransfer | undefined;
}

/** Padding is looked through so far, in bytes. */
export const LONGEST_PADDING = 32;
