import { ByteReader } from '@ijw/binary';

/** LLVM "The PDB Info (aka PDB) Stream". */
export const INFO_STREAM = 1;
const NAMES_SIGNATURE = 0xeffeeffe;

export interface PdbInfo {
  /** As the image's debug directory has it: `xxxxxxxx-xxxx-…`, lower case. */
  readonly guid: string;
  readonly age: number;
  /** Numbers of streams by name: `/names`, `/LinkInfo`. */
  readonly namedStreams: ReadonlyMap<string, number>;
}

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

function guidText(bytes: Uint8Array): string {
  const reversed = (from: number, to: number): string => hexOf(bytes.slice(from, to).reverse());
  return `${reversed(0, 4)}-${reversed(4, 6)}-${reversed(6, 8)}-${hexOf(bytes.subarray(8, 10))}-${hexOf(bytes.subarray(10, 16))}`;
}

/** @throws BadImageError */
export function readPdbInfo(bytes: Uint8Array): PdbInfo {
  const reader = new ByteReader(bytes, { reading: 'the PDB info stream' });
  reader.skip(8);
  const age = reader.u32();
  const guid = guidText(reader.view(16));
  return { guid, age, namedStreams: readNamedStreams(reader) };
}

/** A hash table of offsets of names and numbers of streams: size, capacity, bits of the entries that are there and that were removed, entries. */
function readNamedStreams(reader: ByteReader): ReadonlyMap<string, number> {
  const names = reader.slice(reader.u32());
  const count = reader.u32();
  reader.skip(4);
  reader.skip(reader.count(reader.u32(), 4) * 4);
  reader.skip(reader.count(reader.u32(), 4) * 4);
  reader.count(count, 8);
  const streams = new Map<string, number>();
  for (let index = 0; index < count; index++) {
    names.position = Math.min(reader.u32(), names.length);
    streams.set(names.cstring(), reader.u32());
  }
  return streams;
}

/** The string table `/names`: paths of source files by their offset. @throws BadImageError */
export function readNames(bytes: Uint8Array): (offset: number) => string {
  const reader = new ByteReader(bytes, { reading: 'the names of the PDB' });
  const signature = reader.u32();
  if (signature !== NAMES_SIGNATURE) throw reader.error('BAD_NAMES', 'The string table does not start with its signature', 0);
  reader.skip(4);
  const names = reader.slice(reader.u32());
  const known = new Map<number, string>();
  return (offset) => {
    let name = known.get(offset);
    if (name === undefined) {
      names.position = Math.min(offset, names.length);
      name = names.cstring();
      known.set(offset, name);
    }
    return name;
  };
}
