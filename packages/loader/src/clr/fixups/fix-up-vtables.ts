import { hex } from '@ijw/binary';
import { faultText, isFault, readPointer } from '@ijw/machine';
import { methodFullName, type Token } from '@ijw/metadata';
import { type FixupRecord, FixupType, readFixupRecords, SLOT_LIMIT, totalSlots } from '../../hosts/fixup-records.ts';
import { clrRefusal, clrRefusals, fatalRefusal } from '../../load/clr-error.ts';
import type { LoadEvent, Trace } from '../../load/load-event.ts';
import type { LoadedAssembly } from '../bind/load-context.ts';
import type { AssemblyImage } from '../image/assembly-image.ts';
import { findHostOfModule } from './find-host.ts';
import { FixedSlots } from './fixed-slots.ts';
import type { FixupContext } from './fixup-context.ts';
import { askHost, type TokenReader } from './host-tokens.ts';
import { patchSlots } from './patch-slots.ts';
import { resolveFixupToken } from './resolve-fixup-token.ts';

/** The runtime's data about an image's slots, by base, for the whole process: the first load of the image fixes them up for all later loads. */
export type ImageFixups =
  | { readonly stage: 'begun'; readonly owner: LoadedAssembly }
  | {
      readonly stage: 'made' | 'patched';
      /** The assembly whose load fixed the slots: thunks that are bound to no domain call into it. */
      readonly owner: LoadedAssembly;
      readonly slots: FixedSlots;
    };

/** `Module::FixupVTables` (vm/ceeload.cpp): collects every token, resolves every token, then makes thunks and patches. */
export function fixUpVTables(context: FixupContext, owner: LoadedAssembly, fixups: Map<number, ImageFixups>, trace: Trace): void {
  const { base } = context.module;
  const known = fixups.get(base);
  if (known?.stage !== 'patched') fixups.set(base, known?.stage === 'made' ? { ...known, owner } : { stage: 'begun', owner });
  const skip = reasonToSkip(context, known);
  if (skip) {
    trace.add({ step: 'skipFixups', reason: skip });
    return;
  }
  const slots = makeSlots(context, trace);
  if (!slots) return;
  fixups.set(base, { stage: 'made', owner, slots });
  patchSlots(context, slots, trace);
  fixups.set(base, { stage: 'patched', owner, slots });
}

function reasonToSkip({ assembly }: FixupContext, known: ImageFixups | undefined): string | undefined {
  if (!assembly.mixed) return 'IL-only';
  return known?.stage === 'patched' ? 'the image at this base has been fixed up already' : undefined;
}

/** Stages 1 and 2. `undefined` where the image has no records. */
function makeSlots(context: FixupContext, trace: Trace): FixedSlots | undefined {
  const readToken = tokenReader(context, trace);
  const records = readRecords(context);
  const count = totalSlots(records);
  if (records.length === 0) {
    trace.add({ step: 'skipFixups', reason: 'no records' });
    return undefined;
  }
  const tokens = collectTokens(context, records, readToken);
  trace.add({ step: 'collectTokens', stage: 1, records: records.length, tokens: tokens.length, expected: count });
  resolveTokens(context, tokens, count, trace);
  return new FixedSlots(context, records, tokens);
}

function readRecords({ process, module, assembly }: FixupContext): FixupRecord[] {
  const records = readFixupRecords(process.memory, module.base, assembly.cli);
  const place = { structure: 'vtable fixups' };
  if (isFault(records)) throw fatalRefusal('fixupTableFault', `The vtable fixups cannot be read: ${faultText(records)}`, place);
  const count = totalSlots(records);
  if (count > SLOT_LIMIT) throw fatalRefusal('tooManySlots', `The vtable fixups ask for ${count} slots`, place);
  return records;
}

/** If ijwhost is in the process, the slots hold thunks, and only ijwhost knows the tokens; the import of `_CorDllMain` leads to it. */
function tokenReader(context: FixupContext, trace: Trace): TokenReader {
  const { process, module, bootstrap, platform } = context;
  const found = findHostOfModule(process, module, platform.hostEntryNames);
  if (isFault(found)) {
    throw fatalRefusal('importTableFault', `The imports cannot be read to find the host: ${faultText(found)}`, {
      structure: 'import directory',
    });
  }
  const asked = found && askHost(context, found.module);
  const knows = found?.module.kind === 'host' && found.module.host.resolve('GetTokenForVTableEntry') !== undefined;
  trace.add({
    step: 'findHost',
    ...(found && { module: found.module.name, symbol: found.symbol }),
    reads: asked ? 'tokens from the host' : knows && bootstrap.has(module.base) ? 'tokens from thunks' : 'tokens from slots',
  });
  if (asked) return asked;
  if (knows) return (slot) => bootstrap.tokenOf(module.base, slot);
  return (slot) => {
    const value = readPointer(process.memory, slot, process.processor.pointerSize);
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

function collectTokens(context: FixupContext, records: readonly FixupRecord[], readToken: TokenReader): Uint32Array {
  const { process, module, platform } = context;
  const { pointerSize } = process.processor;
  const tokens = new Uint32Array(totalSlots(records));
  let collected = 0;
  for (const record of records) {
    if (!isFixable(record, platform.pointerSizedFixup)) continue;
    for (let index = 0; index < record.count; index++) {
      const rva = record.rva + index * pointerSize;
      // `GetRvaData(0)` is a null pointer.
      const token = record.rva === 0 ? undefined : readToken(module.base + rva);
      if (token === undefined)
        throw fatalRefusal('slotFault', `The slot at ${hex(rva)} cannot be read`, { structure: `vtable fixup ${record.index}`, rva });
      tokens[collected++] = token;
    }
  }
  return tokens.subarray(0, collected);
}

/** The array has an element for every slot; elements that are left empty are zeroes and not tokens. */
function resolveTokens({ assembly, types }: FixupContext, tokens: Uint32Array, expected: number, trace: Trace): void {
  const known = new Set<number>();
  try {
    for (const token of tokens) {
      if (known.has(token)) continue;
      resolveFixupToken(assembly, types, token);
      known.add(token);
    }
  } finally {
    const resolved = Uint32Array.from(known);
    trace.defer(() => resolveEvents(assembly, resolved));
  }
  if (tokens.length === expected) return;
  const reason = `${expected - tokens.length} of ${expected} slots are in records whose type this runtime does not know`;
  throw clrRefusal({
    rule: 'fixupType',
    reason,
    exception: clrRefusals.invalidToken(assembly.displayName),
    place: { structure: 'vtable fixups', field: 'Type' },
  });
}

function* resolveEvents({ metadata }: AssemblyImage, tokens: Uint32Array): Iterable<LoadEvent> {
  for (const token of tokens) yield { step: 'resolveToken', stage: 2, token, method: methodFullName(metadata, token as Token) };
}
