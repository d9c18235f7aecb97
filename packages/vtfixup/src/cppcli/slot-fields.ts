// What C++/CLI keeps beside a slot: the entry of its jumps in `.nep`, and the fields of `<Module>` through which the compiler's code calls the method.

import type { FieldToken } from '@ijw/metadata';
import type { NativeToManaged } from '../crossing.ts';
import { grouped } from '../grouped.ts';
import type { MappedField } from './mapped-field.ts';

/** A field that stands for a slot. */
export interface SlotField {
  /** `unep`: a pointer to the native entry (`__unep@…`); `m2mep`: the slot itself, for managed callers (`__m2mep@…`). */
  readonly kind: 'unep' | 'm2mep';
  readonly token: FieldToken;
  /** `Namespace.Type::Name`. */
  readonly name: string;
  readonly rva: number;
  readonly slotRva: number;
}

/** Addresses that native code calls a slot's method at: the entry of a double thunk, else the jump through the slot. */
function nativeEntries(entries: readonly NativeToManaged[]): ReadonlyMap<number, number> {
  const slots = new Map<number, number>();
  for (const { slot, stubs, nepEntries } of entries) {
    for (const { rva } of stubs) if (!slots.has(rva)) slots.set(rva, slot.rva);
    for (const { rva, nativeJump } of nepEntries) if (stubs.some((stub) => stub.rva === nativeJump)) slots.set(rva, slot.rva);
  }
  return slots;
}

/** The fields of an image that stand for slots, by the RVA of the slot. */
export function readSlotFields(
  entries: readonly NativeToManaged[],
  fields: readonly MappedField[],
): ReadonlyMap<number, readonly SlotField[]> {
  const slotOfEntry = nativeEntries(entries);
  const found = fields.flatMap(({ token, name, rva, value }): SlotField[] => {
    if (value.kind === 'managedEntry') return [{ kind: 'm2mep', token, name, rva, slotRva: value.slotRva }];
    const slotRva = value.kind === 'nativeEntry' ? slotOfEntry.get(value.target) : undefined;
    return slotRva === undefined ? [] : [{ kind: 'unep', token, name, rva, slotRva }];
  });
  return grouped(found, ({ slotRva }) => slotRva);
}
