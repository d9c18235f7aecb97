import { BadImageError, ByteReader, Diagnostics, hex, Lazy } from '@ijw/binary';
import type { FileOffset, Rva } from './address.ts';
import { findSegment, type ImageSegment, type MappingInput, mapSegments, placeSection } from './address-map.ts';
import { decodeName } from './decode-name.ts';
import type { CoffHeader } from './headers/coff-header.ts';
import { type DataDirectory, type DirectoryName, directoryNames } from './headers/data-directory.ts';
import type { DosHeader } from './headers/dos-header.ts';
import { readImageHeaders } from './headers/image-headers.ts';
import { identifyMachine, type MachineName, type MachineOs } from './headers/machine.ts';
import { type OptionalHeader, PE32_PLUS_MAGIC } from './headers/optional-header.ts';
import type { SectionHeader } from './headers/section-header.ts';

/** `file`: as it lies on disk. `mapped`: a dump of a loaded image, where an RVA is an offset. */
export type ImageLayout = 'file' | 'mapped';

export interface ParseOptions {
  readonly layout?: ImageLayout;
  /** Receives the errors that readers continue after; a new one by default. */
  readonly diagnostics?: Diagnostics;
}

/** The limit for copies of bytes that Windows fills with zeroes: no structure of the format is as large. */
const ZERO_FILL_LIMIT = 0x400_0000;

/** A reader that starts in the zero-filled tail of a section sees this much of it at most. */
const ZERO_TAIL = 0x1000;

/** The default purpose of a read, for errors. */
const DEFAULT_READING = 'the image';

/**
 * A PE32 or PE32+ image. Parsing reads the headers; every directory is read when its function is called, straight from the bytes.
 * Addresses are RVAs throughout; `bytesAt` and its relatives see the image as Windows maps it.
 */
export class PEImage {
  readonly bytes: Uint8Array;
  readonly layout: ImageLayout;
  readonly diagnostics: Diagnostics;
  readonly dosHeader: DosHeader;
  readonly coffHeader: CoffHeader;
  readonly optionalHeader: OptionalHeader;
  /** As many as NumberOfRvaAndSizes says and the file holds, sixteen at most. */
  readonly dataDirectories: readonly DataDirectory[];
  /** As many as NumberOfSections says and the file holds. */
  readonly sections: readonly SectionHeader[];
  /** File offset of the signature, which the COFF header follows. */
  readonly signatureOffset: FileOffset;
  /** `PE_SIGNATURE` in all images that Windows loads. */
  readonly signature: number;
  readonly is64Bit: boolean;
  readonly pointerSize: 4 | 8;
  /** The machine's name, without the operating system's mask of a ReadyToRun image. */
  readonly machine: MachineName;
  /** The operating system that a ReadyToRun image is for, when it is not Windows. */
  readonly machineOs: MachineOs | undefined;
  readonly #segments = new Lazy(() => mapSegments(this.#mapping));

  private constructor(bytes: Uint8Array, options: ParseOptions) {
    this.bytes = bytes;
    this.layout = options.layout ?? 'file';
    this.diagnostics = options.diagnostics ?? new Diagnostics();
    const headers = readImageHeaders(bytes, this.diagnostics);
    this.dosHeader = headers.dosHeader;
    this.signatureOffset = headers.signatureOffset;
    this.signature = headers.signature;
    this.coffHeader = headers.coffHeader;
    this.optionalHeader = headers.optionalHeader;
    this.dataDirectories = headers.dataDirectories;
    this.sections = headers.sections;
    this.is64Bit = headers.optionalHeader.magic === PE32_PLUS_MAGIC;
    this.pointerSize = this.is64Bit ? 8 : 4;
    const identity = identifyMachine(headers.coffHeader.machine);
    this.machine = identity.name;
    this.machineOs = identity.os;
  }

  /** Reads the headers. Throws `BadImageError` when they are not all there, and one that names the format when it is another. */
  static parse(bytes: Uint8Array, options: ParseOptions = {}): PEImage {
    return new PEImage(bytes, options);
  }

  get #mapping(): MappingInput {
    return { fileSize: this.bytes.length, layout: this.layout, sections: this.sections, optionalHeader: this.optionalHeader };
  }

  /** The image as disjoint runs of addresses, ascending: sections, and the headers where no section hides them. */
  get segments(): readonly ImageSegment[] {
    return this.#segments.value;
  }

  /** Where a directory is; `undefined` when the image has none. */
  directory(name: DirectoryName): DataDirectory | undefined {
    const directory = this.dataDirectories[directoryNames.indexOf(name)];
    return directory === undefined || (directory.rva === 0 && directory.size === 0) ? undefined : directory;
  }

  /** Where the byte at `rva` is in the file; `undefined` where the file has none for it. */
  rvaToOffset(rva: Rva): FileOffset | undefined {
    const segment = findSegment(this.segments, rva);
    if (segment === undefined || rva - segment.rva >= segment.rawSize) return undefined;
    const offset = segment.offset + (rva - segment.rva);
    return offset < this.bytes.length ? offset : undefined;
  }

  /** The lowest address at which the byte at `offset` is mapped; `undefined` when it is not (overlay, padding). */
  offsetToRva(offset: FileOffset): Rva | undefined {
    if (!(offset >= 0 && offset < this.bytes.length)) return undefined;
    const segment = this.segments.find((each) => offset >= each.offset && offset - each.offset < each.rawSize);
    return segment && segment.rva + (offset - segment.offset);
  }

  /** The section that holds `rva`, the first of the table where several do. */
  sectionAt(rva: Rva): SectionHeader | undefined {
    return findSegment(this.segments, rva)?.section;
  }

  /** The bytes that the file has for a section, as they are mapped: a view from its first address on. */
  sectionBytes(section: SectionHeader): Uint8Array {
    const segment = placeSection(section, this.#mapping);
    return this.bytes.subarray(segment.offset, segment.offset + segment.rawSize);
  }

  /**
   * `length` bytes at `rva`: a view where the file has them all, a copy where zeroes follow or a section ends within.
   * Throws `BadImageError` when some address of them is in no section or headers.
   */
  bytesAt(rva: Rva, length: number, reading = DEFAULT_READING): Uint8Array {
    const segment = this.#segmentAt(rva, reading);
    const skipped = rva - segment.rva;
    const offset = segment.offset + skipped;
    if (length <= segment.rawSize - skipped && offset + length <= this.bytes.length) return this.bytes.subarray(offset, offset + length);
    return this.#assemble(rva, length, reading);
  }

  /** A reader from `rva` over `length` bytes, by default over all that the file has up to the end of the section. */
  readerAt(rva: Rva, length?: number, reading = DEFAULT_READING): ByteReader {
    const base = this.rvaToOffset(rva);
    const options = { base: base ?? 0, rva, reading };
    if (length !== undefined) return new ByteReader(this.bytesAt(rva, length, reading), options);
    const segment = this.#segmentAt(rva, reading);
    const skipped = rva - segment.rva;
    if (skipped >= segment.rawSize) {
      return new ByteReader(new Uint8Array(Math.min(segment.end - rva, ZERO_TAIL)), options);
    }
    const start = segment.offset + skipped;
    return new ByteReader(this.bytes.subarray(start, segment.offset + segment.rawSize), { ...options, base: start });
  }

  u8At(rva: Rva, reading?: string): number {
    return this.bytesAt(rva, 1, reading)[0]!;
  }

  u16At(rva: Rva, reading?: string): number {
    return this.#view(rva, 2, reading).getUint16(0, true);
  }

  u32At(rva: Rva, reading?: string): number {
    return this.#view(rva, 4, reading).getUint32(0, true);
  }

  u64At(rva: Rva, reading?: string): bigint {
    return this.#view(rva, 8, reading).getBigUint64(0, true);
  }

  /** A pointer of the image's own width. */
  readPointer(rva: Rva, reading?: string): bigint {
    return this.is64Bit ? this.u64At(rva, reading) : BigInt(this.u32At(rva, reading));
  }

  /** UTF-8 up to a NUL; `BadImageError` `UNTERMINATED_STRING` if the NUL is not within `limit` bytes. */
  cstringAt(rva: Rva, reading = DEFAULT_READING, limit = 0x10000): string {
    const reader = this.readerAt(rva, undefined, reading);
    const end = reader.bytes.subarray(0, limit + 1).indexOf(0);
    if (end >= 0) return decodeName(reader.bytes.subarray(0, end));
    const segment = this.#segmentAt(rva, reading);
    const length = reader.bytes.length;
    if (end < 0 && length <= limit && rva + length < segment.end) return decodeName(reader.bytes);
    throw reader.error('UNTERMINATED_STRING', `The string at ${hex(rva)} has no terminating NUL`);
  }

  /** The RVA of a virtual address, when it is one of this image's 4 GiB. */
  vaToRva(va: bigint): Rva | undefined {
    const rva = va - this.optionalHeader.imageBase;
    return rva >= 0n && rva <= 0xffffffffn ? Number(rva) : undefined;
  }

  #view(rva: Rva, length: number, reading?: string): DataView {
    const bytes = this.bytesAt(rva, length, reading);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  #segmentAt(rva: Rva, reading: string): ImageSegment {
    const segment = findSegment(this.segments, rva);
    if (segment !== undefined) return segment;
    throw new BadImageError({ code: 'RVA_NOT_MAPPED', offset: 0, rva, reading, message: `RVA ${hex(rva)} is outside the sections` });
  }

  #assemble(rva: Rva, length: number, reading: string): Uint8Array {
    this.#requireMapped(rva, length, reading);
    const result = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const segment = this.#segmentAt(rva + done, reading);
      const skipped = rva + done - segment.rva;
      const count = Math.min(length - done, segment.end - segment.rva - skipped);
      const raw = Math.max(0, Math.min(count, segment.rawSize - skipped));
      const offset = segment.offset + skipped;
      if (offset + raw > this.bytes.length && raw > 0) {
        throw new BadImageError({
          code: 'TRUNCATED',
          offset: Math.min(offset, this.bytes.length),
          rva: rva + done,
          reading,
          message: `needs ${hex(raw)} bytes at offset ${hex(offset)}, the file ends at ${hex(this.bytes.length)}`,
        });
      }
      result.set(this.bytes.subarray(offset, offset + raw), done);
      done += count;
    }
    return result;
  }

  /** Checks before anything is allocated that all addresses are there. */
  #requireMapped(rva: Rva, length: number, reading: string): void {
    let end = rva;
    while (end < rva + length) end = this.#segmentAt(end, reading).end;
    if (length >= 0 && length <= Math.max(ZERO_FILL_LIMIT, this.bytes.length)) return;
    throw new BadImageError({
      code: 'COUNT_TOO_LARGE',
      offset: this.rvaToOffset(rva) ?? 0,
      rva,
      reading,
      message: `needs ${length} bytes, the file has ${this.bytes.length}`,
    });
  }
}
