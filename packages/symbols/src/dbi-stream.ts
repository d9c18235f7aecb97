import { ByteReader } from '@ijw/binary';

/** LLVM "The PDB DBI Stream". */
export const DBI_STREAM = 3;
const HEADER_SIZE = 64;
const NO_STREAM = 0xffff;
/** Index in the optional debug header: the section headers of the image. */
const SECTION_HEADERS = 5;
/** SectionContribEntry of a ModInfo. */
const CONTRIBUTION_SIZE = 28;

/** An object file that was linked. */
export interface PdbModule {
  readonly name: string;
  /** Of its symbols and lines; absent where it has none. */
  readonly stream?: number;
  /** Bytes of symbol records in the stream, the four of the signature among them. */
  readonly symbolSize: number;
  /** Bytes of old line numbers between the symbols and the new ones. */
  readonly oldLineSize: number;
  /** Bytes of C13 debug subsections. */
  readonly lineSize: number;
}

export interface DbiStream {
  readonly age: number;
  /** Of the records that modules share, public symbols among them. */
  readonly symbolRecords: number;
  /** Of the section headers; absent in a PDB of managed code. */
  readonly sectionHeaders?: number;
  readonly modules: readonly PdbModule[];
}

/** @throws BadImageError */
export function readDbiStream(bytes: Uint8Array): DbiStream | undefined {
  if (bytes.length === 0) return undefined;
  const reader = new ByteReader(bytes, { reading: 'the DBI stream' });
  reader.skip(8);
  const age = reader.u32();
  reader.skip(8);
  const symbolRecords = reader.u16();
  reader.skip(2);
  const [modules = 0, contributions = 0, sectionMap = 0, sources = 0, typeServers = 0] = Array.from({ length: 5 }, () => reader.u32());
  reader.skip(4);
  const debugHeaderSize = reader.u32();
  const editAndContinue = reader.u32();
  reader.position = HEADER_SIZE;
  const moduleReader = reader.slice(modules, 'the modules of the PDB');
  const debugHeader = HEADER_SIZE + modules + contributions + sectionMap + sources + typeServers + editAndContinue;
  const sectionHeaders = debugHeaderSize < (SECTION_HEADERS + 1) * 2 ? NO_STREAM : streamAt(reader, debugHeader + SECTION_HEADERS * 2);
  return {
    age,
    symbolRecords,
    ...(sectionHeaders !== NO_STREAM && { sectionHeaders }),
    modules: readModules(moduleReader),
  };
}

function streamAt(reader: ByteReader, position: number): number {
  reader.position = Math.min(position, reader.length);
  return reader.u16();
}

function readModules(reader: ByteReader): readonly PdbModule[] {
  const modules: PdbModule[] = [];
  while (reader.remaining > 0) {
    reader.skip(4 + CONTRIBUTION_SIZE + 2);
    const stream = reader.u16();
    const symbolSize = reader.u32();
    const oldLineSize = reader.u32();
    const lineSize = reader.u32();
    reader.skip(16);
    const name = reader.cstring();
    reader.cstring();
    reader.align(4);
    modules.push({ name, ...(stream !== NO_STREAM && { stream }), symbolSize, oldLineSize, lineSize });
  }
  return modules;
}
