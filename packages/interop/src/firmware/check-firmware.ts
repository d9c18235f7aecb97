import { hex } from '@ijw/binary';
import { checkRegions, imageOfMap, type UsedRegion } from './check-regions.ts';
import { basesByName, FirmwareImage } from './firmware-image.ts';
import { type LinkerMap, plainSymbol } from './linker-map.ts';
import type { MemoryRegion } from './memory-region.ts';
import { addedBySlot, addedMethod, type ExpectedTable, explainSlots } from './slot-changes.ts';
import { checksumText, compareMethodsTables, type SourceTable, type StubMismatch } from './source-table.ts';

/** A system's methods table, and the name of its definition object in C++. */
export interface FirmwareTable extends ExpectedTable {
  /** `Interop_<Assembly>`, `g_CLR_AssemblyNative_<Assembly>`. */
  readonly definition: string;
}

/** The parts of a firmware that are compared with an assembly; each may be missing. */
export interface FirmwareFiles {
  readonly map?: LinkerMap;
  readonly binary?: Uint8Array;
  /** The regions of each scatter file. */
  readonly scatter?: readonly (readonly MemoryRegion[])[];
  /** The load address of the binary, if known. */
  readonly base?: number;
}

/** The addresses, and the differences. */
export interface FirmwareReport {
  /** The argument of `Interop.Add`. */
  readonly definition: { readonly symbol: string; readonly address: number } | undefined;
  readonly image: { readonly base: number; readonly size: number } | undefined;
  /** The region that the image lies in, and what it leaves. */
  readonly region: UsedRegion | undefined;
  readonly mismatches: readonly StubMismatch[];
}

/** Compares a linker map, a raw binary and scatter files with the methods table of an assembly. */
export function checkFirmware(table: FirmwareTable, files: FirmwareFiles): FirmwareReport {
  const { map, binary } = files;
  const symbolAddress = map && definitionAddress(map, table.definition);
  const found = findTable(table, files, symbolAddress);
  const image = found && binary ? { base: found.base, size: binary.length } : imageOfMap(map);
  const address = symbolAddress ?? found?.address;
  const regions = checkRegions(files, image);
  return {
    definition: address === undefined ? undefined : { symbol: table.definition, address },
    image,
    region: regions.region,
    mismatches: [
      ...(map === undefined ? [] : mapMismatches(table, map, symbolAddress)),
      ...(binary === undefined ? [] : binaryMismatches(table, found)),
      ...regions.mismatches,
    ],
  };
}

function mapMismatches(table: FirmwareTable, map: LinkerMap, symbolAddress: number | undefined): readonly StubMismatch[] {
  const missing = missingNatives(table, map);
  if (symbolAddress !== undefined) return missing;
  const found = otherDefinitions(map, table);
  return [{ place: 'linker map', expected: `the symbol ${table.definition}`, found }, ...missing];
}

/** Where a table ends is not known in memory, so its length is not compared. */
const binaryMismatches = (table: FirmwareTable, found: FoundTable | undefined): readonly StubMismatch[] =>
  found === undefined
    ? [{ place: 'binary', expected: `the definition of ${table.assembly}`, found: 'nothing that could be one' }]
    : compareWithCauses(table, found.table, true).filter(({ place }) => place !== 'length');

/** The differences of two tables, with the changes of the assembly since. `openEnded`: where the table ends is not known, as in a binary. */
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

/** Definitions of other assemblies: all begin alike and end with the assembly's name. */
function otherDefinitions({ symbols }: LinkerMap, { definition, assembly }: FirmwareTable): string {
  const prefix = definition.slice(0, Math.max(1, definition.length - assembly.length));
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
function findTable(table: FirmwareTable, files: FirmwareFiles, symbolAddress: number | undefined): FoundTable | undefined {
  const { map, binary } = files;
  if (binary === undefined) return undefined;
  for (const base of likelyBases(table, binary, files)) {
    const image = new FirmwareImage(binary, base);
    const address = symbolAddress ?? definitionIn(image, table.assembly);
    const definition = address === undefined ? undefined : image.definitionAt(address);
    if (definition === undefined) continue;
    const handlers = image.handlers(definition.methods, table.slots.length);
    const slots = slotNames(table, { handlers, checksum: definition.checksum }, map);
    return { base, address: definition.address, table: { assembly: definition.name, checksum: definition.checksum, slots } };
  }
  return undefined;
}

/** Where the binary may be loaded: as it is said, else as the map, the scatter files and then the binary itself tell. */
function likelyBases(table: FirmwareTable, binary: Uint8Array, { map, scatter = [], base }: FirmwareFiles): ReadonlySet<number> {
  if (base !== undefined) return new Set([base]);
  const ofMap = imageOfMap(map);
  const origins = scatter.flat().map(({ origin }) => origin);
  return new Set([...(ofMap ? [ofMap.base] : []), ...origins, ...basesByName(binary, table.assembly, table.slots.length)]);
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
function slotNames(
  table: FirmwareTable,
  { handlers, checksum }: { readonly handlers: readonly number[]; readonly checksum: number },
  map: LinkerMap | undefined,
): SourceTable['slots'] {
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

/** Compares the checksum that a `.pe` file holds. */
export function compareVendorChecksum(table: FirmwareTable, found: number): readonly StubMismatch[] {
  if (table.checksum === found) return [];
  const cause = addedMethod(table, found);
  const mismatch = { place: 'checksum of the .pe file', expected: checksumText(table.checksum), found: checksumText(found) };
  return [cause === undefined ? mismatch : { ...mismatch, explanation: cause }];
}
