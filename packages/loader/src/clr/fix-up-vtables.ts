import { hex } from '@ijw/binary';
import { faultText, isFault } from '@ijw/machine';
import type { Unsupported } from '../abi/abi-type.ts';
import type { Host } from '../architecture.ts';
import type { BootstrapThunks } from '../hosts/bootstrap-thunks.ts';
import type { GuestProcess } from '../process/guest-process.ts';
import { readPointer } from '../process/pointer-access.ts';
import type { ReverseCallPlan } from '../thunk/reverse-call-plan.ts';
import type { ThunkBuilder, ThunkKind } from '../thunk-builder.ts';
import type { MappedModule } from '../windows/os-module.ts';
import type { AssemblyImage } from './assembly.ts';
import { clrRefusal, clrRefusals, fatalRefusal } from './clr-error.ts';
import { findHostOfModule } from './find-host.ts';
import { type FixupRecord, FixupType, readFixupRecords, SLOT_LIMIT, totalSlots } from './fixup-records.ts';
import type { LoadedAssembly } from './load-context.ts';
import { patchSlots } from './patch-slots.ts';
import { type ResolvedMethod, resolveFixupToken } from './resolve-fixup-token.ts';
import type { TypeLoader } from './type-loader.ts';

/** A slot after the runtime has fixed it up. */
export interface FixedSlot {
  readonly record: number;
  readonly rva: number;
  readonly type: number;
  readonly method: ResolvedMethod;
  readonly kind: ThunkKind;
  /** The domain that a call goes to: on .NET Framework P|4 is bound to the first, P|8 goes by the caller's. */
  readonly appDomain?: 'first' | 'caller';
  /** Address of the thunk, which is what the slot holds. */
  readonly address: number;
  readonly size: number;
  /** The marshalling code that a thunk for native callers leads to, or why the method has none. */
  readonly stub?: PlacedStub | Unsupported;
}

/** Machine code in its place. */
export interface PlacedCode {
  readonly address: number;
  readonly size: number;
}

/** The marshalling code of a method, and what it does. */
export interface PlacedStub extends PlacedCode {
  readonly kind: 'stub';
  readonly plan: ReverseCallPlan;
}

/** What the runtime keeps of an image's slots, by base and process-wide: whoever loads the image first has fixed them up. */
export interface IjwData {
  fixedUp: boolean;
  /** The assembly whose load fixed the slots: thunks that are bound to no domain call into it. */
  owner?: LoadedAssembly;
  readonly slots: FixedSlot[];
  /** By the address in the slot. */
  readonly byAddress: Map<number, FixedSlot>;
}

export interface FixupContext {
  readonly process: GuestProcess;
  readonly host: Host;
  readonly assembly: AssemblyImage;
  readonly module: MappedModule;
  readonly types: TypeLoader;
  readonly bootstrap: BootstrapThunks;
  readonly thunkBuilder: ThunkBuilder;
  readonly data: IjwData;
}

/** `Module::FixupVTables` (vm/ceeload.cpp): collect every token, resolve every token, then make thunks and patch. */
export function fixUpVTables(context: FixupContext): void {
  const { process, data } = context;
  const skip = reasonToSkip(context);
  if (skip) {
    process.trace.add({ step: 'skipFixups', reason: skip });
    return;
  }
  const readToken = tokenReader(context);
  const records = readRecords(context);
  const count = totalSlots(records);
  if (records.length === 0) {
    process.trace.add({ step: 'skipFixups', reason: 'no records' });
    return;
  }
  const tokens = collectTokens(context, records, readToken);
  const methods = resolveTokens(context, tokens, count);
  patchSlots(context, records, methods);
  data.fixedUp = true;
}

function reasonToSkip({ assembly, data }: FixupContext): string | undefined {
  if (!assembly.mixed) return 'IL-only';
  return data.fixedUp ? 'the image at this base has been fixed up already' : undefined;
}

function readRecords({ process, module, assembly }: FixupContext): FixupRecord[] {
  const records = readFixupRecords(process.memory, module.base, assembly.cli);
  const place = { structure: 'vtable fixups' };
  if (isFault(records)) throw fatalRefusal('fixupTableFault', `The vtable fixups cannot be read: ${faultText(records)}`, place);
  const count = totalSlots(records);
  if (count > SLOT_LIMIT) throw fatalRefusal('tooManySlots', `The vtable fixups ask for ${count} slots`, place);
  return records;
}

/** With ijwhost in the process the slots hold thunks, and only ijwhost knows the tokens; it is found through the import of `_CorDllMain`. */
function tokenReader({ process, module, bootstrap }: FixupContext): (slot: number) => number | undefined {
  const found = findHostOfModule(process, module);
  const knows = found?.module.kind === 'host' && found.module.host.resolve('GetTokenForVTableEntry') !== undefined;
  process.trace.add({
    step: 'findHost',
    ...(found && { module: found.module.name, symbol: found.symbol }),
    reads: knows && bootstrap.has(module.base) ? 'tokens from thunks' : 'tokens from slots',
  });
  if (knows) return (slot) => bootstrap.tokenOf(module.base, slot);
  return (slot) => {
    const value = readPointer(process.memory, slot, process.platform.pointerSize);
    return isFault(value) ? undefined : Number(BigInt.asUintN(32, value));
  };
}

/** The exact-type test: P, P|4 or P|8 and no other bit. */
function isFixable(record: FixupRecord, pointerSized: number): boolean {
  const { fromUnmanaged, fromUnmanagedRetainAppDomain } = FixupType;
  return (
    record.type === pointerSized ||
    record.type === (pointerSized | fromUnmanaged) ||
    record.type === (pointerSized | fromUnmanagedRetainAppDomain)
  );
}

function collectTokens(
  { process, module }: FixupContext,
  records: readonly FixupRecord[],
  readToken: (slot: number) => number | undefined,
): number[] {
  const { pointerSize, pointerSizedFixup } = process.platform;
  const tokens: number[] = [];
  for (const record of records) {
    if (!isFixable(record, pointerSizedFixup)) continue;
    for (let index = 0; index < record.count; index++) {
      const rva = record.rva + index * pointerSize;
      // `GetRvaData(0)` is a null pointer.
      const token = record.rva === 0 ? undefined : readToken(module.base + rva);
      if (token === undefined)
        throw fatalRefusal('slotFault', `The slot at ${hex(rva)} cannot be read`, { structure: `vtable fixup ${record.index}`, rva });
      tokens.push(token);
    }
  }
  process.trace.add({ step: 'collectTokens', stage: 1, records: records.length, tokens: tokens.length, expected: totalSlots(records) });
  return tokens;
}

/** The array has room for every slot; what other records left empty is a zero, and no token. */
function resolveTokens({ process, assembly, types }: FixupContext, tokens: readonly number[], expected: number): ResolvedMethod[] {
  const known = new Map<number, ResolvedMethod>();
  const methods = tokens.map((token) => {
    const method = known.get(token) ?? resolveFixupToken(assembly, types, token);
    if (!known.has(token)) process.trace.add({ step: 'resolveToken', stage: 2, token, method: method.name });
    known.set(token, method);
    return method;
  });
  if (tokens.length === expected) return methods;
  const reason = `${expected - tokens.length} of ${expected} slots are in records whose type this runtime does not know`;
  throw clrRefusal({
    rule: 'fixupType',
    reason,
    exception: clrRefusals.invalidToken(assembly.displayName),
    place: { structure: 'vtable fixups', field: 'Type' },
  });
}
