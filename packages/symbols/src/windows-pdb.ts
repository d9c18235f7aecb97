import { type Diagnostics, ifReadable, Lazy } from '@ijw/binary';
import type { SymbolPlace, SymbolSource } from '@ijw/pe';
import { DBI_STREAM, type DbiStream, type PdbModule, readDbiStream } from './dbi-stream.ts';
import { moduleLines, type PdbLine } from './line-numbers.ts';
import { MsfFile } from './msf-file.ts';
import { INFO_STREAM, type PdbInfo, readNames, readPdbInfo } from './pdb-names.ts';
import { type PdbData, type PdbProcedure, type PdbPublic, type SectionOffset, symbolRecords } from './symbol-records.ts';

/** Adds the RVA to what has a place in a section; absent where the PDB has no section headers. */
export type Placed<T extends SectionOffset> = T & { readonly rva?: number };

const SECTION_HEADER_SIZE = 40;
const VIRTUAL_ADDRESS = 12;

/** Symbols of a module begin behind the signature of four bytes. */
const SIGNATURE = 4;

/** A name for a range of addresses. */
interface NamedRange {
  readonly rva: number;
  readonly size: number | undefined;
  readonly name: string;
}

/** A Windows PDB (MSF 7.00): what compilers and linkers of native and of C++/CLI code write. Opening reads the directory and two small streams. */
export class WindowsPdb implements SymbolSource {
  readonly info: PdbInfo;
  readonly #msf: MsfFile;
  readonly #dbi: DbiStream | undefined;
  readonly #diagnostics: Diagnostics | undefined;

  private constructor(bytes: Uint8Array, diagnostics: Diagnostics | undefined) {
    this.#msf = new MsfFile(bytes);
    this.info = readPdbInfo(this.#msf.stream(INFO_STREAM));
    this.#dbi = readDbiStream(this.#msf.stream(DBI_STREAM));
    this.#diagnostics = diagnostics;
  }

  /** @param diagnostics takes what is wrong with a module, and the others are read @throws BadImageError */
  static parse(bytes: Uint8Array, diagnostics?: Diagnostics): WindowsPdb {
    return new WindowsPdb(bytes, diagnostics);
  }

  /** The age that the image's debug directory has: the linker counts it in the DBI stream. */
  get age(): number {
    return this.#dbi?.age ?? this.info.age;
  }

  get modules(): readonly PdbModule[] {
    return this.#dbi?.modules ?? [];
  }

  readonly #sections = new Lazy((): readonly number[] => {
    const stream = this.#dbi?.sectionHeaders;
    const bytes = stream === undefined ? new Uint8Array(0) : this.#msf.stream(stream);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const count = Math.floor(bytes.length / SECTION_HEADER_SIZE);
    return Array.from({ length: count }, (_, index) => view.getUint32(index * SECTION_HEADER_SIZE + VIRTUAL_ADDRESS, true));
  });

  #placed<T extends SectionOffset>(item: T): Placed<T> {
    const start = this.#sections.value[item.segment - 1];
    return start === undefined ? item : { ...item, rva: start + item.offset };
  }

  readonly #names = new Lazy(() => {
    const stream = this.info.namedStreams.get('/names');
    return stream === undefined ? () => '' : readNames(this.#msf.stream(stream));
  });

  /** The public symbols, in the order of the stream; names are decorated. @throws BadImageError */
  *publics(): Generator<Placed<PdbPublic>> {
    if (this.#dbi === undefined) return;
    const bytes = this.#msf.stream(this.#dbi.symbolRecords);
    for (const { record, ...symbol } of symbolRecords(bytes, 0, bytes.length, 'the symbol records of the PDB'))
      if (record === 'public') yield this.#placed(symbol as PdbPublic);
  }

  /** The procedures of every module, thunks and managed ones too. A module that cannot be read is reported, or thrown without diagnostics. */
  *procedures(): Generator<Placed<PdbProcedure>> {
    for (const symbol of this.#moduleSymbols()) if (symbol.record === 'procedure') yield this.#placed(withoutRecord(symbol));
  }

  /** Variables of every module and of the shared records. */
  *data(): Generator<Placed<PdbData>> {
    for (const symbol of this.#moduleSymbols()) if (symbol.record === 'data') yield this.#placed(withoutRecord(symbol));
  }

  *#moduleSymbols() {
    for (const module of this.modules) {
      if (module.stream === undefined) continue;
      const { stream, symbolSize, name } = module;
      const symbols = symbolRecords(this.#msf.stream(stream), SIGNATURE, symbolSize, `the symbols of ${name}`);
      yield* this.#reported(symbols);
    }
  }

  /** The lines of every module. */
  *lines(): Generator<Placed<PdbLine>> {
    for (const { stream, symbolSize, oldLineSize, lineSize } of this.modules) {
      if (stream === undefined || lineSize === 0) continue;
      const start = symbolSize + oldLineSize;
      const bytes = this.#msf.stream(stream).subarray(start, start + lineSize);
      for (const line of this.#reported(moduleLines(bytes, this.#names.value))) yield this.#placed(line);
    }
  }

  /** Goes on to the end or to the first error, which is reported or thrown. */
  *#reported<T>(items: Iterator<T>): Generator<T> {
    const next = (): IteratorResult<T> => items.next();
    for (;;) {
      const result = this.#diagnostics === undefined ? next() : this.#diagnostics.attempt(next);
      if (result === undefined || result.done === true) return;
      yield result.value;
    }
  }

  readonly #ranges = new Lazy(() => {
    const found: NamedRange[] = [];
    const add = (rva: number | undefined, size: number | undefined, name: string): void => {
      if (rva !== undefined && name !== '') found.push({ rva, size, name });
    };
    ifReadable(() => {
      for (const { rva, size, name, kind } of this.procedures()) if (kind !== 'managed') add(rva, size, name);
    });
    ifReadable(() => {
      for (const { rva, name } of this.publics()) add(rva, undefined, name);
    });
    return found.sort((one, other) => one.rva - other.rva);
  });

  /** The procedure that has an address, else the public symbol before it in the same section. Procedures have their names in the source, publics decorated ones. */
  nameAt(rva: number): SymbolPlace | undefined {
    const ranges = this.#ranges.value;
    let [low, high] = [0, ranges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ranges[middle]?.rva ?? 0) <= rva) low = middle + 1;
      else high = middle;
    }
    const start = ranges[low - 1]?.rva;
    if (start === undefined || this.#sectionOf(start) !== this.#sectionOf(rva)) return undefined;
    let best: NamedRange | undefined;
    for (let index = low - 1; ranges[index]?.rva === start; index--) {
      const range = ranges[index];
      if (range?.size !== undefined && rva - start >= range.size) continue;
      if (best === undefined || range?.size !== undefined) best = range;
    }
    return best && { name: best.name, offset: rva - start, ...(best.size !== undefined && { size: best.size }) };
  }

  #sectionOf(rva: number): number {
    return this.#sections.value.findLastIndex((start) => start <= rva);
  }
}

function withoutRecord<T extends { readonly record: string }>({ record: _, ...symbol }: T): Omit<T, 'record'> {
  return symbol;
}
