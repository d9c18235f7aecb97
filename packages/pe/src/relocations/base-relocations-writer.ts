import { ByteWriter } from '@ijw/binary';
import { type BaseRelocation, RelocationType } from './base-relocations.ts';

/** The words of one block: an entry of HIGHADJ takes two. */
function blockWords(entries: readonly BaseRelocation[]): number[] {
  return entries.flatMap(({ rva, type, adjustment }) => {
    const word = (type << 12) | (rva & 0xfff);
    return type === RelocationType.HIGHADJ ? [word, adjustment ?? 0] : [word];
  });
}

/** Writes the table: a block per page in ascending order, each padded to 4 bytes with an ABSOLUTE entry. */
export function writeBaseRelocations(relocations: Iterable<BaseRelocation>): Uint8Array {
  const pages = new Map<number, BaseRelocation[]>();
  for (const relocation of relocations) {
    const page = relocation.rva - (relocation.rva % 0x1000);
    const entries = pages.get(page);
    if (entries === undefined) pages.set(page, [relocation]);
    else entries.push(relocation);
  }
  const writer = new ByteWriter();
  for (const [page, entries] of [...pages].sort(([first], [second]) => first - second)) {
    const words = blockWords(entries);
    if (words.length % 2 === 1) words.push(RelocationType.ABSOLUTE);
    writer.u32(page).u32(8 + words.length * 2);
    for (const word of words) writer.u16(word);
  }
  return writer.toBytes();
}
