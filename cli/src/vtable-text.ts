import type { VTableText } from '@ijw/il';
import { type Boundary, slotWidth } from '@ijw/vtfixup';

/** What IL text says of the slots and exports of a mixed-mode image: every slot and every export of it. */
export function vtableText(boundary: Boundary): VTableText {
  const entries = new Map<number, { record: number; slot: number }[]>();
  const exports = new Map<number, { ordinal: number; name?: string }[]>();
  for (const [record, { entries: slots }] of boundary.fixupEntries.entries()) {
    for (const [slot, { token, exports: exported }] of slots.entries()) {
      entries.set(token, [...(entries.get(token) ?? []), { record: record + 1, slot: slot + 1 }]);
      const list = exports.get(token) ?? [];
      for (const { ordinal, name } of exported) {
        if (!list.some((known) => known.ordinal === ordinal && known.name === name))
          list.push({ ordinal, ...(name !== undefined && { name }) });
      }
      if (list.length > 0) exports.set(token, list);
    }
  }
  return {
    fixups: boundary.fixups.map((fixup) => {
      const size = fixup.count * slotWidth(fixup.type);
      const { image } = boundary;
      const bytes = image.diagnostics.attempt(() => image.bytesAt(fixup.rva, size, 'the slots of a vtable fixup')) ?? new Uint8Array(0);
      return { rva: fixup.rva, count: fixup.count, type: fixup.type, bytes };
    }),
    entriesOf: (token) => entries.get(token) ?? [],
    exportsOf: (token) => exports.get(token) ?? [],
    otherExports: otherExports(boundary),
  };
}

const otherExports = (boundary: Boundary): VTableText['otherExports'] =>
  boundary.exports
    .filter(({ stub }) => stub?.target.kind !== 'slot')
    .map(({ ordinal, name, rva }) => ({ ordinal, ...(name !== undefined && { name }), target: `RVA 0x${rva.toString(16)}` }));
