import { BadImageError, ByteReader, Diagnostics, hex } from '@ijw/binary';
import type { FileOffset, Rva } from './address.ts';
import { findSegment, mapSegments, type Segment } from './address-map.ts';
import { type CoffHeader, coffHeaderLayout } from './headers/coff-header.ts';
import { type DataDirectory, type DirectoryName, directoryNames } from './headers/data-directory.ts';
import { DOS_MAGIC, type DosHeader, dosHeaderLayout } from './headers/dos-header.ts';
import { identifyMachine, type MachineName, type MachineOs } from './headers/machine.ts';
import { type OptionalHeader, PE32_PLUS_MAGIC, readOptionalHeader } from './headers/optional-header.ts';
import { type SectionHeader, sectionHeaderLayout } from './headers/section-header.ts';

export type ImageLayout = 'file' | 'mapped';

export interface ParseOptions {
  /** `mapped` for a dump of a loaded image: an offset is an RVA. */
  readonly layout?: ImageLayout;
  readonly diagnostics?: Diagnostics;
}

const PE_SIGNATURE = 0x4550;
const latin1 = new TextDecoder('latin1');

/** A PE image: its headers read, everything else read from the bytes when asked for. */
export class PEImage {
  readonly bytes: Uint8Array;
  readonly layout: ImageLayout;
  readonly diagnostics: Diagnostics;
  readonly dosHeader: DosHeader;
  readonly coffHeader: CoffHeader;
  readonly optionalHeader: OptionalHeader;
  readonly dataDirectories: readonly DataDirectory[];
  readonly sections: readonly SectionHeader[];
  readonly machine: MachineName;
  readonly machineOs: MachineOs | undefined;
  private segments: readonly Segment[] | undefined;

  private constructor(bytes: Uint8Array, options: ParseOptions) {
    this.bytes = bytes;
    this.layout = options.layout ?? 'file';
    this.diagnostics = options.diagnostics ?? new Diagnostics();
    const reader = new ByteReader(bytes, { reading: 'the DOS header' });
    this.dosHeader = readDosHeader(reader);
    const start = this.dosHeader.newHeaderOffset;
    const headers = new ByteReader(bytes.subarray(Math.min(start, bytes.length)), { base: start, reading: 'the COFF header' });
    if (headers.u32() !== PE_SIGNATURE) throw headers.error('NOT_PE', 'There is no PE signature where the DOS header points', 0);
    this.coffHeader = coffHeaderLayout.read(headers);
    const identity = identifyMachine(this.coffHeader.machine);
    this.machine = identity.name;
    this.machineOs = identity.os;
    const optional = headers.slice(Math.min(this.coffHeader.sizeOfOptionalHeader, headers.remaining), 'the optional header');
    this.optionalHeader = readOptionalHeader(optional);
    this.dataDirectories = readDirectories(optional, this.optionalHeader.numberOfRvaAndSizes);
    this.sections = readSections(headers, this.coffHeader.numberOfSections);
  }

  /** @throws BadImageError naming what the file is when it is no PE image */
  static parse(bytes: Uint8Array, options: ParseOptions = {}): PEImage {
    return new PEImage(bytes, options);
  }

  get is64Bit(): boolean {
    return this.optionalHeader.magic === PE32_PLUS_MAGIC;
  }

  get pointerSize(): 4 | 8 {
    return this.is64Bit ? 8 : 4;
  }

  /** A directory, or `undefined` when it is all zero or beyond the directories that are there. */
  directory(name: DirectoryName): DataDirectory | undefined {
    const directory = this.dataDirectories[directoryNames.indexOf(name)];
    return directory === undefined || (directory.rva === 0 && directory.size === 0) ? undefined : directory;
  }

  /** `undefined` for an address that no byte of the file backs. */
  rvaToOffset(rva: Rva): FileOffset | undefined {
    const segment = findSegment(this.mapped, rva);
    if (segment === undefined || rva - segment.rva >= segment.rawSize) return undefined;
    return segment.offset + (rva - segment.rva);
  }

  offsetToRva(offset: FileOffset): Rva | undefined {
    const segment = this.mapped.find((candidate) => offset >= candidate.offset && offset < candidate.offset + candidate.rawSize);
    return segment && segment.rva + (offset - segment.offset);
  }

  sectionAt(rva: Rva): SectionHeader | undefined {
    return findSegment(this.mapped, rva)?.section;
  }

  /** The bytes at an address, a view where the file has them all; what lies beyond the raw data of a section is zero. @throws BadImageError */
  bytesAt(rva: Rva, length: number, reading = 'the image'): Uint8Array {
    const segment = findSegment(this.mapped, rva);
    if (segment === undefined || length > segment.end - rva) throw outside(rva, length, reading);
    const start = segment.offset + (rva - segment.rva);
    const present = Math.max(0, segment.rawSize - (rva - segment.rva));
    if (present >= length) return this.bytes.subarray(start, start + length);
    const bytes = new Uint8Array(length);
    bytes.set(this.bytes.subarray(start, start + present));
    return bytes;
  }

  /** A reader at an address: of `length` bytes, or to the end of the bytes that the file has there. @throws BadImageError */
  readerAt(rva: Rva, length?: number, reading = 'the image'): ByteReader {
    const segment = findSegment(this.mapped, rva);
    if (segment === undefined) throw outside(rva, length ?? 1, reading);
    const base = segment.offset + (rva - segment.rva);
    const bytes = length === undefined ? this.bytes.subarray(base, segment.offset + segment.rawSize) : this.bytesAt(rva, length, reading);
    return new ByteReader(bytes, { base, rva, reading });
  }

  /** The pointer-sized value at an address. @throws BadImageError */
  readPointer(rva: Rva, reading = 'a pointer'): bigint {
    const reader = this.readerAt(rva, this.pointerSize, reading);
    return this.is64Bit ? reader.u64() : BigInt(reader.u32());
  }

  /** The address space of the image in ascending order. */
  get mapped(): readonly Segment[] {
    this.segments ??= mapSegments({
      fileSize: this.bytes.length,
      layout: this.layout,
      sections: this.sections,
      optionalHeader: this.optionalHeader,
    });
    return this.segments;
  }
}

const outside = (rva: Rva, length: number, reading: string): BadImageError =>
  new BadImageError({
    code: 'RVA_OUT_OF_RANGE',
    offset: rva,
    rva,
    reading,
    message: `${length} bytes at RVA ${hex(rva)} are not in the image`,
  });

function readDosHeader(reader: ByteReader): DosHeader {
  const isDos = reader.length >= 2 && reader.bytes[0] === (DOS_MAGIC & 0xff) && reader.bytes[1] === DOS_MAGIC >> 8;
  if (!isDos)
    throw reader.error('NOT_PE', reader.length === 0 ? 'The file is empty' : 'The file does not begin with MZ: it is no PE image');
  return dosHeaderLayout.read(reader);
}

function readDirectories(reader: ByteReader, claimed: number): readonly DataDirectory[] {
  const count = Math.min(claimed, directoryNames.length, Math.floor(reader.remaining / 8));
  return Array.from({ length: count }, () => ({ rva: reader.u32(), size: reader.u32() }));
}

function readSections(reader: ByteReader, claimed: number): readonly SectionHeader[] {
  const count = reader.count(claimed, sectionHeaderLayout.size);
  return Array.from({ length: count }, () => {
    const raw = sectionHeaderLayout.read(reader);
    const end = raw.nameBytes.indexOf(0);
    return { ...raw, name: latin1.decode(end < 0 ? raw.nameBytes : raw.nameBytes.subarray(0, end)) };
  });
}
