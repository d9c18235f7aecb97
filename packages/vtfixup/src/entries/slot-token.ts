import { type Diagnostics, hex } from '@ijw/binary';
import { type Metadata, TableId, tokenRid, tokenTable } from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import { rvaOfAddress } from '../code/jump.ts';
import { type FoundBootstrapThunk, readBootstrapThunk } from '../platform/bootstrap-thunk.ts';
import type { Platform } from '../platform/platform.ts';
import { slotToken, type VTableSlot } from '../table/vtable-slot.ts';

/** Bytes of the process that a dump was taken from, beyond the image; `undefined` without a dump. */
export type ReadMemory = (address: bigint, length: number) => Uint8Array | undefined;

/** What a slot holds: a token, or in a dump of a loaded image an address. */
export type SlotContent =
  | { readonly kind: 'token'; readonly token: number }
  /** ijwhost has written a thunk, and the runtime has not yet replaced it. */
  | { readonly kind: 'bootstrap'; readonly address: bigint; readonly token: number; readonly thunk: FoundBootstrapThunk }
  /** The runtime has written an address: the slot no longer names the method. */
  | { readonly kind: 'patched'; readonly address: bigint };

/** Rows that a slot may name: MethodDef, MemberRef and MethodSpec are accepted by the runtime. */
const methodTables = { [TableId.MethodDef]: 'MethodDef', [TableId.MemberRef]: 'MemberRef', [TableId.MethodSpec]: 'MethodSpec' } as const;

/** Whether a token names a row of a table of methods. */
export function isMethodToken(metadata: Metadata, token: number): boolean {
  const name = methodTables[tokenTable(token) as keyof typeof methodTables];
  return name !== undefined && metadata.tables[name].has(tokenRid(token));
}

const MAX_THUNK_SIZE = 0x2c;

export interface SlotReading {
  readonly image: PEImage;
  readonly metadata: Metadata | undefined;
  readonly platform: Platform | undefined;
  readonly readMemory?: ReadMemory | undefined;
}

function memoryAt({ image, readMemory }: SlotReading, address: bigint): Uint8Array | undefined {
  const rva = rvaOfAddress(address, image.optionalHeader.imageBase);
  const offset = rva === undefined ? undefined : image.rvaToOffset(rva);
  if (offset !== undefined) return image.bytes.subarray(offset, offset + MAX_THUNK_SIZE);
  return readMemory?.(address, MAX_THUNK_SIZE);
}

/** What a slot holds. Only a dump (`layout: 'mapped'`) can hold addresses; in a file all but the low 32 bits are ignored. */
export function slotContent(reading: SlotReading, slot: VTableSlot): SlotContent {
  const token = slotToken(slot);
  const { image, metadata, platform } = reading;
  if (image.layout === 'file') return { kind: 'token', token };
  if (slot.value === BigInt(token) && (metadata === undefined || isMethodToken(metadata, token))) return { kind: 'token', token };
  const layout = platform?.bootstrapThunk;
  const start = slot.value - BigInt(layout?.entryOffset ?? 0);
  const bytes = memoryAt(reading, start);
  const thunk = bytes && layout && readBootstrapThunk(layout, bytes, start);
  if (thunk !== undefined) return { kind: 'bootstrap', address: slot.value, token: thunk.token, thunk };
  return { kind: 'patched', address: slot.value };
}

/** Reports what is wrong with a slot's content. */
export function judgeSlot(reading: SlotReading, slot: VTableSlot, content: SlotContent, diagnostics: Diagnostics): void {
  const { image, metadata } = reading;
  if (content.kind === 'token' && (metadata === undefined || isMethodToken(metadata, content.token))) return;
  const offset = image.rvaToOffset(slot.rva);
  const place = { ...(offset !== undefined && { offset }), rva: slot.rva, reading: 'the vtable slots' };
  if (content.kind === 'patched') {
    const message = `The slot holds the address ${hex(content.address)}: the runtime has replaced its token`;
    diagnostics.report({ ...place, code: 'SLOT_PATCHED', severity: 'info', message });
  } else if (metadata !== undefined && !isMethodToken(metadata, content.token)) {
    const message = `The slot's token ${hex(content.token, 8)} is not a method of this metadata`;
    diagnostics.report({ ...place, code: 'BAD_SLOT_TOKEN', severity: 'error', token: content.token, message });
  }
}
