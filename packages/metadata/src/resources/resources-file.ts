import { type BadImageError, ByteReader, hex } from '@ijw/binary';
import { readUtf8 } from '../attributes/serialized-string.ts';
import { FIRST_USER_TYPE, type ResourceTypeName, ResourceValueType, resourceTypeName, versionOneTypes } from './resource-type.ts';
import { type ResourceValue, read7BitEncodedInt, readResourceValue } from './resource-value.ts';

/** One entry of a `.resources` file, without its value. */
export interface ResourceEntry {
  readonly name: string;
  /** Where the value with its type code starts and ends, from the start of the file. The end is where the next value starts. */
  readonly start: number;
  readonly end: number;
}

/** A `.resources` file (runtime: System.Resources.ResourceReader, ResourceWriter). Entries are in the file's order, which is by hash of the name. */
export interface ResourcesFile {
  readonly bytes: Uint8Array;
  /** Absolute file offset of `bytes`, for errors. */
  readonly base: number;
  readonly version: 1 | 2;
  /** Assembly-qualified names of the classes that are to read the file. */
  readonly readerType: string;
  readonly resourceSetType: string;
  /** The types of values that are not built in; with version 1 of all values. */
  readonly typeNames: readonly string[];
  readonly entries: readonly ResourceEntry[];
}

/** `ResourceManager.MagicNumber`. */
export const RESOURCES_MAGIC = 0xbeefcace;

/** No writer lets entries share a value; a tool might, but not to multiply the size of the file. */
const SHARING = 8;

const READING = 'a .resources file';

/** Whether bytes start as a `.resources` file does. */
export const isResourcesFile = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === RESOURCES_MAGIC;

const prefixed = (reader: ByteReader): string => readUtf8(reader, read7BitEncodedInt(reader));

/** The header that `ResourceManager` reads. Its later versions may be longer; their length says how far to skip. */
function readManagerHeader(reader: ByteReader): Pick<ResourcesFile, 'readerType' | 'resourceSetType'> {
  const magic = reader.u32();
  if (magic !== RESOURCES_MAGIC) throw reader.error('NOT_RESOURCES', 'The file does not start with the magic number of resources', 0);
  const headerVersion = reader.u32();
  const length = reader.u32();
  if (headerVersion === 0) throw reader.error('BAD_RESOURCES_VERSION', 'Version 0 of the header does not exist', 4);
  if (headerVersion > 1) {
    reader.skip(length);
    return { readerType: '', resourceSetType: '' };
  }
  return { readerType: prefixed(reader), resourceSetType: prefixed(reader) };
}

/** Debug builds of .NET's writer put this before the rest. */
const DEBUG_MARK = '***DEBUG***';

function readVersion(reader: ByteReader): 1 | 2 {
  const version = reader.u32();
  if (version !== 1 && version !== 2)
    throw reader.error('BAD_RESOURCES_VERSION', `Version ${version} is neither 1 nor 2`, reader.position - 4);
  const start = reader.position;
  if (version === 2 && reader.peek() === DEBUG_MARK.length && prefixed(reader) !== DEBUG_MARK) reader.position = start;
  return version;
}

/** UTF-16 units that become text at a time. */
const UNITS = 1024;

/** Unpaired surrogates are kept, as .NET keeps them. */
function utf16(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += UNITS * 2) {
    const piece = bytes.subarray(start, start + UNITS * 2);
    text += String.fromCharCode(
      ...Array.from({ length: piece.length / 2 }, (_, index) => piece[index * 2]! | (piece[index * 2 + 1]! << 8)),
    );
  }
  return text;
}

function readNameAt(reader: ByteReader, position: number): { name: string; offset: number } {
  reader.position = position;
  const length = read7BitEncodedInt(reader);
  if (length < 0 || length % 2 !== 0)
    throw reader.error('BAD_RESOURCE_NAME', `A name of ${length} bytes is not UTF-16: its length must be even`, position);
  const end = reader.take(length) + length;
  return { name: utf16(reader.bytes.subarray(end - length, end)), offset: reader.u32() };
}

/** Names do not overlap in a file that a writer made, so their total length is at most that of the file. */
function readNames(reader: ByteReader, positions: readonly number[], nameSection: number): { name: string; offset: number }[] {
  let characters = 0;
  return positions.map((position) => {
    const read = readNameAt(reader, nameSection + position);
    characters += read.name.length;
    if (characters * 2 > reader.length) throw reader.error('RESOURCE_NAMES_OVERLAP', 'The names of the resources overlap');
    return read;
  });
}

function locate(reader: ByteReader, names: readonly { name: string; offset: number }[], dataSection: number): ResourceEntry[] {
  const starts = [...new Set(names.map(({ offset }) => dataSection + offset))].sort((a, b) => a - b);
  const ends = new Map(starts.map((start, index) => [start, starts[index + 1] ?? reader.length]));
  let total = 0;
  return names.map(({ name, offset }) => {
    const start = dataSection + offset;
    if (start >= reader.length) throw badStart(reader, name);
    const end = Math.min(ends.get(start)!, reader.length);
    total += end - start;
    if (total > reader.length * SHARING) throw reader.error('RESOURCE_VALUES_OVERLAP', 'Too many resources share their values');
    return { name, start, end };
  });
}

const badStart = (reader: ByteReader, name: string): BadImageError =>
  reader.error('TRUNCATED', `The value of resource '${name.slice(0, 200)}' is outside the file`, reader.length);

/**
 * Lists a `.resources` file; values are read with `readResource`. `base` is the file offset of the bytes, for errors. Throws `BadImageError`.
 */
export function readResourcesFile(bytes: Uint8Array, base = 0): ResourcesFile {
  const reader = new ByteReader(bytes, { base, reading: READING });
  const types = readManagerHeader(reader);
  const version = readVersion(reader);
  const entryCount = reader.u32();
  const typeCount = reader.count(reader.u32(), 1);
  const typeNames: string[] = [];
  for (let index = 0; index < typeCount; index++) typeNames.push(prefixed(reader));
  reader.align(8);
  // A hash and a position each.
  reader.count(entryCount, 8);
  reader.skip(entryCount * 4);
  const positions: number[] = [];
  for (let index = 0; index < entryCount; index++) positions.push(reader.u32());
  const dataSection = reader.u32();
  const names = readNames(reader, positions, reader.position);
  return { bytes, base, version, ...types, typeNames, entries: locate(reader, names, dataSection) };
}

/** Version 1 counts into the list of types; plain types are known by their names, the index -1 is null. */
function versionOneCode(file: ResourcesFile, index: number): number {
  if (index === -1) return ResourceValueType.null;
  const plain = versionOneTypes.get(file.typeNames[index]?.split(',', 1)[0] ?? '');
  return plain ? ResourceValueType[plain] : FIRST_USER_TYPE + index;
}

function entryReader(file: ResourcesFile, { start, end }: ResourceEntry): { reader: ByteReader; code: number } {
  const reader = new ByteReader(file.bytes.subarray(start, end), { base: file.base + start, reading: 'the value of a resource' });
  const raw = read7BitEncodedInt(reader);
  const code = file.version === 1 ? versionOneCode(file, raw) : raw;
  const user = code - FIRST_USER_TYPE;
  if (user >= file.typeNames.length) throw reader.error('BAD_RESOURCE_TYPE', `The file has no type ${user}`, 0);
  return { reader, code };
}

/** The value of an entry. Throws `BadImageError`. */
export function readResource(file: ResourcesFile, entry: ResourceEntry): ResourceValue {
  const { reader, code } = entryReader(file, entry);
  return readResourceValue(reader, code);
}

/** The type of an entry: a built-in one by name, or the assembly-qualified name of another. Throws `BadImageError`. */
export function resourceEntryType(file: ResourcesFile, entry: ResourceEntry): ResourceTypeName | (string & {}) {
  const { reader, code } = entryReader(file, entry);
  const name = code >= FIRST_USER_TYPE ? file.typeNames[code - FIRST_USER_TYPE] : resourceTypeName(code);
  if (name === undefined) throw reader.error('BAD_RESOURCE_TYPE', `${hex(code)} is not a type of a resource`, 0);
  return name;
}
