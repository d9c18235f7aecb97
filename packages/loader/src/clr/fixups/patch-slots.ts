import { hex } from '@ijw/binary';
import { isFault, isRefusal, PageRights, pageRightsText, readPointer, writePointer } from '@ijw/machine';
import { methodFullName, type Token } from '@ijw/metadata';
import { fatalRefusal } from '../../load/clr-error.ts';
import type { LoadEvent, Trace } from '../../load/load-event.ts';
import type { FixedSlots } from './fixed-slots.ts';
import type { FixupContext } from './fixup-context.ts';

/** The slot and its page rights before the change. */
interface SlotsBefore {
  readonly values: BigUint64Array;
  readonly rights: Uint8Array;
}

/** Stage 3 of `Module::FixupVTables`: every slot is pointed to its thunk. */
export function patchSlots(context: FixupContext, slots: FixedSlots, trace: Trace): void {
  const before: SlotsBefore = { values: new BigUint64Array(slots.count), rights: new Uint8Array(slots.count) };
  let patched = 0;
  try {
    for (; patched < slots.count; patched++) patchSlot(context, slots, patched, before);
  } finally {
    const end = patched;
    trace.defer(() => patchEvents(context, slots, end, before));
  }
}

/** `SetTargetForVTableEntry`: the page is made writable for one write and gets its rights back. */
function patchSlot({ process, module }: FixupContext, slots: FixedSlots, index: number, before: SlotsBefore): void {
  const { memory, processor } = process;
  const rva = slots.rvaOf(index);
  const address = module.base + rva;
  const value = readPointer(memory, address, processor.pointerSize);
  const rights = memory.protect(address, processor.pointerSize, PageRights.readWrite);
  if (isRefusal(rights)) {
    throw fatalRefusal('slotNotWritable', `The slot at ${hex(rva)} cannot be made writable`, {
      structure: `vtable fixup ${slots.recordOf(index).index}`,
      rva,
    });
  }
  writePointer(memory, address, slots.thunkOf(index).address, processor.pointerSize);
  memory.protect(address, processor.pointerSize, rights);
  before.values[index] = isFault(value) ? 0n : value;
  before.rights[index] = rights;
}

function* patchEvents({ assembly }: FixupContext, slots: FixedSlots, end: number, before: SlotsBefore): Iterable<LoadEvent> {
  for (let index = 0; index < end; index++) {
    const token = slots.tokenOf(index);
    const { kind, address, size, isNew } = slots.thunkOf(index);
    const appDomain = slots.appDomainOf(index);
    const method = methodFullName(assembly.metadata, token as Token);
    if (isNew) yield { step: 'makeThunk', stage: 3, token, method, kind, address, size, ...(appDomain && { appDomain }) };
    const rights = pageRightsText(before.rights[index]!);
    yield {
      step: 'patchSlot',
      stage: 3,
      record: slots.recordOf(index).index,
      rva: slots.rvaOf(index),
      token,
      before: pointerForTrace(before.values[index]!),
      after: address,
      protection: `${rights} -> rw- -> ${rights}`,
    };
  }
}

/** A number where it is exact, else the digits. */
const pointerForTrace = (value: bigint): number | string => (value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : hex(value));
