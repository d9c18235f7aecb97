import { ByteWriter } from '@ijw/binary';
import { MSF_MAGIC } from '@ijw/symbols';

/** What a PDB for tests has: one module, one section at RVA 0x1000. */
export interface PdbInput {
  readonly procedures: readonly { readonly name: string; readonly offset: number; readonly size: number; readonly token?: number }[];
  readonly publics: readonly { readonly name: string; readonly offset: number }[];
  readonly lines: readonly { readonly offset: number; readonly line: number }[];
  readonly source: string;
  readonly age: number;
}

const BLOCK = 512;

/** A record: its length counts what follows it, padding to four bytes too. */
function record(kind: number, body: ByteWriter): Uint8Array {
  const content = new ByteWriter().u16(kind).bytes(body.toBytes());
  while ((content.length + 2) % 4 !== 0) content.u8(0);
  return new ByteWriter().u16(content.length).bytes(content.toBytes()).toBytes();
}

function procedure({ name, offset, size, token }: PdbInput['procedures'][number]): Uint8Array {
  const body = new ByteWriter()
    .u32(0)
    .u32(0)
    .u32(0)
    .u32(size)
    .u32(0)
    .u32(size)
    .u32(token ?? 0x1001)
    .u32(offset)
    .u16(1)
    .u8(0);
  return token === undefined ? record(0x1110, body.cstring(name)) : record(0x112a, body.u16(0).cstring(name));
}

function linesOf({ lines, source }: PdbInput): { readonly subsections: Uint8Array; readonly names: Uint8Array } {
  const names = new ByteWriter().u8(0).cstring(source).toBytes();
  const block = new ByteWriter()
    .u32(0)
    .u16(1)
    .u16(0)
    .u32(0x100)
    .u32(0)
    .u32(lines.length)
    .u32(12 + lines.length * 8);
  for (const { offset, line } of lines) block.u32(offset).u32((line | 0x80000000) >>> 0);
  const files = new ByteWriter().u32(1).u8(0).u8(0).align(4);
  const writer = new ByteWriter().u32(0xf4).u32(files.length).bytes(files.toBytes());
  writer.u32(0xf2).u32(block.length).bytes(block.toBytes());
  return { subsections: writer.toBytes(), names: new ByteWriter().u32(0xeffeeffe).u32(1).u32(names.length).bytes(names).toBytes() };
}

function infoStream(age: number): Uint8Array {
  const names = new ByteWriter().cstring('/names').toBytes();
  const guid = Uint8Array.from({ length: 16 }, (_, index) => index);
  const writer = new ByteWriter().u32(20000404).u32(0).u32(age).bytes(guid).u32(names.length).bytes(names);
  return writer.u32(1).u32(4).u32(1).u32(1).u32(0).u32(0).u32(7).toBytes();
}

function dbiStream(age: number, symbolSize: number, lineSize: number): Uint8Array {
  const module = new ByteWriter()
    .u32(0)
    .fill(28)
    .u16(0)
    .u16(6)
    .u32(symbolSize)
    .u32(0)
    .u32(lineSize)
    .fill(16)
    .cstring('a.obj')
    .cstring('a.obj')
    .align(4);
  const writer = new ByteWriter().u32(0xffffffff).u32(19990903).u32(age).u16(0xffff).u16(0).u16(0xffff).u16(0).u16(4).u16(0);
  writer.u32(module.length).u32(0).u32(0).u32(0).u32(0).u32(0).u32(12).u32(0).u16(0).u16(0x8664).u32(0).bytes(module.toBytes());
  for (let index = 0; index < 5; index++) writer.u16(0xffff);
  return writer.u16(5).toBytes();
}

/** Streams in blocks, one after the other; the directory and its map come last. */
function msf(streams: readonly Uint8Array[]): Uint8Array {
  const writer = new ByteWriter();
  for (const character of MSF_MAGIC) writer.u8(character.charCodeAt(0));
  const directory = new ByteWriter().u32(streams.length);
  for (const { length } of streams) directory.u32(length);
  let block = 3;
  const place = (length: number): number[] => Array.from({ length: Math.ceil(length / BLOCK) }, () => block++);
  for (const { length } of streams) for (const number of place(length)) directory.u32(number);
  const ofDirectory = place(directory.length);
  const [map] = place(4 * ofDirectory.length);
  writer
    .u32(BLOCK)
    .u32(1)
    .u32(block)
    .u32(directory.length)
    .u32(0)
    .u32(map ?? 0);
  writer.fill(3 * BLOCK - writer.length);
  const add = (bytes: Uint8Array): void => void writer.bytes(bytes).fill((BLOCK - (bytes.length % BLOCK)) % BLOCK);
  for (const stream of streams) add(stream);
  add(directory.toBytes());
  const numbers = new ByteWriter();
  for (const number of ofDirectory) numbers.u32(number);
  add(numbers.toBytes());
  return writer.toBytes();
}

/** A Windows PDB. */
export function buildPdb(input: PdbInput): Uint8Array {
  const symbols = new ByteWriter().u32(4);
  for (const each of input.procedures) symbols.bytes(procedure(each));
  const publics = new ByteWriter();
  for (const { name, offset } of input.publics) publics.bytes(record(0x110e, new ByteWriter().u32(2).u32(offset).u16(1).cstring(name)));
  const { subsections, names } = linesOf(input);
  const section = new ByteWriter().fill(8).u32(0x1000).u32(0x1000).fill(24).toBytes();
  const module = new ByteWriter().bytes(symbols.toBytes()).bytes(subsections).toBytes();
  const nothing = new Uint8Array(0);
  return msf([
    nothing,
    infoStream(input.age),
    nothing,
    dbiStream(input.age, symbols.length, subsections.length),
    publics.toBytes(),
    section,
    module,
    names,
  ]);
}
