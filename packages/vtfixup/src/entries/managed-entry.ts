// ECMA-335 II.15.5.1 "Method transition thunks"; dotnet/runtime `src/coreclr/vm/ceeload.cpp` (Module::FixupVTables).

import type { Diagnostics } from '@ijw/binary';
import { methodFullName, methodSignatureOf, methodSignatureText, type Token } from '@ijw/metadata';
import type { MarshallingCause } from '../calls/marshalling-cause.ts';
import type { NativeCalls } from '../calls/native-calls.ts';
import type { EffectiveConvention } from '../calls/unmanaged-convention.ts';
import { entersFromUnmanaged } from '../table/vtable-fixup-type.ts';
import type { VTableSlot } from '../table/vtable-slot.ts';
import { isMethodToken, type SlotContent } from './slot-token.ts';

/** A method that can be reached through a slot. What depends on the method is absent where the slot names none that can be read. */
export interface ManagedEntry {
  readonly slot: VTableSlot;
  readonly content: SlotContent;
  /** 0 in a dump whose runtime has replaced the token. */
  readonly token: number;
  readonly method?: string;
  readonly signature?: string;
  /** How native code has to call. */
  readonly convention?: EffectiveConvention;
  /** The slot gets the address that managed code calls, without the transition that native callers need. */
  readonly managedConvention: boolean;
  readonly marshallingCauses: readonly MarshallingCause[];
}

/** Describes a slot's method. A method that cannot be read is reported. */
export function managedEntry(
  slot: VTableSlot,
  content: SlotContent,
  calls: NativeCalls | undefined,
  diagnostics: Diagnostics,
): ManagedEntry {
  const token = content.kind === 'patched' ? 0 : content.token;
  const described =
    calls && isMethodToken(calls.metadata, token) ? diagnostics.attempt(() => describe(calls, token as Token), token) : undefined;
  return { slot, content, token, managedConvention: !entersFromUnmanaged(slot.fixup.type), marshallingCauses: [], ...described };
}

function describe(calls: NativeCalls, token: Token) {
  const signature = methodSignatureOf(calls.metadata, token);
  return {
    method: methodFullName(calls.metadata, token),
    signature: methodSignatureText(calls.metadata, token),
    convention: calls.conventionOf(token, signature),
    marshallingCauses: calls.causesOf(token, signature, { setLastError: false, preserveSig: true }),
  };
}
