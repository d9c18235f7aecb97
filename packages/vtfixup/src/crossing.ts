import type { EffectiveConvention, MarshallingCause, PInvoke } from '@ijw/marshalling';
import { type ImportedFunction, importedFunctionText } from './code/imported-function.ts';
import type { IndirectCall } from './code/jump.ts';
import type { DoubleThunk } from './code/read-jump.ts';
import type { ImageExport } from './entries/image-export.ts';
import type { SlotEntry } from './entries/slot-entry.ts';
import type { UnmanagedCallersOnly } from './entries/unmanaged-callers-only.ts';
import type { IndirectJump } from './transfers/indirect-transfers.ts';
import type { Stub } from './transfers/stub.ts';

/** A call from managed code to native code. */
export interface ManagedToNative extends PInvoke {
  /** The native code at the RVA and where it leads; absent for functions that are bound by name. */
  readonly stub?: Stub;
  /** The runtime calls its own GetLastError instead, which gives the error saved after the last P/Invoke. */
  readonly replacedGetLastError: boolean;
}

/** A call from native code through a slot. */
export interface NativeToManaged extends SlotEntry {
  /** Jumps of the image through the slot. */
  readonly stubs: readonly IndirectJump[];
  /** Entries in `.nep` (MSVC x64) of which one of the two jumps goes through the slot. */
  readonly nepEntries: readonly DoubleThunk[];
  /** Calls of the image through the slot, without a stub. */
  readonly calls: readonly IndirectCall[];
  /** Exports that lead to the slot. */
  readonly exports: readonly ImageExport[];
}

/** One place where a call crosses between managed and native code, in either direction. */
export interface Crossing {
  readonly direction: 'managedToNative' | 'nativeToManaged';
  /** How: by an address in the image, a name, a function of the runtime, a slot of the fixup table, or a pointer that managed code hands out. */
  readonly by: 'rva' | 'named' | 'internalCall' | 'slot' | 'unmanagedCallersOnly';
  readonly token: number;
  readonly method?: string;
  readonly signature?: string;
  /** The native code that is called, or the stub that native code calls. */
  readonly address?: number;
  readonly slotRva?: number;
  readonly convention?: EffectiveConvention;
  readonly marshallingCauses: readonly MarshallingCause[];
  /** Behind a body that only jumps: the function of another module. */
  readonly imported?: ImportedFunction;
  /** The names of the place for other code: an export, an entry point, `module!name`. */
  readonly names: readonly string[];
}

export function crossingOut(call: ManagedToNative): Crossing {
  const { token, method, signature, kind, rva, convention, marshallingCauses, stub, implMap } = call;
  const imported = stub?.target.kind === 'import' ? stub.target.function : undefined;
  const named = kind === 'named' && implMap ? [`${implMap.module}!${implMap.name}`] : [];
  return {
    direction: 'managedToNative',
    by: kind,
    token,
    method,
    signature,
    ...(kind === 'rva' && { address: rva }),
    convention,
    marshallingCauses,
    ...(imported !== undefined && { imported }),
    names: imported ? [importedFunctionText(imported)] : named,
  };
}

export function crossingIn(entry: NativeToManaged): Crossing {
  const { token, method, signature, slot, convention, marshallingCauses, stubs, exports } = entry;
  const address = stubs[0]?.rva;
  return {
    direction: 'nativeToManaged',
    by: 'slot',
    token,
    ...(method !== undefined && { method }),
    ...(signature !== undefined && { signature }),
    ...(address !== undefined && { address }),
    slotRva: slot.rva,
    ...(convention !== undefined && { convention }),
    marshallingCauses,
    names: exports.flatMap(({ name }) => name ?? []),
  };
}

export const crossingByPointer = ({ token, method, signature, convention, entryPoint }: UnmanagedCallersOnly): Crossing => ({
  direction: 'nativeToManaged',
  by: 'unmanagedCallersOnly',
  token,
  method,
  signature,
  convention,
  marshallingCauses: [],
  names: entryPoint === undefined ? [] : [entryPoint],
});
