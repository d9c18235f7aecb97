import { hex } from '@ijw/binary';
import { isFault, isRefusal, PageRights, pageRightsText } from '@ijw/machine';
import type { MethodDefToken } from '@ijw/metadata';
import { type Unsupported, unsupported } from '../abi/abi-type.ts';
import { DATA_DISTANCE } from '../process/executable-heap.ts';
import { readPointer, writePointer } from '../process/pointer-access.ts';
import { ReverseThunks } from '../thunk/reverse-thunk.ts';
import type { ThunkKind } from '../thunk-builder.ts';
import type { AssemblyImage } from './assembly.ts';
import { fatalRefusal } from './clr-error.ts';
import type { FixedSlot, FixupContext, PlacedCode, PlacedStub } from './fix-up-vtables.ts';
import { type FixupRecord, FixupType } from './fixup-records.ts';
import type { ResolvedMethod } from './resolve-fixup-token.ts';

/**
 * Stage 3 of `Module::FixupVTables`: a thunk for every slot, and the slot pointed to it. A method's own entry (type P) is one for all of its slots.
 */
export function patchSlots(context: FixupContext, records: readonly FixupRecord[], methods: readonly ResolvedMethod[]): void {
  const { pointerSize, pointerSizedFixup } = context.process.platform;
  const managed = new Map<number, PlacedThunk>();
  const reverse = new ReverseThunks(context.assembly.metadata, context.process.architecture, context.assembly.image);
  const stubs = new Map<number, PlacedStub | Unsupported>();
  let next = 0;
  for (const record of records) {
    const kind: ThunkKind = record.type === pointerSizedFixup ? 'managed' : 'reverse';
    const appDomain = kind === 'reverse' && context.host === 'framework' ? domainOf(record) : undefined;
    for (let index = 0; index < record.count; index++) {
      const method = methods[next++]!;
      if (kind === 'reverse' && !stubs.has(method.token)) stubs.set(method.token, placeStub(context, reverse, method));
      const stub = kind === 'reverse' ? stubs.get(method.token) : undefined;
      const made = (kind === 'managed' && managed.get(method.token)) || makeThunk(context, method, kind, stub, appDomain);
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

type PlacedThunk = PlacedCode & Pick<FixedSlot, 'stub'>;

/** The marshalling code of a method that native code may call, one for all of its slots. What has none refuses its first call. */
function placeStub(context: FixupContext, reverse: ReverseThunks, method: ResolvedMethod): PlacedStub | Unsupported {
  const { process } = context;
  if (!method.signature) return unsupported('The signature of the method is not known');
  const thunk = reverse.of(method.signature, method.methodDef as MethodDefToken | undefined);
  if (thunk.kind === 'unsupported') return thunk;
  const address = process.stubs.allocate(thunk.size, STUB_ALIGNMENT);
  process.stubs.writeCode(address, thunk.write(address, address + DATA_DISTANCE));
  writePointer(process.memory, address + DATA_DISTANCE, managedGate(context, method), process.platform.pointerSize);
  return { kind: 'stub', address, size: thunk.size, plan: thunk.plan };
}

const STUB_ALIGNMENT = 16;

const managedGate = ({ process, module }: FixupContext, method: ResolvedMethod): number =>
  process.gates.for(module.name, method.name, 'managed', method.token).address;

function makeThunk(
  context: FixupContext,
  method: ResolvedMethod,
  kind: ThunkKind,
  stub: PlacedStub | Unsupported | undefined,
  appDomain: 'first' | 'caller' | undefined,
): PlacedThunk {
  const { process, thunkBuilder } = context;
  const plan = thunkBuilder({
    architecture: process.architecture,
    kind,
    token: method.token,
    method: method.name,
    isPInvoke: isPInvoke(context.assembly, method),
    managedEntry: stub?.kind === 'stub' ? stub.address : managedGate(context, method),
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
  return { address, size: code.length, ...(stub && { stub }) };
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
