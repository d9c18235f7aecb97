// ECMA-335 II.15.5.1 "Method transition thunks"; dotnet/runtime `src/coreclr/vm/ceeload.cpp` (Module::FixupVTables).

import type { Diagnostics } from '@ijw/binary';
import type { EffectiveConvention, MarshallingCause, NativeCalls } from '@ijw/marshalling';
import { methodFullName, methodSignatureOf, methodSignatureText, type Token } from '@ijw/metadata';
import { entersFromUnmanaged } from '../table/vtable-fixup-type.ts';
import type { VTableSlot } from '../table/vtable-slot.ts';
import { isMethodToken, type SlotContent } from './slot-token.ts';

/** A method that can be reached through a slot. What depends on the method is absent where the slot names none that can be read. */
export interface SlotEntry {
  readonly slot: VTableSlot;
  readonly content: SlotContent;
  /** 0 in a dump whose runtime has replaced the token. */
  readonly token: number;
  readonly method?: string;
  readonly signature?: string;
  /** The calling convention for native callers. */
  readonly convention?: EffectiveConvention;
  /** The slot gets the address that managed code calls, without the transition that native callers need. */
  readonly managedConvention: boolean;
  readonly marshallingCauses: readonly MarshallingCause[];
}

type DescribedMethod = Pick<SlotEntry, 'method' | 'signature' | 'convention' | 'marshallingCauses'>;

/** The methods that slots name, each read once: a compiler gives a method two slots, and a hostile file any number. */
export class SlotMethods {
  readonly #calls: NativeCalls | undefined;
  readonly #diagnostics: Diagnostics;
  readonly #known = new Map<number, DescribedMethod | undefined>();

  constructor(calls: NativeCalls | undefined, diagnostics: Diagnostics) {
    this.#calls = calls;
    this.#diagnostics = diagnostics;
  }

  /** `undefined` for a token that names no method, and for a method that cannot be read, which is reported. */
  describe(token: number): DescribedMethod | undefined {
    const calls = this.#calls;
    if (calls === undefined || !isMethodToken(calls.metadata, token)) return undefined;
    if (!this.#known.has(token))
      this.#known.set(
        token,
        this.#diagnostics.attempt(() => describe(calls, token as Token), token),
      );
    return this.#known.get(token);
  }
}

/** Describes a slot. */
export function slotEntry(slot: VTableSlot, content: SlotContent, methods: SlotMethods): SlotEntry {
  const token = content.kind === 'patched' ? 0 : content.token;
  return {
    slot,
    content,
    token,
    managedConvention: !entersFromUnmanaged(slot.fixup.type),
    marshallingCauses: [],
    ...methods.describe(token),
  };
}

function describe(calls: NativeCalls, token: Token): DescribedMethod {
  const signature = methodSignatureOf(calls.metadata, token);
  return {
    method: methodFullName(calls.metadata, token),
    signature: methodSignatureText(calls.metadata, token),
    convention: calls.conventionOf(token, signature),
    marshallingCauses: calls.causesOf(token, signature, { setLastError: false, preserveSig: true }),
  };
}
