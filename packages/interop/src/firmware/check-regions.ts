import { hex } from '@ijw/binary';
import type { LinkerMap } from './linker-map.ts';
import { contains, endOf, type MemoryRegion, overlap, regionText } from './memory-region.ts';
import type { StubMismatch } from './source-table.ts';

/** A region, and how many of its bytes from the image's base on are used. */
export interface UsedRegion extends MemoryRegion {
  readonly used: number;
}

/** Where an image lies in memory. */
interface ImagePlace {
  readonly base: number;
  readonly size: number;
}

/** The sources of regions: a linker map, and scatter files. */
interface RegionFiles {
  readonly map?: LinkerMap;
  readonly scatter?: readonly (readonly MemoryRegion[])[];
}

/** The most regions that are compared with each other; a device has few. */
const MAXIMUM_REGIONS = 64;

/** Compares an image with the regions of the scatter files, or without those with the map's. */
export function checkRegions(
  { map, scatter }: RegionFiles,
  image: ImagePlace | undefined,
): { readonly region: UsedRegion | undefined; readonly mismatches: readonly StubMismatch[] } {
  const regions = scatter?.flat() ?? map?.regions ?? [];
  const home = image && regions.find((candidate) => contains(candidate, image.base));
  const region = image && home && { ...home, used: usedBytes(image, map, home) };
  return {
    region,
    mismatches: [
      ...(image === undefined ? [] : placeMismatches(image, regions, region)),
      ...overlaps(regions),
      ...(scatter === undefined || map === undefined ? [] : otherRegions(map.regions, regions)),
    ],
  };
}

function placeMismatches({ base }: ImagePlace, regions: readonly MemoryRegion[], region: UsedRegion | undefined): readonly StubMismatch[] {
  if (region === undefined) {
    const found = regions.map((one) => `${one.name} (${regionText(one)})`).join(', ');
    return regions.length === 0 ? [] : [{ place: 'region', expected: `a region with ${hex(base)}`, found }];
  }
  const free = endOf(region) - base;
  if (region.length === undefined || region.used <= free) return [];
  const expected = `at most ${free} bytes from ${hex(base)} on`;
  return [{ place: `size of ${region.name}`, expected, found: `${region.used} bytes, ${region.used - free} too many` }];
}

const overlaps = (regions: readonly MemoryRegion[]): readonly StubMismatch[] =>
  regions.slice(0, MAXIMUM_REGIONS).flatMap((one, index) =>
    regions
      .slice(index + 1, MAXIMUM_REGIONS)
      .filter((other) => overlap(one, other))
      .map((other) => ({
        place: `regions ${one.name} and ${other.name}`,
        expected: 'no overlap',
        found: `${regionText(one)}, ${regionText(other)}`,
      })),
  );

/** Regions of a map whose name a scatter file has for another range: the map was linked with another file. */
const otherRegions = (linked: readonly MemoryRegion[], written: readonly MemoryRegion[]): readonly StubMismatch[] =>
  linked.flatMap((region) => {
    const named = written.filter(({ name }) => name === region.name);
    if (named.length === 0 || named.some(({ origin, length }) => origin === region.origin && length === region.length)) return [];
    const place = `region ${region.name} of the linker map`;
    return [{ place, expected: named.map(regionText).join(' or '), found: regionText(region) }];
  });

/** The image as the map has it: `objcopy` writes from the lowest address on. */
export function imageOfMap(map: LinkerMap | undefined): ImagePlace | undefined {
  const [first] = map?.sections.toSorted((a, b) => a.address - b.address) ?? [];
  if (map === undefined || first === undefined) return undefined;
  const region = map.regions.find((candidate) => contains(candidate, first.address));
  return { base: first.address, size: usedBytes({ base: first.address, size: first.size }, map, region) };
}

/** Bytes from the base to the end of the last section in the region, those without content in the file among them. */
function usedBytes(image: ImagePlace, map: LinkerMap | undefined, region: MemoryRegion | undefined): number {
  let end = image.base + image.size;
  for (const { address, size } of map?.sections ?? [])
    if (address >= image.base && (region === undefined || contains(region, address))) end = Math.max(end, address + size);
  return end - image.base;
}
