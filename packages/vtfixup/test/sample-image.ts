import { ByteWriter } from '@ijw/binary';
import { Metadata } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { type CliHeaderInput, cliHeaderPart, type ImageLayout, Machine, PEImage, SectionCharacteristics } from '@ijw/pe';
import { bytesPart, PEBuilder } from '@ijw/pe/builder';
import { type ExportInput, exportDirectoryPart } from '@ijw/pe/exports';
import { buildDelayImports, buildImports } from '@ijw/pe/imports';
import { Boundary, type BoundaryOptions, type VTableFixup, writeVTableFixups } from '@ijw/vtfixup';

/** Where the parts of a sample are: chosen so that the bytes of its code can be written down by hand. */
export const TEXT = 0x1000;
export const RDATA = 0x10000;
export const FIXUPS = 0x18000;
export const DATA = 0x20000;
export const IAT = 0x28000;
export const DELAY_IAT = 0x29000;
export const BSS = 0x22000;

export const machines = { x86: Machine.I386, x64: Machine.AMD64, arm64: Machine.ARM64 } as const;

export interface SampleInput {
  readonly architecture: keyof typeof machines;
  /** Code at `TEXT`. */
  readonly code?: Uint8Array | readonly number[];
  /** Data at `DATA`. */
  readonly data?: Uint8Array;
  readonly fixups?: readonly VTableFixup[];
  readonly fixupsSize?: number;
  readonly metadata?: (builder: MetadataBuilder) => void;
  readonly exports?: readonly ExportInput[];
  /** Names imported from `host.dll` (or another module), their pointers at `IAT`. */
  readonly imports?: readonly string[];
  readonly importModule?: string;
  /** Names of `late.dll`, their pointers behind a module handle at `DELAY_IAT`. */
  readonly delayImports?: readonly string[];
  readonly relocations?: readonly { readonly rva: number; readonly type?: number }[];
  readonly entryPoint?: number;
  readonly cli?: CliHeaderInput;
}

const CODE = SectionCharacteristics.CNT_CODE | SectionCharacteristics.MEM_EXECUTE | SectionCharacteristics.MEM_READ;

/** A module with one global static method, `<Module>::Managed`. */
function addModule(builder: MetadataBuilder): void {
  builder.add('Module', { Name: 'sample.dll', Mvid: '00000000-0000-0000-0000-000000000001' });
  builder.add('TypeDef', { Name: '<Module>' });
  builder.add('MethodDef', { Name: 'Managed', Flags: 0x16, RVA: 0x1f00, Signature: Uint8Array.of(0, 0, 1) });
}

/** The bytes of an image with exactly what a test asks for. */
export function sampleImage(input: SampleInput): Uint8Array {
  const builder = new PEBuilder({ machine: machines[input.architecture] });
  const text = builder.addSection('.text', { rva: TEXT, virtualSize: 0xf000, characteristics: CODE });
  text.add(Uint8Array.from(input.code ?? [0xcc]));
  const metadata = new MetadataBuilder();
  addModule(metadata);
  input.metadata?.(metadata);
  const rdata = builder.addSection('.rdata', { rva: RDATA });
  const metadataBytes = metadata.build();
  const metadataPart = rdata.add(metadataBytes);
  const fixups = writeVTableFixups(input.fixups ?? []);
  const cliHeader = cliHeaderPart((plan) => ({
    metaData: { rva: plan.rvaOf(metadataPart), size: metadataBytes.length },
    ...(fixups.length > 0 && { vTableFixups: { rva: FIXUPS, size: input.fixupsSize ?? fixups.length } }),
    ...input.cli,
  }));
  rdata.add(cliHeader);
  builder.setDirectory('cliHeader', cliHeader);
  if (input.exports) builder.setDirectory('export', rdata.add(exportDirectoryPart({ moduleName: 'sample.dll', symbols: input.exports })));
  const imports =
    input.imports &&
    buildImports([{ name: input.importModule ?? 'host.dll', symbols: input.imports.map((name) => ({ name })) }], builder.pointerSize);
  const delay =
    input.delayImports &&
    buildDelayImports([{ name: 'late.dll', symbols: input.delayImports.map((name) => ({ name })) }], builder.pointerSize);
  if (imports) builder.setDirectory('import', rdata.add(imports.directory));
  if (delay) builder.setDirectory('delayImport', rdata.add(delay.directory));
  rdata.add(bytesPart(fixups), { rva: FIXUPS });
  const data = builder.addSection('.data', { rva: DATA, virtualSize: 0x4000 });
  data.add(input.data ?? new Uint8Array(16));
  const pointers = builder.addSection('.idata', { rva: IAT });
  pointers.add(imports?.addressTable ?? new Uint8Array(8), { rva: IAT });
  pointers.add(delay?.addressTable ?? new Uint8Array(8), { rva: DELAY_IAT });
  for (const { rva, type } of input.relocations ?? []) builder.relocate(rva, type);
  if (input.relocations) builder.addSection('.reloc', { rva: 0x30000 }).add(builder.relocationsPart());
  builder.setEntryPoint(input.entryPoint ?? 0);
  return builder.build();
}

export function boundaryOf(bytes: Uint8Array, options: BoundaryOptions & { readonly layout?: ImageLayout } = {}): Boundary {
  const { layout, ...rest } = options;
  const image = PEImage.parse(bytes, layout ? { layout } : {});
  return Boundary.of(image, Metadata.of(image), rest);
}

export const sampleBoundary = (input: SampleInput): Boundary => boundaryOf(sampleImage(input));

/** What the operating system makes of a file: each section where it belongs. */
export function mapImage(bytes: Uint8Array): Uint8Array {
  const image = PEImage.parse(bytes);
  const mapped = new Uint8Array(image.optionalHeader.sizeOfImage);
  mapped.set(bytes.subarray(0, image.optionalHeader.sizeOfHeaders));
  for (const { virtualAddress, pointerToRawData, sizeOfRawData } of image.sections)
    mapped.set(bytes.subarray(pointerToRawData, pointerToRawData + sizeOfRawData), virtualAddress);
  return mapped;
}

/** A writer for code and data in which places are known by their RVA. */
export class Bytes extends ByteWriter {
  readonly start: number;

  constructor(start: number) {
    super();
    this.start = start;
  }

  /** Fills up to an RVA. */
  at(rva: number, filler = 0xcc): this {
    this.fill(rva - this.start - this.length, filler);
    return this;
  }

  /** The distance from the end of a 32-bit operand written here to an RVA. */
  rel32(target: number): this {
    this.u32((target - (this.start + this.length + 4)) >>> 0);
    return this;
  }
}
