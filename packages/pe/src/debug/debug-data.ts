import { type ByteReader, hexBytes } from '@ijw/binary';
import { formatGuid } from './guid.ts';

/** CodeView "RSDS": PDB 7.0, and portable PDB where the entry's minor version is 0x504d. */
export interface CodeViewRsds {
  readonly kind: 'rsds';
  /** In the form 8-4-4-4-12, lower case. */
  readonly guid: string;
  readonly age: number;
  readonly path: string;
}

/** CodeView "NB10": PDB 2.0. */
export interface CodeViewNb10 {
  readonly kind: 'nb10';
  readonly offset: number;
  readonly timeDateStamp: number;
  readonly age: number;
  readonly path: string;
}

/** CodeView "MTOC": an EFI image made from a Mach-O file, whose UUID and path these are (EDK II `EFI_IMAGE_DEBUG_CODEVIEW_MTOC_ENTRY`). */
export interface CodeViewMtoc {
  readonly kind: 'mtoc';
  /** The UUID in the order of its bytes, 8-4-4-4-12, lower case. */
  readonly uuid: string;
  readonly path: string;
}

/** CodeView in the file itself (NB05 … NB11), or of a signature that is not known. */
export interface CodeViewOther {
  readonly kind: 'codeView';
  readonly signature: string;
}

/** IMAGE_DEBUG_MISC: the name of a .dbg file. */
export interface MiscData {
  readonly kind: 'misc';
  readonly dataType: number;
  readonly name: string;
}

/** How many functions the compiler and linker options apply to (`dumpbin`: "Counts"). */
export interface VcFeature {
  readonly kind: 'vcFeature';
  readonly preVC11: number;
  readonly cAndCpp: number;
  readonly gs: number;
  readonly sdl: number;
  readonly guardN?: number;
}

/** The parts of the sections that link-time code generation made. */
export interface Pogo {
  readonly kind: 'pogo';
  /** `LTCG`, `PGU`, `PGI`, `PGO` … */
  readonly signature: string;
  readonly parts: readonly { readonly rva: number; readonly size: number; readonly name: string }[];
}

/** The image is reproducible: its time stamp is a hash. */
export interface Repro {
  readonly kind: 'repro';
  /** Hexadecimal; absent where the entry has none. */
  readonly hash?: string;
}

export interface EmbeddedPortablePdb {
  readonly kind: 'embeddedPortablePdb';
  readonly uncompressedSize: number;
}

export interface PdbChecksum {
  readonly kind: 'pdbChecksum';
  readonly algorithm: string;
  readonly checksum: string;
}

/** IMAGE_DLLCHARACTERISTICS_EX_*. */
export interface ExtendedDllCharacteristics {
  readonly kind: 'extendedDllCharacteristics';
  readonly value: number;
}

/** crossgen2's map for profilers of other systems. */
export interface ReadyToRunPerfMap {
  readonly kind: 'readyToRunPerfMap';
  readonly signature: string;
  readonly version: number;
  readonly path: string;
}

/** FPO_DATA: x86 functions without a frame. */
export interface FpoData {
  readonly kind: 'fpo';
  readonly functions: number;
}

export type DebugData =
  | CodeViewRsds
  | CodeViewNb10
  | CodeViewMtoc
  | CodeViewOther
  | MiscData
  | VcFeature
  | Pogo
  | Repro
  | EmbeddedPortablePdb
  | PdbChecksum
  | ExtendedDllCharacteristics
  | ReadyToRunPerfMap
  | FpoData;

const RSDS = 0x53445352;
const NB10 = 0x3031424e;
const MTOC = 0x434f544d;
const MPDB = 0x4244504d;
const FPO_SIZE = 16;

/** A path need not be terminated where the entry ends. */
const path = (reader: ByteReader): string => {
  const end = reader.bytes.indexOf(0, reader.position);
  return reader.utf8((end < 0 ? reader.length : end) - reader.position);
};

const signature = (reader: ByteReader): string =>
  [...reader.view(4)]
    .reverse()
    .map((byte) => String.fromCharCode(byte))
    .join('');

/** Unlike a GUID, big-endian throughout. */
const uuidText = (bytes: Uint8Array): string => hexBytes(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

function codeView(reader: ByteReader): DebugData {
  const magic = reader.u32();
  if (magic === RSDS) return { kind: 'rsds', guid: formatGuid(reader.view(16)), age: reader.u32(), path: path(reader) };
  if (magic === NB10) return { kind: 'nb10', offset: reader.u32(), timeDateStamp: reader.u32(), age: reader.u32(), path: path(reader) };
  if (magic === MTOC) return { kind: 'mtoc', uuid: uuidText(reader.view(16)), path: path(reader) };
  reader.position = 0;
  return { kind: 'codeView', signature: [...reader.view(4)].map((byte) => String.fromCharCode(byte)).join('') };
}

function misc(reader: ByteReader): MiscData {
  const dataType = reader.u32();
  reader.skip(4);
  const unicode = reader.u8() !== 0;
  reader.skip(3);
  const text = unicode ? reader.utf16(reader.remaining - (reader.remaining % 2)) : reader.utf8(reader.remaining);
  return { kind: 'misc', dataType, name: text.split('\0', 1)[0]! };
}

/** Five counts; Visual C++ 2012 wrote four. */
function vcFeature(reader: ByteReader): VcFeature {
  const counts = { preVC11: reader.u32(), cAndCpp: reader.u32(), gs: reader.u32(), sdl: reader.u32() };
  return { kind: 'vcFeature', ...counts, ...(reader.remaining >= 4 && { guardN: reader.u32() }) };
}

function pogo(reader: ByteReader): Pogo {
  const parts: { rva: number; size: number; name: string }[] = [];
  const kind = signature(reader);
  while (reader.remaining >= 8) {
    const rva = reader.u32();
    const size = reader.u32();
    if (reader.atEnd) break;
    parts.push({ rva, size, name: reader.cstring() });
    reader.skip(Math.min(reader.remaining, (4 - (reader.position % 4)) % 4));
  }
  return { kind: 'pogo', signature: kind.replace(/\0+$/, ''), parts };
}

function repro(reader: ByteReader): Repro {
  const length = reader.u32();
  return { kind: 'repro', hash: hexBytes(reader.view(length)) };
}

function embeddedPortablePdb(reader: ByteReader): EmbeddedPortablePdb {
  const magic = reader.u32();
  if (magic !== MPDB) throw reader.error('BAD_EMBEDDED_PDB', 'The embedded portable PDB does not begin with "MPDB"', 0);
  return { kind: 'embeddedPortablePdb', uncompressedSize: reader.u32() };
}

const decoders: Readonly<Record<number, (reader: ByteReader) => DebugData>> = {
  2: codeView,
  3: (reader) => ({ kind: 'fpo', functions: Math.floor(reader.length / FPO_SIZE) }),
  4: misc,
  12: vcFeature,
  13: pogo,
  16: repro,
  17: embeddedPortablePdb,
  19: (reader) => ({ kind: 'pdbChecksum', algorithm: reader.cstring(), checksum: hexBytes(reader.view(reader.remaining)) }),
  20: (reader) => ({ kind: 'extendedDllCharacteristics', value: reader.u32() }),
  21: (reader) => {
    reader.skip(4);
    return { kind: 'readyToRunPerfMap', signature: hexBytes(reader.view(16)), version: reader.u32(), path: path(reader) };
  },
};

/** Decodes the data of an entry by its type; `undefined` for a type whose format is not known. Throws `BadImageError`. */
export const decodeDebugData = (type: number, reader: ByteReader): DebugData | undefined => decoders[type]?.(reader);
