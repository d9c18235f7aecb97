import { Metadata } from '@ijw/metadata';
import { type DirectoryName, directoryNames, PEImage, readCliHeader } from '@ijw/pe';
import type { Random } from '../random.ts';

/** Bytes of an image that are numbers, one after another. */
interface Region {
  readonly start: number;
  readonly length: number;
  readonly width: 1 | 2 | 4;
}

/** Of a directory or a stream as much is changed; what lies further behind is like it. */
const LONGEST = 0x400;

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function headerRegions(image: PEImage): readonly Region[] {
  const optional = image.signatureOffset + 24;
  const directories = optional + (image.is64Bit ? 112 : 96);
  const sections = optional + image.coffHeader.sizeOfOptionalHeader;
  return [
    { start: 0x3c, length: 4, width: 4 },
    { start: optional - 24, length: 24, width: 2 },
    { start: optional, length: directories - optional, width: 4 },
    { start: directories, length: 128, width: 4 },
    { start: sections, length: 40 * image.sections.length, width: 4 },
  ];
}

function directoryRegion(image: PEImage, name: DirectoryName): Region | undefined {
  const directory = attempt(() => image.directory(name));
  const start = directory && (name === 'security' ? directory.rva : image.rvaToOffset(directory.rva));
  return start === undefined || directory === undefined ? undefined : { start, length: Math.min(LONGEST, directory.size), width: 4 };
}

function metadataRegions(image: PEImage): readonly Region[] {
  const header = attempt(() => readCliHeader(image));
  const metadata = attempt(() => Metadata.of(image));
  const root = header && image.rvaToOffset(header.metaData.rva);
  if (metadata === undefined || root === undefined) return [];
  const streams = metadata.root.streams.map(
    ({ name, offset, size }): Region => ({ start: root + offset, length: Math.min(size, 4 * LONGEST), width: name === '#~' ? 2 : 1 }),
  );
  return [{ start: root, length: 128, width: 4 }, ...streams];
}

/** Where the structures of an image are, by our own readers as far as they get. */
function regionsOf(bytes: Uint8Array): readonly Region[] {
  const image = attempt(() => PEImage.parse(bytes));
  if (image === undefined) return [];
  const directories = directoryNames.map((name) => directoryRegion(image, name)).filter((region) => region !== undefined);
  const fixups = attempt(() => readCliHeader(image)?.vTableFixups);
  const records = fixups && image.rvaToOffset(fixups.rva);
  const more: Region[] = fixups && records !== undefined ? [{ start: records, length: fixups.size, width: 2 }] : [];
  return [...headerRegions(image), ...directories, ...more, ...metadataRegions(image)];
}

const EXTREMES = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff] as const;

function read(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let index = 0; index < width; index++) value += (bytes[at + index] ?? 0) * 2 ** (8 * index);
  return value;
}

function write(bytes: Uint8Array, at: number, width: number, value: number): void {
  for (let index = 0; index < width && at + index < bytes.length; index++) bytes[at + index] = Math.floor(value / 2 ** (8 * index)) & 0xff;
}

const placeIn = ({ start, length, width }: Region, random: Random): number =>
  start + width * random(Math.max(1, Math.floor(length / width)));

/** A few numbers of an image changed where its structures have them: to extremes, to others of the same structure, by a little. `from` is where the image begins. */
export function mutateImage(input: Uint8Array, from: number, random: Random): Uint8Array {
  const copy = input.slice();
  const bytes = copy.subarray(from);
  const regions = regionsOf(bytes);
  for (let left = 1 << random(3); left > 0 && regions.length > 0; left--) {
    const region = regions[random(regions.length)];
    if (region === undefined) continue;
    const { width } = region;
    const at = placeIn(region, random);
    const old = read(bytes, at, width);
    const values = [
      EXTREMES[random(EXTREMES.length)] ?? 0,
      read(bytes, placeIn(region, random), width),
      old + random(17) - 8,
      bytes.length,
      random(0x100),
      old ^ (1 << random(8 * width)),
    ];
    write(bytes, at, width, values[random(values.length)] ?? 0);
  }
  return copy;
}
