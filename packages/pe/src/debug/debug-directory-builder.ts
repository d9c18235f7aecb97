import { ByteWriter } from '@ijw/binary';
import type { ImagePart } from '../builder/image-plan.ts';
import { DebugType, debugEntryLayout } from './debug-directory.ts';
import { parseGuid } from './guid.ts';

export interface DebugEntryInput {
  /** `DebugType`. */
  readonly type: number;
  readonly data?: Uint8Array;
  readonly timeDateStamp?: number;
  readonly majorVersion?: number;
  readonly minorVersion?: number;
}

/** The debug directory with the data of its entries behind it. `directory` is the part of the entries alone, which the directory's size counts. */
export function buildDebugDirectory(entries: readonly DebugEntryInput[]): { readonly directory: ImagePart; readonly data: ImagePart } {
  const offsets: number[] = [];
  const content = new ByteWriter();
  for (const entry of entries) {
    content.align(4);
    offsets.push(content.length);
    content.bytes(entry.data ?? []);
  }
  const data: ImagePart = { size: content.length, write: () => content.toBytes() };
  const directory: ImagePart = {
    size: entries.length * debugEntryLayout.size,
    write: (plan) => {
      const writer = new ByteWriter();
      entries.forEach((entry, index) => {
        const size = entry.data?.length ?? 0;
        const rva = size === 0 ? 0 : plan.rvaOf(data, offsets[index]!);
        debugEntryLayout.write(writer, {
          characteristics: 0,
          timeDateStamp: entry.timeDateStamp ?? 0,
          majorVersion: entry.majorVersion ?? 0,
          minorVersion: entry.minorVersion ?? 0,
          type: entry.type,
          sizeOfData: size,
          addressOfRawData: rva,
          pointerToRawData: size === 0 ? 0 : plan.offsetOf(rva),
        });
      });
      return writer.toBytes();
    },
  };
  return { directory, data };
}

/** An entry that names a PDB by its GUID (in the form 8-4-4-4-12) and age. */
export const codeViewEntry = (guid: string, age: number, path: string): DebugEntryInput => ({
  type: DebugType.CODEVIEW,
  data: new ByteWriter().utf8('RSDS').bytes(parseGuid(guid)).u32(age).cstring(path).toBytes(),
});

/** An entry that says how the PDB is to be checked. */
export const pdbChecksumEntry = (algorithm: string, checksum: Uint8Array): DebugEntryInput => ({
  type: DebugType.PDB_CHECKSUM,
  majorVersion: 1,
  data: new ByteWriter().cstring(algorithm).bytes(checksum).toBytes(),
});

/** An entry that lists the parts of the sections. */
export function pogoEntry(
  signature: string,
  parts: readonly { readonly rva: number; readonly size: number; readonly name: string }[],
): DebugEntryInput {
  const reversed = [...signature.padEnd(4, '\0')].reverse().map((character) => character.charCodeAt(0));
  const writer = new ByteWriter().bytes(reversed);
  for (const { rva, size, name } of parts) writer.u32(rva).u32(size).cstring(name).align(4);
  return { type: DebugType.POGO, data: writer.toBytes() };
}
