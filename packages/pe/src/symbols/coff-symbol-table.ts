import { BadImageError, ByteReader, ByteWriter, hex, lazyFor } from '@ijw/binary';
import type { FileOffset } from '../address.ts';
import type { PEImage } from '../pe-image.ts';
import { TextBudget } from '../text-budget.ts';
import { type CoffAuxiliary, readAuxiliaries, writeAuxiliary } from './coff-auxiliary.ts';
import { coffString, SYMBOL_SIZE, stringTableOffset, textUpToNul } from './coff-string-table.ts';

/** PE/COFF "Symbol Table": IMAGE_SYMBOL. */
export interface CoffSymbol {
  /** In records from the start of the table, auxiliary ones counted: what other records refer to. */
  readonly index: number;
  readonly name: string;
  readonly value: number;
  /** From 1; 0 undefined, -1 absolute, -2 for debuggers. */
  readonly section: number;
  readonly type: number;
  /** `StorageClass`. */
  readonly storageClass: number;
  readonly auxiliaries: readonly CoffAuxiliary[];
}

export interface CoffSymbolTable {
  readonly offset: FileOffset;
  readonly symbols: readonly CoffSymbol[];
  /** Absent where the file ends behind the symbols. */
  readonly stringTable?: { readonly offset: FileOffset; readonly size: number };
}

const READING = 'the COFF symbol table';
const SHORT_NAME = 8;
const NAME_LIMIT = 0x4000;

/**
 * The symbols that GNU linkers, and old ones of Microsoft, leave in an image; `undefined` if the file has none, and in a dump, where they are
 * not mapped. MinGW writes the table without symbols too, for the string table with its long section names. Throws `BadImageError` when the table is
 * not in the file.
 */
export const readCoffSymbolTable = lazyFor((image: PEImage): CoffSymbolTable | undefined => {
  const { coffHeader, bytes } = image;
  const { pointerToSymbolTable: offset, numberOfSymbols } = coffHeader;
  if (offset === 0 || image.layout === 'mapped') return undefined;
  const end = stringTableOffset(coffHeader);
  if (end > bytes.length) {
    const message = `${numberOfSymbols} symbols end at ${hex(end)}, the file at ${hex(bytes.length)}`;
    throw new BadImageError({ code: 'TRUNCATED', offset: Math.min(offset, bytes.length), reading: READING, message });
  }
  const symbols = readSymbols(image, new ByteReader(bytes.subarray(offset, end), { base: offset, reading: READING }));
  const size = end + 4 <= bytes.length ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(end, true) : undefined;
  return { offset, symbols, ...(size !== undefined && { stringTable: { offset: end, size } }) };
});

function readSymbols(image: PEImage, reader: ByteReader): CoffSymbol[] {
  const budget = new TextBudget(image.bytes.length, READING);
  const nameOf = (field: Uint8Array): string => symbolName(image, reader, field, budget);
  const symbols: CoffSymbol[] = [];
  image.diagnostics.attempt(() => {
    while (reader.remaining >= SYMBOL_SIZE) {
      const index = reader.position / SYMBOL_SIZE;
      const name = nameOf(reader.view(SHORT_NAME));
      const symbol = { value: reader.u32(), section: reader.i16(), type: reader.u16(), storageClass: reader.u8() };
      const auxiliaries = readAuxiliaries(reader.view(reader.u8() * SYMBOL_SIZE), symbol, SYMBOL_SIZE, nameOf);
      symbols.push({ index, name, ...symbol, auxiliaries });
    }
  });
  return symbols;
}

/** PE/COFF "Symbol Name Representation": as many bytes as the field has, or four zeros and an offset into the string table. */
function symbolName({ bytes, coffHeader }: PEImage, reader: ByteReader, field: Uint8Array, budget: TextBudget): string {
  const view = new DataView(field.buffer, field.byteOffset);
  if (view.getUint32(0, true) !== 0) return textUpToNul(field);
  const offset = view.getUint32(4, true);
  if (offset === 0) return '';
  const name = coffString(bytes, coffHeader, offset, NAME_LIMIT);
  if (name === undefined) throw reader.error('BAD_SYMBOL_NAME', `A name at ${offset} of the string table is beyond the file`);
  budget.spend(name.length, 0);
  return name;
}

export type CoffSymbolInput = Omit<CoffSymbol, 'index'>;

export interface WrittenSymbolTable {
  /** The symbols and, behind them, the string table. */
  readonly bytes: Uint8Array;
  /** For the COFF header: records, auxiliary ones counted. */
  readonly numberOfSymbols: number;
}

/** The twin. Names of more than eight bytes go to the string table. */
export function writeCoffSymbolTable(symbols: readonly CoffSymbolInput[]): WrittenSymbolTable {
  const table = new ByteWriter();
  const strings = new ByteWriter().u32(0);
  for (const { name, value, section, type, storageClass, auxiliaries } of symbols) {
    const encoded = new TextEncoder().encode(name);
    if (encoded.length > SHORT_NAME) {
      table.u32(0).u32(strings.length);
      strings.bytes(encoded).u8(0);
    } else table.bytes(encoded).fill(SHORT_NAME - encoded.length);
    const records = new ByteWriter();
    for (const auxiliary of auxiliaries) records.bytes(writeAuxiliary(auxiliary, SYMBOL_SIZE));
    table
      .u32(value)
      .u16(section & 0xffff)
      .u16(type)
      .u8(storageClass)
      .u8(records.length / SYMBOL_SIZE);
    table.bytes(records.toBytes());
  }
  strings.patchU32(0, strings.length);
  return { bytes: table.bytes(strings.toBytes()).toBytes(), numberOfSymbols: (table.length - strings.length) / SYMBOL_SIZE };
}
