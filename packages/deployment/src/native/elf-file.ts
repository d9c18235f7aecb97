import { ByteReader } from '@ijw/binary';
import type { NativeLibrary } from './native-library.ts';

/** System V ABI, "ELF Header": e_machine. */
const MACHINES: Readonly<Record<number, string>> = {
  3: 'x86',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  22: 's390x',
  21: 'ppc64le',
  243: 'riscv64',
  258: 'loongarch64',
};

const ET_EXEC = 2;
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
/** System V ABI, "Dynamic Section". */
const Tag = { NULL: 0, NEEDED: 1, HASH: 4, STRTAB: 5, SYMTAB: 6, STRSZ: 10, SONAME: 14, GNU_HASH: 0x6ffffef5 } as const;

const READING = 'the ELF file';
/** More segments, libraries or symbols than this no linker writes. */
const MOST_SEGMENTS = 0x1000;
const MOST_ENTRIES = 0x10000;
const MOST_SYMBOLS = 0x400000;
const LONGEST_NAME = 0x4000;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** What the two classes and the two byte orders have in common: words of the file's width. */
class ElfReader {
  readonly bytes: Uint8Array;
  readonly wide: boolean;
  readonly #view: DataView;
  readonly #little: boolean;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.wide = bytes[4] === 2;
    this.#little = bytes[5] !== 2;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #check(offset: number, size: number): void {
    if (offset >= 0 && offset + size <= this.bytes.length) return;
    throw new ByteReader(this.bytes, { reading: READING }).error('TRUNCATED', `The ELF file has no ${size} bytes at offset ${offset}`, 0);
  }

  u16(offset: number): number {
    this.#check(offset, 2);
    return this.#view.getUint16(offset, this.#little);
  }

  u32(offset: number): number {
    this.#check(offset, 4);
    return this.#view.getUint32(offset, this.#little);
  }

  /** Elf32_Addr or Elf64_Addr; what no file reaches is a number that no offset is. */
  word(offset: number): number {
    if (!this.wide) return this.u32(offset);
    this.#check(offset, 8);
    return Number(this.#view.getBigUint64(offset, this.#little));
  }

  text(offset: number, end: number): string {
    this.#check(offset, 1);
    const bytes = this.bytes.subarray(offset, Math.min(end, offset + LONGEST_NAME, this.bytes.length));
    const length = bytes.indexOf(0);
    return new TextDecoder().decode(length < 0 ? bytes : bytes.subarray(0, length));
  }
}

/** Machine, needed libraries and exported symbols of an ELF file. @throws BadImageError */
export function readElfFile(bytes: Uint8Array): NativeLibrary {
  const elf = new ElfReader(bytes);
  const machine = MACHINES[elf.u16(18)] ?? `machine ${elf.u16(18)}`;
  const segments = readSegments(elf);
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  const tags = dynamic === undefined ? [] : readDynamic(elf, dynamic);
  const program = elf.u16(16) === ET_EXEC || segments.some(({ type }) => type === PT_INTERP);
  const strings = stringTable(elf, segments, tags);
  const names = (wanted: number): string[] =>
    strings === undefined ? [] : tags.filter(([tag]) => tag === wanted).map(([, value]) => elf.text(strings.start + value, strings.end));
  return {
    format: 'elf',
    machines: [machine],
    needed: names(Tag.NEEDED),
    program,
    exports: () => (strings === undefined ? new Set() : readExports(elf, segments, tags, strings)),
  };
}

function readSegments(elf: ElfReader): readonly Segment[] {
  const { wide } = elf;
  const start = elf.word(wide ? 32 : 28);
  const size = elf.u16(wide ? 54 : 42);
  const count = Math.min(elf.u16(wide ? 56 : 44), MOST_SEGMENTS);
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * size;
    const field = (narrow: number, wideOffset: number): number => elf.word(at + (wide ? wideOffset : narrow));
    return { type: elf.u32(at), offset: field(4, 8), address: field(8, 16), size: field(16, 32) };
  });
}

function readDynamic(elf: ElfReader, { offset, size }: Segment): readonly (readonly [tag: number, value: number])[] {
  const width = elf.wide ? 16 : 8;
  const tags: [number, number][] = [];
  for (let at = offset; at + width <= offset + size && tags.length < MOST_ENTRIES; at += width) {
    const tag = elf.word(at);
    if (tag === Tag.NULL) break;
    tags.push([tag, elf.word(at + width / 2)]);
  }
  return tags;
}

type Tags = ReturnType<typeof readDynamic>;

const tagValue = (tags: Tags, wanted: number): number | undefined => tags.find(([tag]) => tag === wanted)?.[1];

/** The offset of an address, by the segments that are loaded. */
function offsetOf(segments: readonly Segment[], address: number): number | undefined {
  const segment = segments.find((each) => each.type === PT_LOAD && address >= each.address && address < each.address + each.size);
  return segment && segment.offset + (address - segment.address);
}

interface Strings {
  readonly start: number;
  readonly end: number;
}

function stringTable(elf: ElfReader, segments: readonly Segment[], tags: Tags): Strings | undefined {
  const address = tagValue(tags, Tag.STRTAB);
  const start = address === undefined ? undefined : offsetOf(segments, address);
  return start === undefined ? undefined : { start, end: Math.min(start + (tagValue(tags, Tag.STRSZ) ?? 0), elf.bytes.length) };
}

/** The number of dynamic symbols: DT_HASH has it; DT_GNU_HASH only leads to the last one. */
function symbolCount(elf: ElfReader, segments: readonly Segment[], tags: Tags): number {
  const at = (tag: number): number | undefined => {
    const address = tagValue(tags, tag);
    return address === undefined ? undefined : offsetOf(segments, address);
  };
  const hash = at(Tag.HASH);
  if (hash !== undefined) return elf.u32(hash + 4);
  const gnu = at(Tag.GNU_HASH);
  if (gnu === undefined) return 0;
  const [buckets, first, bloom] = [elf.u32(gnu), elf.u32(gnu + 4), elf.u32(gnu + 8)];
  const bucketStart = gnu + 16 + bloom * (elf.wide ? 8 : 4);
  let last = 0;
  for (let index = 0; index < Math.min(buckets, MOST_SYMBOLS); index++) last = Math.max(last, elf.u32(bucketStart + index * 4));
  if (last < first) return first;
  const chains = bucketStart + buckets * 4;
  while (last < MOST_SYMBOLS && (elf.u32(chains + (last - first) * 4) & 1) === 0) last++;
  return last + 1;
}

/** Symbols that are defined here, global or weak (System V ABI, "Symbol Table"). */
function readExports(elf: ElfReader, segments: readonly Segment[], tags: Tags, strings: Strings): ReadonlySet<string> {
  const address = tagValue(tags, Tag.SYMTAB);
  const start = address === undefined ? undefined : offsetOf(segments, address);
  const names = new Set<string>();
  if (start === undefined) return names;
  const size = elf.wide ? 24 : 16;
  const count = Math.min(symbolCount(elf, segments, tags), MOST_SYMBOLS, Math.floor((elf.bytes.length - start) / size));
  for (let index = 1; index < count; index++) {
    const at = start + index * size;
    const info = elf.bytes[at + (elf.wide ? 4 : 12)] ?? 0;
    const section = elf.u16(at + (elf.wide ? 6 : 14));
    if (section === 0 || info >> 4 === 0) continue;
    names.add(elf.text(strings.start + elf.u32(at), strings.end));
  }
  return names;
}
