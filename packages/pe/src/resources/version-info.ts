import { ByteReader, ByteWriter } from '@ijw/binary';
import * as parsers from '../generated/structure-parsers.ts';
import { type StructureOf, structure } from '../structure.ts';

/** VS_FIXEDFILEINFO of verrsrc.h. */
export const fixedInfoLayout = structure(
  {
    signature: 'u32',
    structureVersion: 'u32',
    fileVersionHigh: 'u32',
    fileVersionLow: 'u32',
    productVersionHigh: 'u32',
    productVersionLow: 'u32',
    fileFlagsMask: 'u32',
    fileFlags: 'u32',
    fileOs: 'u32',
    fileType: 'u32',
    fileSubtype: 'u32',
    fileDateHigh: 'u32',
    fileDateLow: 'u32',
  },
  parsers.fixedInfo,
);

const FIXED_SIGNATURE = 0xfeef04bd;
const KEY = 'VS_VERSION_INFO';

export interface FixedFileInfo {
  /** Four numbers with points between. */
  readonly fileVersion: string;
  readonly productVersion: string;
  readonly fileFlagsMask: number;
  /** VS_FF_*. */
  readonly fileFlags: number;
  /** VOS_*. */
  readonly fileOs: number;
  /** VFT_*. */
  readonly fileType: number;
  readonly fileSubtype: number;
}

/** The strings of one language and code page. */
export interface VersionStringTable {
  /** Eight hexadecimal digits: language, code page. */
  readonly language: string;
  readonly strings: readonly { readonly name: string; readonly value: string }[];
}

export interface VersionInfo {
  readonly fixed?: FixedFileInfo;
  readonly stringTables: readonly VersionStringTable[];
  /** VarFileInfo\Translation: the languages that the module is for. */
  readonly translations: readonly { readonly language: number; readonly codePage: number }[];
}

/** "Version Information Structures" of the Windows SDK: every one has a length, a key, a value and children, aligned to 4 bytes. */
interface Block {
  readonly key: string;
  /** As long as ValueLength says. */
  readonly value: ByteReader;
  /** What follows the value. */
  readonly children: ByteReader;
  /** The bytes after the key, without regard to ValueLength: some tools write one that is too small, or one that is not 0 for an absent value. */
  readonly content: ByteReader;
}

const align = (reader: ByteReader): void => reader.skip(Math.min(reader.remaining, (4 - (reader.position % 4)) % 4));

function utf16z(reader: ByteReader): string {
  const start = reader.position;
  while (reader.remaining >= 2 && reader.u16() !== 0);
  const end = reader.position;
  reader.position = start;
  const text = reader.utf16(end - start);
  return text.endsWith('\0') ? text.slice(0, -1) : text;
}

/** A block and, behind it, where the next one begins. A text's ValueLength counts characters, and some tools counted bytes. */
function readBlock(reader: ByteReader): Block {
  const start = reader.position;
  const length = reader.u16();
  const valueLength = reader.u16();
  const isText = reader.u16() === 1;
  if (length < 6) throw reader.error('BAD_VERSION_BLOCK', `A block of ${length} bytes cannot hold its own header`, start);
  reader.position = start;
  const block = reader.slice(Math.min(length, reader.remaining));
  align(reader);
  block.position = 6;
  const key = utf16z(block);
  align(block);
  const at = block.position;
  const content = block.slice(block.remaining);
  block.position = at;
  const value = block.slice(Math.min(isText ? valueLength * 2 : valueLength, block.remaining));
  align(block);
  return { key, value, children: block.slice(block.remaining), content };
}

function* blocks(reader: ByteReader): Generator<Block> {
  while (reader.remaining >= 6) {
    const before = reader.position;
    if (reader.u16() === 0) return;
    reader.position = before;
    yield readBlock(reader);
  }
}

const version = (high: number, low: number): string => [high >>> 16, high & 0xffff, low >>> 16, low & 0xffff].join('.');

function readFixed(reader: ByteReader): FixedFileInfo | undefined {
  if (reader.length < fixedInfoLayout.size) return undefined;
  const raw = fixedInfoLayout.read(reader);
  if (raw.signature !== FIXED_SIGNATURE) throw reader.error('BAD_VERSION_INFO', 'The fixed file information has no signature', 0);
  const { fileFlagsMask, fileFlags, fileOs, fileType, fileSubtype } = raw;
  return {
    fileVersion: version(raw.fileVersionHigh, raw.fileVersionLow),
    productVersion: version(raw.productVersionHigh, raw.productVersionLow),
    fileFlagsMask,
    fileFlags,
    fileOs,
    fileType,
    fileSubtype,
  };
}

const readStringTable = ({ key, content }: Block): VersionStringTable => ({
  language: key,
  strings: [...blocks(content)].map((block) => ({ name: block.key, value: utf16z(block.content) })),
});

function readTranslations({ content }: Block): { language: number; codePage: number }[] {
  const translations: { language: number; codePage: number }[] = [];
  for (const { key, value } of blocks(content)) {
    if (key !== 'Translation') continue;
    while (value.remaining >= 4) translations.push({ language: value.u16(), codePage: value.u16() });
  }
  return translations;
}

/** VS_VERSIONINFO: the value of an RT_VERSION resource. Throws `BadImageError`. */
export function decodeVersionInfo(bytes: Uint8Array, base = 0): VersionInfo {
  const reader = new ByteReader(bytes, { base, reading: 'the version information' });
  const root = readBlock(reader);
  if (root.key !== KEY) throw reader.error('BAD_VERSION_INFO', `The block is named "${root.key}", not "${KEY}"`, 0);
  const fixed = readFixed(root.value);
  const stringTables: VersionStringTable[] = [];
  const translations: { language: number; codePage: number }[] = [];
  for (const child of blocks(root.children)) {
    if (child.key === 'StringFileInfo') for (const table of blocks(child.content)) stringTables.push(readStringTable(table));
    if (child.key === 'VarFileInfo') for (const translation of readTranslations(child)) translations.push(translation);
  }
  return { ...(fixed && { fixed }), stringTables, translations };
}

function writeBlock(key: string, isText: boolean, value: Uint8Array, children: readonly Uint8Array[]): Uint8Array {
  const writer = new ByteWriter();
  writer
    .u16(0)
    .u16(isText ? value.length / 2 : value.length)
    .u16(isText ? 1 : 0);
  writer.utf16(`${key}\0`).align(4).bytes(value);
  for (const child of children) writer.align(4).bytes(child);
  const bytes = writer.toBytes();
  new DataView(bytes.buffer).setUint16(0, bytes.length, true);
  return bytes;
}

const NOTHING = new Uint8Array(0);

function packVersion(text: string): [number, number] {
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
  return [((a << 16) | b) >>> 0, ((c << 16) | d) >>> 0];
}

function writeFixed(fixed: FixedFileInfo): Uint8Array {
  const [fileVersionHigh, fileVersionLow] = packVersion(fixed.fileVersion);
  const [productVersionHigh, productVersionLow] = packVersion(fixed.productVersion);
  const raw: StructureOf<typeof fixedInfoLayout> = {
    signature: FIXED_SIGNATURE,
    structureVersion: 0x10000,
    fileVersionHigh,
    fileVersionLow,
    productVersionHigh,
    productVersionLow,
    fileFlagsMask: fixed.fileFlagsMask,
    fileFlags: fixed.fileFlags,
    fileOs: fixed.fileOs,
    fileType: fixed.fileType,
    fileSubtype: fixed.fileSubtype,
    fileDateHigh: 0,
    fileDateLow: 0,
  };
  const writer = new ByteWriter();
  fixedInfoLayout.write(writer, raw);
  return writer.toBytes();
}

/** The twin of `decodeVersionInfo`. */
export function encodeVersionInfo(info: VersionInfo): Uint8Array {
  const text = (value: string): Uint8Array => new ByteWriter().utf16(`${value}\0`).toBytes();
  const children: Uint8Array[] = [];
  if (info.stringTables.length > 0) {
    const tables = info.stringTables.map(({ language, strings }) =>
      writeBlock(
        language,
        true,
        NOTHING,
        strings.map(({ name, value }) => writeBlock(name, true, text(value), [])),
      ),
    );
    children.push(writeBlock('StringFileInfo', true, NOTHING, tables));
  }
  if (info.translations.length > 0) {
    const writer = new ByteWriter();
    for (const { language, codePage } of info.translations) writer.u16(language).u16(codePage);
    children.push(writeBlock('VarFileInfo', true, NOTHING, [writeBlock('Translation', false, writer.toBytes(), [])]));
  }
  return writeBlock(KEY, false, info.fixed === undefined ? NOTHING : writeFixed(info.fixed), children);
}
