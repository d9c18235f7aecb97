// The map files of GNU ld (-Map), LLVM lld (-Map) and armlink (--map --symbols).

import { BadImageError } from '@ijw/binary';
import type { MemoryRegion } from './memory-region.ts';

/** A part of the linked image in the device's memory. */
export interface MappedSection {
  readonly name: string;
  readonly address: number;
  readonly size: number;
}

/** Where a linker put things. */
export interface LinkerMap {
  /** Addresses by symbol, as the map spells it: decorated, or in C++ with parameters. */
  readonly symbols: ReadonlyMap<string, number>;
  readonly regions: readonly MemoryRegion[];
  /** Output sections that take room in the device's memory. */
  readonly sections: readonly MappedSection[];
}

/** The result of a parser. */
class MapContents implements LinkerMap {
  readonly symbols = new Map<string, number>();
  readonly regions: MemoryRegion[] = [];
  readonly sections: MappedSection[] = [];
}

/** Reads a line without the spaces at its end. */
type LineReader = (line: string, contents: MapContents) => void;

const address = (text: string): number => Number.parseInt(text, 16);

const GNU_REGION = /^([\w.$*-]+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)(?:\s+[rwxali!]+)?\s*$/i;
const GNU_SECTION = /^([\w.$*-]+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)(?:\s+load address 0x[0-9a-f]+)?\s*$/i;
/** An address and a name; a line with a size behind the address is of an input section, one with `=` or PROVIDE an assignment. */
const GNU_SYMBOL = /^\s+0x([0-9a-f]+)\s+(?!0x|PROVIDE|HIDDEN|ASSERT)([A-Za-z_~][^=]*)$/i;

/** GNU ld. Names of sections that are too long stand on a line of their own. */
function gnuReader(): LineReader {
  let inMap = false;
  let pending = '';
  return (line, { regions, sections, symbols }) => {
    if (/^Linker script and memory map/.test(line)) inMap = true;
    const [, name, origin, length] = GNU_REGION.exec(inMap ? '' : line) ?? [];
    if (name !== undefined && name !== '*default*') regions.push({ name, origin: address(origin!), length: address(length!) });
    if (!inMap) return;
    const [, symbolAddress, symbol] = GNU_SYMBOL.exec(line) ?? [];
    if (symbol !== undefined) symbols.set(symbol, address(symbolAddress!));
    const joined = /^\s/.test(line) ? `${pending}${line}` : line;
    pending = /^\.?[\w.$-]+\s*$/.test(line) ? line.trim() : '';
    const [, section, start, size] = GNU_SECTION.exec(joined) ?? [];
    if (section !== undefined) sections.push({ name: section, address: address(start!), size: address(size!) });
  };
}

/** LLVM lld: columns of VMA, LMA, size and alignment; an output section follows after one space, its parts and their symbols further right. */
const LLD_LINE = /^\s*([0-9a-f]+)\s+[0-9a-f]+\s+([0-9a-f]+)\s+\d+ (\s*)(\S.*)$/i;

const readLldLine: LineReader = (line, { sections, symbols }) => {
  const [, start, size, indent, name] = LLD_LINE.exec(line) ?? [];
  if (name === undefined || indent === undefined) return;
  if (indent.length === 0 && !name.includes('=')) sections.push({ name, address: address(start!), size: address(size!) });
  if (indent.length >= 16 && !name.includes('=')) symbols.set(name, address(start!));
};

const ARM_REGION = /^\s*Execution Region (\S+) \((?:Exec base|Base): 0x([0-9a-f]+),.*?Size: 0x([0-9a-f]+), Max: 0x([0-9a-f]+)/i;
const ARM_SYMBOL = /^\s+(\S+)\s+0x([0-9a-f]+)\s+(?:Thumb Code|ARM Code|Data)\s+\d+(?:\s|$)/i;

const readArmLine: LineReader = (line, { regions, sections, symbols }) => {
  const [, name, base, size, limit] = ARM_REGION.exec(line) ?? [];
  if (name !== undefined) {
    regions.push({ name, origin: address(base!), length: address(limit!) === 0xffffffff ? undefined : address(limit!) });
    sections.push({ name, address: address(base!), size: address(size!) });
  }
  const [, symbol, start] = ARM_SYMBOL.exec(line) ?? [];
  if (symbol !== undefined) symbols.set(symbol, address(start!));
};

/** The words that identify each linker's map, and its reader. */
const LINKERS: readonly { readonly mark: RegExp; reader(): LineReader }[] = [
  { mark: /^(?:Linker script and memory map|Memory Configuration)/m, reader: gnuReader },
  { mark: /^[ \t]*VMA[ \t]+LMA[ \t]+Size[ \t]+Align[ \t]+Out[ \t]+In[ \t]+Symbol/m, reader: () => readLldLine },
  { mark: /^(?:Memory Map of the image|Image Symbol Table)/m, reader: () => readArmLine },
];

/** Sections that are for tools, and not in the device's memory. */
const FOR_TOOLS = /^\.(?:debug|comment|ARM\.attributes|note|stab|symtab|strtab|shstrtab|riscv\.attributes)/;

export const isLinkerMap = (text: string): boolean => LINKERS.some(({ mark }) => mark.test(text));

/** Longer lines have no name that a methods table could have. */
const MAXIMUM_LINE = 4096;

/** Reads a linker's map. @throws BadImageError where the text is not one */
export function readLinkerMap(text: string, reading = 'a linker map'): LinkerMap {
  const linker = LINKERS.find(({ mark }) => mark.test(text));
  if (linker === undefined)
    throw new BadImageError({ code: 'NOT_A_LINKER_MAP', offset: 0, reading, message: 'It is not a map of GNU ld, lld or armlink' });
  const contents = new MapContents();
  const read = linker.reader();
  for (const line of text.split('\n')) if (line.length <= MAXIMUM_LINE) read(line.trimEnd(), contents);
  const inMemory = ({ name, size, address: start }: MappedSection): boolean =>
    size > 0 && !FOR_TOOLS.test(name) && (start !== 0 || contents.regions.some(({ origin }) => origin === 0));
  return { ...contents, sections: contents.sections.filter(inMemory) };
}

/** `Struct::Method` of a symbol: of a decorated C++ name (`_ZN1A1BE…`), or of one in C++ with parameters. */
export function plainSymbol(symbol: string): string {
  const nested = /^_ZN[KVr]*((?:\d+[A-Za-z_]\w*)+)/.exec(symbol)?.[1];
  if (nested === undefined) return symbol.replace(/\(.*$/, '');
  const parts: string[] = [];
  for (let at = 0; at < nested.length; ) {
    const digits = /^\d+/.exec(nested.slice(at))?.[0];
    if (digits === undefined) break;
    parts.push(nested.slice(at + digits.length, at + digits.length + Number(digits)));
    at += digits.length + Number(digits);
  }
  return parts.join('::');
}
