import { hex } from '@ijw/binary';
import { faultText, isFault } from '@ijw/machine';
import { methodFullName, type Resolver, type Token } from '@ijw/metadata';
import type { Host } from '../architecture.ts';
import type { BootstrapThunks } from '../hosts/bootstrap-thunks.ts';
import type { LoadEvent } from '../load-event.ts';
import type { GuestProcess } from '../process/guest-process.ts';
import type { GuestStack } from '../process/guest-stack.ts';
import { readPointer } from '../process/pointer-access.ts';
import type { MappedModule } from '../windows/os-module.ts';
import type { AssemblyImage } from './assembly.ts';
import { clrRefusal, clrRefusals, fatalRefusal } from './clr-error.ts';
import { findHostOfModule } from './find-host.ts';
import { FixedSlots } from './fixed-slots.ts';
import { type FixupRecord, FixupType, readFixupRecords, SLOT_LIMIT, totalSlots } from './fixup-records.ts';
import { askHost, type TokenReader } from './host-tokens.ts';
import type { LoadedAssembly } from './load-context.ts';
import { patchSlots } from './patch-slots.ts';
import { resolveFixupToken } from './resolve-fixup-token.ts';
import type { TypeLoader } from './type-loader.ts';

/** What the runtime keeps of an image's slots, by base and process-wide: whoever loads the image first has fixed them up. */
export interface IjwData {
  fixedUp: boolean;
  /** The assembly whose load fixed the slots: thunks that are bound to no domain call into it. */
  owner?: LoadedAssembly;
  slots?: FixedSlots;
}

export interface FixupContext {
  readonly process: GuestProcess;
  readonly host: Host;
  readonly assembly: AssemblyImage;
  readonly module: MappedModule;
  readonly types: TypeLoader;
  readonly bootstrap: BootstrapThunks;
  readonly data: IjwData;
  /** Where the code of a host runs that is asked for tokens. */
  readonly stack: () => GuestStack;
  /** Finds the value types of other assemblies. */
  readonly resolver: () => Resolver | undefined;
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
  resolveTokens(context, tokens, count);
  data.slots = new FixedSlots(context, records, tokens);
  patchSlots(context, data.slots);
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
function tokenReader(context: FixupContext): TokenReader {
  const { process, module, bootstrap } = context;
  const found = findHostOfModule(process, module);
  if (isFault(found)) {
    throw fatalRefusal('importTableFault', `The imports cannot be read to find the host: ${faultText(found)}`, {
      structure: 'import directory',
    });
  }
  const asked = found && askHost(context, found.module);
  const knows = found?.module.kind === 'host' && found.module.host.resolve('GetTokenForVTableEntry') !== undefined;
  process.trace.add({
    step: 'findHost',
    ...(found && { module: found.module.name, symbol: found.symbol }),
    reads: asked ? 'tokens from the host' : knows && bootstrap.has(module.base) ? 'tokens from thunks' : 'tokens from slots',
  });
  if (asked) return asked;
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

function collectTokens({ process, module }: FixupContext, records: readonly FixupRecord[], readToken: TokenReader): Uint32Array {
  const { pointerSize, pointerSizedFixup } = process.platform;
  const expected = totalSlots(records);
  const tokens = new Uint32Array(expected);
  let collected = 0;
  for (const record of records) {
    if (!isFixable(record, pointerSizedFixup)) continue;
    for (let index = 0; index < record.count; index++) {
      const rva = record.rva + index * pointerSize;
      // `GetRvaData(0)` is a null pointer.
      const token = record.rva === 0 ? undefined : readToken(module.base + rva);
      if (token === undefined)
        throw fatalRefusal('slotFault', `The slot at ${hex(rva)} cannot be read`, { structure: `vtable fixup ${record.index}`, rva });
      tokens[collected++] = token;
    }
  }
  process.trace.add({ step: 'collectTokens', stage: 1, records: records.length, tokens: collected, expected });
  return tokens.subarray(0, collected);
}

/** The array has room for every slot; what other records left empty is a zero, and no token. */
function resolveTokens({ process, assembly, types }: FixupContext, tokens: Uint32Array, expected: number): void {
  const known = new Set<number>();
  try {
    for (const token of tokens) {
      if (known.has(token)) continue;
      resolveFixupToken(assembly, types, token);
      known.add(token);
    }
  } finally {
    const resolved = Uint32Array.from(known);
    process.trace.defer(() => resolveEvents(assembly, resolved));
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
