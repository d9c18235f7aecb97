import { alignUp, ByteWriter } from '@ijw/binary';
import type { FileOffset } from '../address.ts';
import { writeChecksum } from '../headers/checksum.ts';
import { type CoffHeader, coffHeaderLayout } from '../headers/coff-header.ts';
import { type DataDirectory, type DirectoryName, directoryNames } from '../headers/data-directory.ts';
import { type DosHeader, dosHeaderLayout } from '../headers/dos-header.ts';
import { PE_SIGNATURE } from '../headers/image-headers.ts';
import { Machine } from '../headers/machine.ts';
import { type OptionalHeader, optionalHeaderSize, PE32_MAGIC, PE32_PLUS_MAGIC, writeOptionalHeader } from '../headers/optional-header.ts';
import { sectionHeaderLayout } from '../headers/section-header.ts';
import { type BaseRelocation, RelocationType } from '../relocations/base-relocations.ts';
import { writeBaseRelocations } from '../relocations/base-relocations-writer.ts';
import type { WrittenSymbolTable } from '../symbols/coff-symbol-table.ts';
import { DOS_STUB, defaultCoffHeader, defaultDosHeader, defaultOptionalHeader, defaultSectionHeader } from './default-headers.ts';
import { type ImagePart, ImagePlan, type PartPlace, type PlacedSection, type SectionOptions } from './image-plan.ts';
import { SectionBuilder } from './section-builder.ts';

export interface PEBuilderOptions {
  /** The Machine field. Default AMD64. */
  readonly machine?: number;
  /** PE32 (0x10b) or PE32+ (0x20b). Default: by the machine. */
  readonly magic?: number;
  readonly imageBase?: bigint;
  /** Of addresses. Default 0x1000. */
  readonly sectionAlignment?: number;
  /** Of file offsets. Default 0x200. */
  readonly fileAlignment?: number;
  /** The bytes between the DOS header and the PE signature: the DOS program, and the Rich header where there is one. */
  readonly dosStub?: Uint8Array;
  /** Default 16. */
  readonly numberOfDirectories?: number;
  /** Whether the CheckSum field is computed. */
  readonly checksum?: boolean;
  /** Header fields that replace the values of the layout, also by wrong ones. */
  readonly dos?: Partial<DosHeader>;
  readonly coff?: Partial<CoffHeader>;
  readonly optional?: Partial<OptionalHeader>;
}

type DirectorySource = ImagePart | DataDirectory | ((plan: ImagePlan) => DataDirectory);

interface RelocationRequest {
  readonly place: PartPlace;
  readonly type: number;
  readonly adjustment?: number;
}

const narrowMachines: readonly number[] = [Machine.I386, Machine.ARM, Machine.THUMB, Machine.ARMNT, Machine.RISCV32];

/**
 * Writes a whole image. `layout` assigns an address to every part, `build` writes. Every header field can be set to
 * any value, also one that no loader takes.
 */
export class PEBuilder {
  readonly machine: number;
  readonly magic: number;
  readonly imageBase: bigint;
  readonly sectionAlignment: number;
  readonly fileAlignment: number;
  readonly #options: PEBuilderOptions;
  readonly #sections: SectionBuilder[] = [];
  readonly #directories = new Map<DirectoryName, DirectorySource>();
  readonly #relocations: RelocationRequest[] = [];
  readonly #overlay = new ByteWriter();
  #certificates: Uint8Array | undefined;
  #symbolTable: WrittenSymbolTable | undefined;
  #entryPoint: PartPlace = 0;

  constructor(options: PEBuilderOptions = {}) {
    this.#options = options;
    this.machine = options.machine ?? Machine.AMD64;
    this.magic = options.magic ?? (narrowMachines.includes(this.machine) ? PE32_MAGIC : PE32_PLUS_MAGIC);
    this.imageBase = options.imageBase ?? (this.magic === PE32_PLUS_MAGIC ? 0x1_8000_0000n : 0x1000_0000n);
    this.sectionAlignment = options.sectionAlignment ?? 0x1000;
    this.fileAlignment = options.fileAlignment ?? 0x200;
  }

  get pointerSize(): 4 | 8 {
    return this.magic === PE32_PLUS_MAGIC ? 8 : 4;
  }

  addSection(name: string, options: SectionOptions = {}): SectionBuilder {
    const section = new SectionBuilder(name, options);
    this.#sections.push(section);
    return section;
  }

  /** The place of a directory: a whole part, fixed numbers, or a function of the addresses. */
  setDirectory(name: DirectoryName, source: DirectorySource): void {
    this.#directories.set(name, source);
  }

  setEntryPoint(place: PartPlace): void {
    this.#entryPoint = place;
  }

  /** Requests a base relocation. Default: of the pointer's width. */
  relocate(
    place: PartPlace,
    type: number = this.pointerSize === 8 ? RelocationType.DIR64 : RelocationType.HIGHLOW,
    adjustment?: number,
  ): void {
    this.#relocations.push({ place, type, ...(adjustment !== undefined && { adjustment }) });
  }

  /** The requested base relocations, as a part for a section after all of their places. Its directory is set. */
  relocationsPart(): ImagePart {
    const write = (plan: ImagePlan): Uint8Array =>
      writeBaseRelocations(this.#relocations.map(({ place, ...rest }): BaseRelocation => ({ rva: plan.rvaOf(place), ...rest })));
    const part: ImagePart = { size: (plan) => write(plan).length, write };
    this.setDirectory('baseRelocation', part);
    return part;
  }

  /** Appends bytes that no section holds. */
  addOverlay(bytes: Uint8Array): void {
    this.#overlay.bytes(bytes);
  }

  /** Appends the certificate table (PE/COFF "The Attribute Certificate Table") behind everything, on 8 bytes, and sets its directory. */
  setCertificates(table: Uint8Array): void {
    this.#certificates = table;
  }

  /** Puts COFF symbols directly behind the sections, and their place in the COFF header. */
  setSymbolTable(table: WrittenSymbolTable): void {
    this.#symbolTable = table;
  }

  get #signatureOffset(): number {
    return dosHeaderLayout.size + (this.#options.dosStub ?? DOS_STUB).length;
  }

  get #optionalHeaderSize(): number {
    return optionalHeaderSize(this.magic) + this.#directoryCount * 8;
  }

  get #directoryCount(): number {
    return this.#options.numberOfDirectories ?? directoryNames.length;
  }

  get #sizeOfHeaders(): number {
    const table = this.#signatureOffset + 4 + coffHeaderLayout.size + this.#optionalHeaderSize;
    return alignUp(table + this.#sections.length * sectionHeaderLayout.size, this.fileAlignment);
  }

  /** Assigns an address to every part. */
  layout(): ImagePlan {
    const plan = new ImagePlan(this.imageBase, this.pointerSize);
    let offset = this.#sizeOfHeaders;
    let rva = alignUp(offset, this.sectionAlignment);
    for (const section of this.#sections) {
      const placed = section.layout(plan, section.options.rva ?? rva, offset, this.fileAlignment);
      plan.sections.push(placed);
      offset += placed.rawSize;
      rva = alignUp(placed.rva + Math.max(placed.virtualSize, 1), this.sectionAlignment);
    }
    return plan;
  }

  build(): Uint8Array {
    const plan = this.layout();
    const end = plan.sections.reduce((offset, section) => Math.max(offset, section.offset + section.rawSize), this.#sizeOfHeaders);
    const symbols = this.#symbolTable;
    const overlayStart = end + (symbols?.bytes.length ?? 0);
    const overlayEnd = overlayStart + this.#overlay.length;
    const certificates = this.#certificates && { offset: alignUp(overlayEnd, 8), bytes: this.#certificates };
    const file = new Uint8Array(certificates === undefined ? overlayEnd : certificates.offset + certificates.bytes.length);
    file.set(this.#writeHeaders(plan, certificates, symbols && { pointerToSymbolTable: end, numberOfSymbols: symbols.numberOfSymbols }));
    for (const section of plan.sections) writeSection(file, plan, section);
    if (symbols !== undefined) file.set(symbols.bytes, end);
    file.set(this.#overlay.toBytes(), overlayStart);
    if (certificates !== undefined) file.set(certificates.bytes, certificates.offset);
    if (this.#options.checksum) writeChecksum(file, this.#signatureOffset + 4 + coffHeaderLayout.size);
    return file;
  }

  #writeHeaders(
    plan: ImagePlan,
    certificates: { offset: FileOffset; bytes: Uint8Array } | undefined,
    symbols: Partial<CoffHeader> | undefined,
  ): Uint8Array {
    const writer = new ByteWriter();
    dosHeaderLayout.write(writer, { ...defaultDosHeader(this.#signatureOffset), ...this.#options.dos });
    writer.bytes(this.#options.dosStub ?? DOS_STUB).u32(PE_SIGNATURE);
    const coff = defaultCoffHeader(this.machine, plan.sections.length, this.#optionalHeaderSize, this.pointerSize);
    coffHeaderLayout.write(writer, { ...coff, ...symbols, ...this.#options.coff });
    const optional = defaultOptionalHeader(this, plan, this.#sizeOfHeaders, this.#directoryCount, plan.rvaOf(this.#entryPoint));
    writeOptionalHeader(writer, { ...optional, ...this.#options.optional, magic: this.magic });
    for (const name of directoryNames.slice(0, this.#directoryCount)) {
      const { rva, size } = this.#directoryPlace(name, plan, certificates);
      writer.u32(rva).u32(size);
    }
    writer.fill(Math.max(0, this.#directoryCount - directoryNames.length) * 8);
    for (const section of plan.sections) {
      sectionHeaderLayout.write(writer, { ...defaultSectionHeader(section), ...section.section.options.header });
    }
    const bytes = writer.toBytes();
    if (this.#options.optional?.magic !== undefined) {
      new DataView(bytes.buffer).setUint16(this.#signatureOffset + 4 + coffHeaderLayout.size, this.#options.optional.magic, true);
    }
    return bytes;
  }

  #directoryPlace(
    name: DirectoryName,
    plan: ImagePlan,
    certificates: { offset: FileOffset; bytes: Uint8Array } | undefined,
  ): DataDirectory {
    const source = this.#directories.get(name);
    if (source === undefined) {
      const appended = name === 'security' && certificates !== undefined;
      return appended ? { rva: certificates.offset, size: certificates.bytes.length } : { rva: 0, size: 0 };
    }
    if (typeof source === 'function') return source(plan);
    return 'write' in source ? { rva: plan.rvaOf(source), size: source.directorySize ?? plan.sizeOf(source) } : source;
  }
}

function writeSection(file: Uint8Array, plan: ImagePlan, { rva, offset, parts }: PlacedSection): void {
  for (const placed of parts) file.set(placed.part.write(plan).subarray(0, placed.size), offset + (placed.rva - rva));
}
