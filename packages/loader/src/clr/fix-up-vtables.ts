import { hex } from '@ijw/binary';
import { faultText, isFault, isRefusal, PageRights, pageRightsText } from '@ijw/machine';
import type { Host } from '../architecture.ts';
import type { BootstrapThunks } from '../hosts/bootstrap-thunks.ts';
import { DATA_DISTANCE } from '../process/executable-heap.ts';
import type { GuestProcess } from '../process/guest-process.ts';
import { readPointer, writePointer } from '../process/pointer-access.ts';
import type { ThunkBuilder, ThunkKind } from '../thunk-builder.ts';
import type { MappedModule } from '../windows/os-module.ts';
import type { AssemblyImage } from './assembly.ts';
import { clrRefusal, clrRefusals, fatalRefusal } from './clr-error.ts';
import { findHostOfModule } from './find-host.ts';
import { type FixupRecord, FixupType, readFixupRecords, SLOT_LIMIT, totalSlots } from './fixup-records.ts';
import type { LoadedAssembly } from './load-context.ts';
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
      const token = readToken(module.base + rva);
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

function patchSlots(context: FixupContext, records: readonly FixupRecord[], methods: readonly ResolvedMethod[]): void {
  const { pointerSize, pointerSizedFixup } = context.process.platform;
  const managed = new Map<number, { readonly address: number; readonly size: number }>();
  let next = 0;
  for (const record of records) {
    const kind: ThunkKind = record.type === pointerSizedFixup ? 'managed' : 'reverse';
    const appDomain = kind === 'reverse' && context.host === 'framework' ? domainOf(record) : undefined;
    for (let index = 0; index < record.count; index++) {
      const method = methods[next++]!;
      const made = (kind === 'managed' && managed.get(method.token)) || makeThunk(context, method, kind, appDomain);
      if (kind === 'managed') managed.set(method.token, made);
      const rva = record.rva + index * pointerSize;
      const slot: FixedSlot = { record: record.index, rva, type: record.type, method, kind, ...(appDomain && { appDomain }), ...made };
      patchSlot(context, slot);
      context.data.slots.push(slot);
      context.data.byAddress.set(slot.address, slot);
    }
  }
}

/** ECMA-335 II.23.1.10: PinvokeImpl. Its precode is that of a stub. */
const PINVOKE_IMPL = 0x2000;

const isPInvoke = ({ metadata }: AssemblyImage, { methodDef }: ResolvedMethod): boolean =>
  methodDef !== undefined && (metadata.tables.MethodDef.get(methodDef & 0xffffff, 'Flags') & PINVOKE_IMPL) !== 0;

const domainOf = (record: FixupRecord): 'first' | 'caller' => (record.type & FixupType.fromUnmanaged ? 'first' : 'caller');

function makeThunk(
  context: FixupContext,
  method: ResolvedMethod,
  kind: ThunkKind,
  appDomain: 'first' | 'caller' | undefined,
): { readonly address: number; readonly size: number } {
  const { process, module, thunkBuilder } = context;
  const plan = thunkBuilder({
    architecture: process.architecture,
    kind,
    token: method.token,
    method: method.name,
    isPInvoke: isPInvoke(context.assembly, method),
    managedEntry: process.gates.for(module.name, method.name, 'managed', method.token).address,
    ...(method.signature && { signature: method.signature }),
    ...(appDomain && { appDomain }),
  });
  const address = process.heap.allocate(plan.size, plan.alignment);
  const { code, data } = plan.emit(address, address + DATA_DISTANCE);
  process.heap.writeCode(address, code);
  process.memory.write(address + DATA_DISTANCE, data);
  process.trace.add({
    step: 'makeThunk',
    stage: 3,
    token: method.token,
    method: method.name,
    kind,
    address,
    size: code.length,
    ...(appDomain && { appDomain }),
  });
  return { address, size: code.length };
}

/** `SetTargetForVTableEntry`: the page is made writable for one write and gets its rights back. */
function patchSlot({ process, module }: FixupContext, slot: FixedSlot): void {
  const { memory, platform, trace } = process;
  const address = module.base + slot.rva;
  const before = readPointer(memory, address, platform.pointerSize);
  const rights = memory.protect(address, platform.pointerSize, PageRights.readWrite);
  if (isRefusal(rights))
    throw fatalRefusal('slotNotWritable', `The slot at ${hex(slot.rva)} cannot be made writable`, {
      structure: `vtable fixup ${slot.record}`,
      rva: slot.rva,
    });
  writePointer(memory, address, slot.address, platform.pointerSize);
  memory.protect(address, platform.pointerSize, rights);
  trace.add({
    step: 'patchSlot',
    stage: 3,
    record: slot.record,
    rva: slot.rva,
    token: slot.method.token,
    before: isFault(before) ? 0 : pointerForTrace(before),
    after: slot.address,
    protection: `${pageRightsText(rights)} -> rw- -> ${pageRightsText(rights)}`,
  });
}

/** A number where it is exact, else the digits. */
const pointerForTrace = (value: bigint): number | string => (value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : hex(value));
