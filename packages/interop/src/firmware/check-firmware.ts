import { hex } from '@ijw/binary';
import { basesByName, FirmwareImage } from './firmware-image.ts';
import { type LinkerMap, plainSymbol } from './linker-map.ts';
import { endOf, type MemoryRegion, overlap, regionText } from './memory-region.ts';
import { addedBySlot, type ExpectedTable, explainSlots } from './slot-changes.ts';
import { checksumText, compareMethodsTables, type SourceTable, type StubMismatch } from './source-table.ts';

/** A system's methods table, and how its definition object is called in C++. */
export interface FirmwareTable extends ExpectedTable {
  /** `Interop_<Assembly>`, `g_CLR_AssemblyNative_<Assembly>`. */
  readonly definition: string;
}

/** What of a firmware is held against an assembly; each part may be missing. */
export interface FirmwareFiles {
  readonly map?: LinkerMap;
  readonly binary?: Uint8Array;
  /** The regions of each scatter file. */
  readonly scatter?: readonly (readonly MemoryRegion[])[];
  /** Where the binary is loaded, when that is said. */
  readonly base?: number;
}

/** Where things are, and what does not fit. */
export interface FirmwareReport {
  /** What `Interop.Add` is called with. */
  readonly definition: { readonly symbol: string; readonly address: number } | undefined;
  readonly image: { readonly base: number; readonly size: number } | undefined;
  /** The region that the image lies in, and what it leaves. */
  readonly region: (MemoryRegion & { readonly used: number }) | undefined;
  readonly mismatches: readonly StubMismatch[];
}

/** Holds a linker map, a raw binary and scatter files against the methods table of an assembly. */
export function checkFirmware(table: FirmwareTable, files: FirmwareFiles): FirmwareReport {
  const mismatches: StubMismatch[] = [];
  const symbolAddress = files.map === undefined ? undefined : definitionAddress(files.map, table.definition);
  if (files.map !== undefined && symbolAddress === undefined)
    mismatches.push({
      place: 'linker map',
      expected: `the symbol ${table.definition}`,
      found: otherDefinitions(files.map, table.definition),
    });
  if (files.map !== undefined) mismatches.push(...missingNatives(table, files.map));
  const found = files.binary === undefined ? undefined : findTable(table, files.binary, files, symbolAddress);
  const address = symbolAddress ?? found?.address;
  if (found !== undefined) mismatches.push(...compareWithCauses(table, found.table, true).filter(({ place }) => place !== 'length'));
  else if (files.binary !== undefined)
    mismatches.push({ place: 'binary', expected: `the definition of ${table.assembly}`, found: 'nothing that could be one' });
  const image = found && files.binary ? { base: found.base, size: files.binary.length } : imageOfMap(files.map);
  const regions = regionsOf(files);
  const region =
    image &&
    regions.find(
      (candidate) =>
        image.base >= candidate.origin && image.base < (candidate.length === undefined ? Number.MAX_SAFE_INTEGER : endOf(candidate)),
    );
  const used = image && usedBytes(image, files.map, region);
  mismatches.push(...regionMismatches(files, regions, image, region, used));
  return {
    definition: address === undefined ? undefined : { symbol: table.definition, address },
    image,
    region: region && { ...region, used: used ?? 0 },
    mismatches,
  };
}

/** The differences of two tables, with what happened to the assembly since. `openEnded`: where the table ends is not known, as in a binary. */
export function compareWithCauses(expected: ExpectedTable, found: SourceTable, openEnded = false): readonly StubMismatch[] {
  const mismatches = compareMethodsTables(expected, found);
  const { bySlot, causes } = explainSlots(expected, found, openEnded);
  return mismatches.map((mismatch) => {
    const explanation =
      typeof mismatch.place === 'number'
        ? bySlot.get(mismatch.place)
        : causes.length > 0 && mismatch.place !== 'assembly'
          ? causes.join(' and ')
          : undefined;
    return explanation === undefined ? mismatch : { ...mismatch, explanation };
  });
}

/** A data symbol: C++ gives it its plain name. */
const definitionAddress = ({ symbols }: LinkerMap, definition: string): number | undefined =>
  symbols.get(definition) ?? symbols.get(`_${definition}`);

function otherDefinitions({ symbols }: LinkerMap, definition: string): string {
  const prefix = /^[A-Za-z_]*?_/.exec(definition)?.[0] ?? definition;
  const others = [...symbols.keys()].filter((symbol) => symbol.startsWith(prefix) && !/[:(]/.test(symbol));
  return others.length === 0 ? 'nothing' : others.slice(0, 5).join(', ');
}

/** Natives of the assembly that were not linked. A map that names none of them lists no functions. */
function missingNatives(table: FirmwareTable, { symbols }: LinkerMap): readonly StubMismatch[] {
  const linked = new Set([...symbols.keys()].map(plainSymbol));
  const natives = table.slots.flatMap((slot) => slot ?? []);
  const missing = natives.filter((name) => !linked.has(name));
  return missing.length === natives.length
    ? []
    : missing.map((name) => ({ place: 'linker map', expected: `the symbol ${name}`, found: 'nothing' }));
}

interface FoundTable {
  readonly base: number;
  readonly address: number;
  readonly table: SourceTable;
}

/** The table in a binary, at the first of the likely bases that gives one. */
function findTable(
  table: FirmwareTable,
  bytes: Uint8Array,
  files: FirmwareFiles,
  symbolAddress: number | undefined,
): FoundTable | undefined {
  const { map, base } = files;
  const said = base === undefined ? [imageOfMap(map)?.base, ...(files.scatter ?? []).flat().map(({ origin }) => origin)] : [base];
  const bases = said.flatMap((candidate) => candidate ?? []);
  const told = base === undefined ? basesByName(bytes, table.assembly, table.slots.length) : [];
  for (const candidate of new Set([...bases, ...told])) {
    const image = new FirmwareImage(bytes, candidate);
    const address = symbolAddress ?? definitionIn(image, table.assembly);
    const definition = address === undefined ? undefined : image.definitionAt(address);
    if (definition === undefined) continue;
    const handlers = image.handlers(definition.methods, table.slots.length);
    const slots = slotNames(table, handlers, definition.checksum, map);
    return { base: candidate, address: definition.address, table: { assembly: definition.name, checksum: definition.checksum, slots } };
  }
  return undefined;
}

/** The address of a definition with that name, sought word by word. */
function definitionIn(image: FirmwareImage, assembly: string): number | undefined {
  const name = new TextEncoder().encode(assembly);
  for (let address = image.base; address + 12 <= image.end; address += 4) {
    const pointer = image.word(address);
    if (pointer === undefined || !image.hasText(pointer, name)) continue;
    if (image.handlers(image.word(address + 8) ?? 0, 1).length > 0) return address;
  }
  return undefined;
}

/** Names of the handlers: by the map; without one, those of the assembly where the pattern of null pointers, or the checksum, allows it. */
function slotNames(table: FirmwareTable, handlers: readonly number[], checksum: number, map: LinkerMap | undefined): SourceTable['slots'] {
  // Bit 0 of a code address says that the code is Thumb.
  const names = new Map([...(map?.symbols ?? [])].map(([symbol, address]) => [address & ~1, plainSymbol(symbol)]));
  if (handlers.some((handler) => handler !== 0 && names.has(handler & ~1)))
    return handlers.map((handler) =>
      handler === 0 ? undefined : (names.get(handler & ~1) ?? `${hex(handler)}, which the map does not name`),
    );
  const [slot] = table.checksum === checksum ? [] : addedBySlot(table, checksum);
  const assumed = slot === undefined ? table.slots : table.slots.toSpliced(slot, 1);
  return handlers
    .slice(0, assumed.length)
    .map((handler, index) => (handler === 0 ? undefined : (assumed[index] ?? `native code at ${hex(handler)}`)));
}

/** The image as the map has it: `objcopy` writes from the lowest address on. */
function imageOfMap(map: LinkerMap | undefined): FirmwareReport['image'] {
  const [first] = map?.sections.toSorted((a, b) => a.address - b.address) ?? [];
  if (map === undefined || first === undefined) return undefined;
  const region = map.regions.find((candidate) => first.address >= candidate.origin && first.address < endOf(candidate));
  return { base: first.address, size: usedBytes({ base: first.address, size: first.size }, map, region) };
}

/** Bytes from the base to the end of the last section in the region, those without content in the file among them. */
function usedBytes(
  image: { readonly base: number; readonly size: number },
  map: LinkerMap | undefined,
  region: MemoryRegion | undefined,
): number {
  const limit = region?.length === undefined ? Number.MAX_SAFE_INTEGER : endOf(region);
  let end = image.base + image.size;
  for (const { address, size } of map?.sections ?? []) if (address >= image.base && address < limit) end = Math.max(end, address + size);
  return end - image.base;
}

/** The regions of the scatter files; those of the map where there are none. */
const regionsOf = ({ scatter, map }: FirmwareFiles): readonly MemoryRegion[] =>
  scatter === undefined ? (map?.regions ?? []) : scatter.flat();

function regionMismatches(
  { map, scatter }: FirmwareFiles,
  regions: readonly MemoryRegion[],
  image: FirmwareReport['image'],
  region: MemoryRegion | undefined,
  used: number | undefined,
): readonly StubMismatch[] {
  const mismatches: StubMismatch[] = [];
  if (image && regions.length > 0 && region === undefined)
    mismatches.push({
      place: 'region',
      expected: `a region with ${hex(image.base)}`,
      found: regions.map((one) => `${one.name} (${regionText(one)})`).join(', '),
    });
  if (image && region?.length !== undefined && used !== undefined && image.base + used > endOf(region)) {
    const free = endOf(region) - image.base;
    mismatches.push({
      place: `size of ${region.name}`,
      expected: `at most ${free} bytes from ${hex(image.base)} on`,
      found: `${used} bytes, ${used - free} too many`,
    });
  }
  regions.forEach((one, index) => {
    for (const other of regions.slice(index + 1, index + 1 + MAXIMUM_REGIONS))
      if (overlap(one, other))
        mismatches.push({
          place: `regions ${one.name} and ${other.name}`,
          expected: 'no overlap',
          found: `${regionText(one)}, ${regionText(other)}`,
        });
  });
  for (const linked of scatter === undefined ? [] : (map?.regions ?? [])) {
    const written = regions.filter(({ name }) => name === linked.name);
    if (written.length > 0 && !written.some(({ origin, length }) => origin === linked.origin && length === linked.length))
      mismatches.push({
        place: `region ${linked.name} of the linker map`,
        expected: written.map(regionText).join(' or '),
        found: regionText(linked),
      });
  }
  return mismatches;
}

/** A device has a handful; more are not compared with each other. */
const MAXIMUM_REGIONS = 64;

/** What a `.pe` file says of the natives. */
export const compareVendorChecksum = (expected: number, found: number): readonly StubMismatch[] =>
  expected === found ? [] : [{ place: 'checksum of the .pe file', expected: checksumText(expected), found: checksumText(found) }];
