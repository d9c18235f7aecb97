import type { MetadataRoot, StreamHeader } from './metadata-root.ts';

/** The streams that metadata may consist of: ECMA-335 II.24.2.2; `#-`, `#JTD`, `#Schema` clr `mdcommon.h`; `#Pdb` Portable PDB specification. */
export type StreamName = '#~' | '#-' | '#Schema' | '#Strings' | '#US' | '#GUID' | '#Blob' | '#Pdb' | '#JTD';

/** The streams the runtime would use, of possibly several of the same name. */
export interface SelectedStreams {
  /** `uncompressed`: with pointer tables and unsorted, as a compiler or edit-and-continue writes it. `none`: without tables. */
  readonly format: 'compressed' | 'uncompressed' | 'none';
  readonly tables: StreamHeader | undefined;
  find(name: StreamName): StreamHeader | undefined;
}

/** The first of `#~` and `#-` decides, `#Schema` overrules both (clr `mdinternaldisp.cpp`, `CheckFileFormat`, which refuses most mixtures). */
function formatOf(streams: readonly StreamHeader[]): SelectedStreams['format'] {
  if (streams.some(({ name }) => name === '#Schema')) return 'uncompressed';
  const deciding = streams.find(({ name }) => name === '#~' || name === '#-');
  if (deciding === undefined) return 'none';
  return deciding.name === '#~' ? 'compressed' : 'uncompressed';
}

/**
 * Which stream wins when there are several of a name. In the compressed format the runtime walks over all headers and compares exactly, so the last
 * one stays (clr `liteweightstgdb.cpp`, `InitOnMem`); in the uncompressed one it looks each name up, without regard to case, and stops at the first
 * (`stgtiggerstorage.cpp`, `FindStream`).
 */
export function selectStreams({ streams }: Pick<MetadataRoot, 'streams'>): SelectedStreams {
  const format = formatOf(streams);
  if (format !== 'uncompressed') {
    const last = (name: StreamName) => streams.findLast((stream) => stream.name === name);
    return { format, tables: last('#~'), find: last };
  }
  const first = (name: StreamName) => streams.find((stream) => stream.name.toLowerCase() === name.toLowerCase());
  return { format, tables: streams.find(({ name }) => name === '#~' || name === '#-'), find: first };
}
