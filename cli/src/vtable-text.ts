import { hex } from '@ijw/binary';
import type { VTableText } from '@ijw/il';
import { type Boundary, slotWidth } from '@ijw/vtfixup';

/** The list of most methods. */
const NOTHING: readonly never[] = [];

/** What IL text says of the slots and exports of a mixed-mode image: every slot and every export of it. */
export function vtableText(boundary: Boundary): VTableText {
  const entries = new Map<number, { record: number; slot: number }[]>();
  /** By token, then by what tells one export from another. */
  const exports = new Map<number, Map<string, { ordinal: number; name?: string }>>();
  for (const [record, { entries: slots }] of boundary.fixupEntries.entries()) {
    for (const [slot, { token, exports: exported }] of slots.entries()) {
      listAt(entries, token).push({ record: record + 1, slot: slot + 1 });
      for (const { ordinal, name } of exported) {
        const known = exports.get(token) ?? new Map<string, { ordinal: number; name?: string }>();
        exports.set(token, known.set(`${ordinal} ${name}`, { ordinal, ...(name !== undefined && { name }) }));
      }
    }
  }
  return {
    fixups: boundary.fixups.map((fixup) => {
      const size = fixup.count * slotWidth(fixup.type);
      const { image } = boundary;
      const bytes = image.diagnostics.attempt(() => image.bytesAt(fixup.rva, size, 'the slots of a vtable fixup')) ?? new Uint8Array(0);
      return { rva: fixup.rva, count: fixup.count, type: fixup.type, bytes };
    }),
    entriesOf: (token) => entries.get(token) ?? NOTHING,
    exportsOf: (token) => exports.get(token)?.values() ?? NOTHING,
    otherExports: otherExports(boundary),
  };
}

/** The list of a key, which any number of entries may share. */
function listAt<K, T>(lists: Map<K, T[]>, key: K): T[] {
  let list = lists.get(key);
  if (list === undefined) {
    list = [];
    lists.set(key, list);
  }
  return list;
}

const otherExports = (boundary: Boundary): VTableText['otherExports'] =>
  boundary.exports
    .filter(({ stub }) => stub?.target.kind !== 'slot')
    .map(({ ordinal, name, rva }) => ({ ordinal, ...(name !== undefined && { name }), target: `RVA ${hex(rva)}` }));
