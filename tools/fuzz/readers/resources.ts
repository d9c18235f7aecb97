import { ByteWriter } from '@ijw/binary';
import { type ResourceValue, readResource, readResourcesFile, writeResourcesFile } from '@ijw/metadata/resources';
import { encodeIconGroup, encodeMessageTable, encodeStringTable, encodeVersionInfo } from '@ijw/pe/resources';
import { checkCommand } from '../command-check.ts';
import { Decisions } from '../decisions.ts';
import { type FuzzReader, tolerant } from '../reader.ts';
import { decisionSeeds } from './decision-seeds.ts';
import { HOSTILE_NAMES } from './hostile-names.ts';
import { imageOf, Placement } from './image-of.ts';

const SUBDIRECTORY = 0x80000000;
const TYPES: readonly [number, ...number[]] = [16, 24, 6, 11, 14, 12, 3, 10];

const directory = (entries: readonly (readonly [number, number])[]): Uint8Array => {
  const writer = new ByteWriter().fill(14).u16(entries.length);
  for (const [id, offset] of entries) writer.u32(id).u32(offset);
  return writer.toBytes();
};

/** Content of the kinds that Windows defines: a length or a count first, then text and numbers. */
function content(decisions: Decisions): Uint8Array {
  const writer = new ByteWriter();
  for (let left = decisions.count(16); left > 0; left--) {
    const kind = decisions.below(5);
    if (kind === 0) writer.u16(decisions.byte());
    else if (kind === 1) writer.u32(decisions.pick([0, 1, 0xffff, 0xfeef04bd, 0x7fffffff, 8, 16]));
    else if (kind === 2)
      writer.utf16(decisions.pick(['VS_VERSION_INFO\0', 'StringFileInfo\0', '040904b0\0', 'A\u001b[2J\0', '<assembly/>']));
    else if (kind === 3) writer.fill(decisions.count(70_000), decisions.byte());
    else writer.bytes(decisions.bytes(16));
  }
  return writer.toBytes();
}

const VERSION = encodeVersionInfo({
  fixed: { fileVersion: '1.2.3.4', productVersion: '1.2.3.4', fileFlagsMask: 63, fileFlags: 0, fileOs: 4, fileType: 2, fileSubtype: 0 },
  stringTables: [{ language: '040904b0', strings: HOSTILE_NAMES.map((value, index) => ({ name: `${index}${value}`, value })) }],
  translations: [{ language: 0x409, codePage: 1200 }],
});

/** Content of each kind as it should be. */
const VALID: Readonly<Record<number, Uint8Array>> = {
  16: VERSION,
  11: encodeMessageTable([1, 2, 1000].map((id) => ({ id, text: HOSTILE_NAMES[0] }))),
  6: encodeStringTable(
    [
      { id: 1, text: HOSTILE_NAMES[0] },
      { id: 7, text: 'b' },
    ],
    1,
  ),
  14: encodeIconGroup({ kind: 'icon', entries: [{ width: 16, height: 16, colors: 0, planes: 1, bitCount: 32, size: 100, id: 1 }] }),
  24: new TextEncoder().encode(`<assembly name="${HOSTILE_NAMES[0]}"/>`),
};

const VALUES: ReadonlyMap<string, ResourceValue> = new Map<string, ResourceValue>([
  [HOSTILE_NAMES[0], { type: 'string', value: HOSTILE_NAMES[0] }],
  ['null', { type: 'null' }],
  ['boolean', { type: 'boolean', value: true }],
  ['int32', { type: 'int32', value: 7 }],
  ['int64', { type: 'dateTime', value: 5n }],
  ['decimal', { type: 'decimal', value: { negative: false, mantissa: 12n, scale: 1 } }],
  ['bytes', { type: 'byteArray', value: Uint8Array.of(1, 2, 3) }],
  ['stream', { type: 'stream', value: Uint8Array.of(1, 2, 3) }],
]);
const RESOURCES = writeResourcesFile({ values: VALUES, typeNames: ['T'] });

/** Where the value of each resource begins, with the code of its type. */
const VALUE_PLACES: readonly number[] = readResourcesFile(RESOURCES).entries.map(({ start }) => start);

/** What is right with a few bytes that are not: at one of the places, near the beginning, or anywhere. */
function damaged(bytes: Uint8Array, decisions: Decisions, places: readonly number[] = []): Uint8Array {
  const copy = bytes.slice();
  for (let left = 1 + (decisions.byte() & 3); left > 0; left--) {
    const choice = decisions.byte() % 3;
    const place = choice === 0 ? places[decisions.byte() % Math.max(1, places.length)] : undefined;
    const at = place ?? decisions.below(choice === 1 ? Math.min(64, copy.length) : copy.length);
    const old = copy[at] ?? 0;
    copy[at] = decisions.pick([0, 1, 0xff, 0x80, 0x7f, 0x3f, old + 1, old - 1, old ^ 0x20, decisions.byte()]);
  }
  return decisions.byte() > 220 ? copy.subarray(0, decisions.below(copy.length)) : copy;
}

/** A tree of three levels whose leaves may share their data. */
function resourceImage(decisions: Decisions): Uint8Array {
  const placement = new Placement();
  const type = decisions.pick(TYPES);
  const valid = VALID[type];
  const bytes = valid !== undefined && decisions.chance() ? damaged(valid, decisions) : content(decisions);
  const rva = placement.add(bytes);
  const leaves = 1 + decisions.count(20_000);
  const data = 24 + 24 + 16 + 8 * leaves;
  const tree = new ByteWriter()
    .bytes(directory([[type, SUBDIRECTORY + 24]]))
    .bytes(directory([[decisions.byte(), SUBDIRECTORY + 48]]))
    .bytes(directory(Array.from({ length: leaves }, (_, id) => [id, data])))
    .u32(rva)
    .u32(decisions.byte() === 255 ? decisions.u32() : bytes.length)
    .fill(8)
    .toBytes();
  return imageOf(placement, { directories: { resource: { rva: placement.add(tree), size: tree.length } } });
}

/** Resources of Windows, and `.resources` files of .NET. */
export const resourcesReader: FuzzReader = {
  name: 'resources',
  seeds: () => decisionSeeds(64),
  async run(input) {
    const decisions = new Decisions(input);
    if (decisions.chance()) return checkCommand(decisions.pick(['headers', 'headers --json', 'tour', 'info']), resourceImage(decisions));
    const bytes = decisions.chance()
      ? damaged(RESOURCES, decisions, VALUE_PLACES)
      : new ByteWriter().u32(0xbeefcace).u32(1).u32(decisions.byte()).bytes(decisions.rest()).toBytes();
    await tolerant(async () => {
      const file = readResourcesFile(bytes);
      for (const entry of file.entries) await tolerant(() => readResource(file, entry));
    });
    return bytes.length;
  },
};
