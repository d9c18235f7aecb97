import { ByteReader, ByteWriter, hexBytes } from '@ijw/binary';
import type { MetadataPlace } from './metadata-place.ts';
import type { Token } from './tables/token.ts';

/** Portable PDB specification, "#Pdb stream". */
export interface PdbStream {
  /** 20 bytes in lower-case hex: a GUID and a time stamp or content hash. */
  readonly id: string;
  readonly entryPoint: Token;
  /** Rows of the type system tables in the assembly, by table number, 64 of them; 0 for those that are not referenced. */
  readonly typeSystemRowCounts: readonly number[];
}

/** @throws BadImageError TRUNCATED */
export function readPdbStream(bytes: Uint8Array, place: MetadataPlace): PdbStream {
  const reader = new ByteReader(bytes, {
    base: place.base,
    reading: 'the #Pdb stream',
    ...(place.rva !== undefined && { rva: place.rva }),
  });
  const id = hexBytes(reader.view(20));
  const entryPoint = reader.u32() as Token;
  const referenced = reader.u64();
  const typeSystemRowCounts = Array.from({ length: 64 }, (_, table) => ((referenced >> BigInt(table)) & 1n ? reader.u32() : 0));
  return { id, entryPoint, typeSystemRowCounts };
}

/** The twin of `readPdbStream`. */
export function writePdbStream({ id, entryPoint, typeSystemRowCounts }: PdbStream): Uint8Array {
  const writer = new ByteWriter();
  for (let index = 0; index < 20; index++) writer.u8(Number.parseInt(id.slice(index * 2, index * 2 + 2) || '0', 16));
  writer.u32(entryPoint);
  const referenced = typeSystemRowCounts.reduce((mask, count, table) => (count === 0 ? mask : mask | (1n << BigInt(table))), 0n);
  writer.u64(referenced);
  for (const count of typeSystemRowCounts) if (count !== 0) writer.u32(count);
  return writer.toBytes();
}
