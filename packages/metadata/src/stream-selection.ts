import type { MetadataRoot, StreamHeader } from './metadata-root.ts';

/** The streams that metadata may consist of: ECMA-335 II.24.2.2; `#-`, `#JTD`, `#Schema` clr `metadata.h`; `#Pdb` Portable PDB specification. */
export type StreamName = '#~' | '#-' | '#Schema' | '#Strings' | '#US' | '#GUID' | '#Blob' | '#Pdb' | '#JTD';

/** The streams the runtime would use, of possibly several of the same name. */
export interface SelectedStreams {
  /** `compressed`: `#~`. `uncompressed`: `#-` or `#Schema`, with pointer tables, unsorted, as a compiler or edit-and-continue writes it. */
  readonly format: 'compressed' | 'uncompressed' | 'none';
  find(name: StreamName): StreamHeader | undefined;
}

/**
 * Which stream wins when there are several of a name. In the compressed format the runtime walks over all headers and compares with `strcmp`, so
 * the last one stays (clr `liteweightstgdb.cpp`, `CLiteWeightStgdb::InitMd`); in the uncompressed one it looks each name up, without regard to
 * case, and stops at the first (`stgtiggerstorage.cpp`, `TiggerStorage::FindStream`).
 */
export function selectStreams({ streams }: Pick<MetadataRoot, 'streams'>): SelectedStreams {
  const last = (name: StreamName) => streams.findLast((stream) => stream.name === name);
  const first = (name: StreamName) => streams.find((stream) => stream.name.toLowerCase() === name.toLowerCase());
  if (last('#~') !== undefined) return { format: 'compressed', find: last };
  if (first('#-') !== undefined || first('#Schema') !== undefined) return { format: 'uncompressed', find: first };
  return { format: 'none', find: last };
}
