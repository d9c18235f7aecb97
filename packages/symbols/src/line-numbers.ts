import { ByteReader } from '@ijw/binary';
import type { SectionOffset } from './symbol-records.ts';

/** C13 debug subsections (microsoft-pdb `include/cvinfo.h`, DEBUG_S_SUBSECTION_TYPE). */
const LINES = 0xf2;
const FILE_CHECKSUMS = 0xf4;
/** CV_LINES_HAVE_COLUMNS. */
const HAVE_COLUMNS = 1;
/** Line number of code that belongs to no line: the debugger steps over it (0xfeefee) or always into it (0xf00f00). */
const NO_LINE: readonly number[] = [0xfeefee, 0xf00f00];

const CHECKSUMS = ['none', 'MD5', 'SHA1', 'SHA256'] as const;

/** A source file, as the compiler named it. */
export interface PdbSourceFile {
  readonly path: string;
  readonly checksumKind: (typeof CHECKSUMS)[number];
  readonly checksum: Uint8Array;
}

/** Code from this place on is of a line. */
export interface PdbLine extends SectionOffset {
  /** `undefined` for code that belongs to no line. */
  readonly line: number | undefined;
  readonly isStatement: boolean;
  readonly file: PdbSourceFile | undefined;
}

/** The path at an offset of the names of the PDB. */
type NameAt = (offset: number) => string;

const READING = 'the line numbers of the PDB';

interface Subsection {
  readonly kind: number;
  readonly reader: ByteReader;
}

function* subsections(bytes: Uint8Array): Generator<Subsection> {
  const reader = new ByteReader(bytes, { reading: READING });
  while (reader.remaining >= 8) {
    const kind = reader.u32();
    const size = reader.u32();
    yield { kind, reader: reader.slice(size) };
    reader.align(4);
  }
}

/** The lines of a module, function by function. @throws BadImageError */
export function* moduleLines(bytes: Uint8Array, nameAt: NameAt): Generator<PdbLine> {
  const files = new Map<number, PdbSourceFile>();
  for (const { kind, reader } of subsections(bytes)) if (kind === FILE_CHECKSUMS) readFiles(reader, nameAt, files);
  for (const { kind, reader } of subsections(bytes)) if (kind === LINES) yield* functionLines(reader, files);
}

function readFiles(reader: ByteReader, nameAt: NameAt, files: Map<number, PdbSourceFile>): void {
  while (reader.remaining > 0) {
    const place = reader.position;
    const path = nameAt(reader.u32());
    const size = reader.u8();
    const checksumKind = CHECKSUMS[reader.u8()] ?? 'none';
    files.set(place, { path, checksumKind, checksum: reader.view(size) });
    reader.align(4);
  }
}

function* functionLines(reader: ByteReader, files: ReadonlyMap<number, PdbSourceFile>): Generator<PdbLine> {
  const start = reader.u32();
  const segment = reader.u16();
  const flags = reader.u16();
  reader.skip(4);
  while (reader.remaining >= 12) {
    const file = files.get(reader.u32());
    const count = reader.u32();
    const end = reader.position - 8 + reader.u32();
    reader.count(count, flags & HAVE_COLUMNS ? 12 : 8);
    for (let index = 0; index < count; index++) {
      const offset = start + reader.u32();
      const packed = reader.u32();
      const number = packed & 0xffffff;
      yield { segment, offset, line: NO_LINE.includes(number) ? undefined : number, isStatement: packed >= 0x80000000, file };
    }
    if (end > reader.length || end < reader.position) throw reader.error('BAD_LINES', 'A block of lines does not fit');
    reader.position = end;
  }
}
