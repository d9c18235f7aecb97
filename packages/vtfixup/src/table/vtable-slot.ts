// ECMA-335 II.25.3.3.3: a slot holds a token in the file and an address once the runtime has been there.

import { ByteWriter, type Diagnostics, hex } from '@ijw/binary';
import type { PEImage } from '@ijw/pe';
import { RelocationType, readBaseRelocations } from '@ijw/pe/relocations';
import type { VTableFixup } from './vtable-fixup.ts';
import { slotWidth } from './vtable-fixup-type.ts';

/** One slot of a fixup record. */
export interface VTableSlot {
  readonly rva: number;
  readonly width: 4 | 8;
  /** The record that the slot belongs to, and its place among that record's slots. */
  readonly fixup: VTableFixup;
  readonly index: number;
  /** All of the slot. In a file the low 32 bits are the token; the runtime ignores those above. */
  readonly value: bigint;
  /** A base relocation changes the slot before the runtime reads it, which spoils the token unless the image is at its preferred base. */
  readonly relocated: boolean;
}

/** The token that a slot holds in a file. */
export const slotToken = (slot: VTableSlot): number => Number(slot.value & 0xffffffffn);

/** Writes a slot as compilers do: the token, zeroes above it. */
export function writeSlot(writer: ByteWriter, token: number, width: 4 | 8): void {
  writer.u32(token);
  if (width === 8) writer.u32(0);
}

/** The bytes of a record's slots. */
export function writeSlots(tokens: Iterable<number>, type: number): Uint8Array {
  const writer = new ByteWriter();
  for (const token of tokens) writeSlot(writer, token, slotWidth(type));
  return writer.toBytes();
}

/** The bytes that a relocation changes, by its type; the others change four or, as padding, none. */
const relocationWidths: Readonly<Partial<Record<number, number>>> = {
  [RelocationType.ABSOLUTE]: 0,
  [RelocationType.HIGH]: 2,
  [RelocationType.LOW]: 2,
  [RelocationType.HIGHADJ]: 2,
  [RelocationType.DIR64]: 8,
};

/** Addresses that base relocations change, and how many bytes there; empty without relocations, or if they cannot be read. */
function relocatedRanges(image: PEImage, diagnostics: Diagnostics): ReadonlyMap<number, number> {
  const ranges = new Map<number, number>();
  for (const block of diagnostics.attempt(() => readBaseRelocations(image)) ?? []) {
    for (const { rva, type } of block.entries) {
      const width = relocationWidths[type] ?? 4;
      if (width > 0) ranges.set(rva, width);
    }
  }
  return ranges;
}

/**
 * The slots of every record, in the records' order. A slot that is not in the image ends its record; all records together give no more slots than the
 * file could hold. Both are reported, as are slots that two records share and slots with relocations.
 */
export function readVTableSlots(image: PEImage, fixups: readonly VTableFixup[], diagnostics: Diagnostics): readonly VTableSlot[] {
  if (fixups.length === 0) return [];
  const pass = {
    image,
    diagnostics,
    relocated: relocatedRanges(image, diagnostics),
    slots: [] as VTableSlot[],
    seen: new Map<number, number>(),
  };
  const limit = Math.floor(image.bytes.length / 4);
  for (const fixup of fixups) {
    if (pass.slots.length + fixup.count > limit) {
      report(
        pass,
        fixup.rva,
        'TOO_MANY_SLOTS',
        `The records claim more than ${limit} slots, the most that the file can hold; the rest is not read`,
        'error',
      );
      break;
    }
    readSlotsOf(pass, fixup);
  }
  return pass.slots;
}

interface Pass {
  readonly image: PEImage;
  readonly diagnostics: Diagnostics;
  readonly relocated: ReadonlyMap<number, number>;
  readonly slots: VTableSlot[];
  /** The slots of earlier records, by address, with their width. */
  readonly seen: Map<number, number>;
}

function readSlotsOf(pass: Pass, fixup: VTableFixup): void {
  const width = slotWidth(fixup.type);
  let shared = false;
  for (let index = 0; index < fixup.count; index++) {
    const rva = fixup.rva + index * width;
    const value = pass.diagnostics.attempt(() => readSlot(pass.image, rva, width));
    if (value === undefined) return;
    const relocated = overlaps(pass.relocated, rva, width);
    if (relocated) report(pass, rva, 'SLOT_RELOCATED', 'A base relocation changes this slot before the runtime reads its token');
    shared ||= overlaps(pass.seen, rva, width);
    pass.slots.push({ rva, width, fixup, index, value, relocated });
  }
  for (let index = 0; index < fixup.count; index++) pass.seen.set(fixup.rva + index * width, width);
  if (shared) report(pass, fixup.rva, 'SLOTS_OVERLAP', `Record at ${hex(fixup.rva)} shares slots with a record before it`);
}

/** Whether one of the ranges (start to length, at most 8) touches the slot. */
function overlaps(ranges: ReadonlyMap<number, number>, rva: number, width: number): boolean {
  if (ranges.size === 0) return false;
  for (let at = rva - 7; at < rva + width; at++) if (at + (ranges.get(at) ?? 0) > rva && ranges.has(at)) return true;
  return false;
}

function readSlot(image: PEImage, rva: number, width: 4 | 8): bigint {
  const reader = image.readerAt(rva, width, 'a vtable slot');
  return width === 8 ? reader.u64() : BigInt(reader.u32());
}

function report({ image, diagnostics }: Pass, rva: number, code: string, message: string, severity: 'warning' | 'error' = 'warning'): void {
  const offset = image.rvaToOffset(rva);
  diagnostics.report({ code, severity, ...(offset !== undefined && { offset }), rva, reading: 'the vtable slots', message });
}
