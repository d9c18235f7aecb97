import { openFile, zipFiles } from '@ijw/assembly';
import { ByteWriter } from '@ijw/binary';
import { bundleEntryBytes, readSingleFileBundle, writeSingleFileBundle } from '@ijw/pe/containers';
import { checkCommand } from '../command-check.ts';
import { Decisions } from '../decisions.ts';
import { type FuzzReader, tolerant } from '../reader.ts';
import { decisionSeeds } from './decision-seeds.ts';
import { deflateBomb } from './deflate-bomb.ts';
import { HOSTILE_NAMES } from './hostile-names.ts';
import { imageOf, Placement } from './image-of.ts';

const HOST = imageOf(new Placement());
const WEBCIL: readonly number[] = [0x57, 0x62, 0x49, 0x4c, 0, 0, 0, 0];
const WASM: readonly number[] = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0];

/** APPNOTE 4.3: entries that all have the same data, their sizes as they are said to be. */
function zip(decisions: Decisions): Uint8Array {
  const bomb = decisions.chance() ? deflateBomb(decisions) : { bytes: decisions.bytes(32), size: decisions.byte() };
  const method = decisions.pick([8, 0, 8, 9]);
  const name = new TextEncoder().encode(decisions.pick(HOSTILE_NAMES));
  const sizes = (writer: ByteWriter): ByteWriter =>
    writer
      .u16(0x800)
      .u16(method)
      .u32(0)
      .u32(0)
      .u32(bomb.bytes.length)
      .u32(bomb.size >>> 0);
  const writer = new ByteWriter().u32(0x04034b50).u16(20);
  sizes(writer).u16(name.length).u16(0).bytes(name).bytes(bomb.bytes);
  const count = decisions.count(70_000);
  const directory = new ByteWriter();
  for (let index = 0; index < count; index++) {
    const own = decisions.atEnd ? new TextEncoder().encode(String(index)) : name;
    sizes(directory.u32(0x02014b50).u16(20).u16(20))
      .u16(own.length)
      .u16(0)
      .u16(0)
      .fill(8)
      .u32(decisions.byte() > 250 ? decisions.u32() : 0)
      .bytes(own);
  }
  const offset = writer.length;
  writer
    .bytes(directory.toBytes())
    .u32(0x06054b50)
    .fill(4)
    .u16(count & 0xffff)
    .u16(count & 0xffff)
    .u32(directory.length)
    .u32(offset)
    .u16(0);
  return damaged(writer.toBytes(), decisions);
}

function bundle(decisions: Decisions): Uint8Array {
  const bomb = decisions.chance() ? deflateBomb(decisions) : { bytes: decisions.bytes(32), size: decisions.byte() };
  const entry = {
    path: decisions.pick(['A', 'a.dll', ...HOSTILE_NAMES]),
    type: decisions.byte() & 7,
    bytes: new Uint8Array(bomb.size > 0x1000 ? 0 : bomb.size),
    deflated: bomb.bytes,
  };
  const entries = Array.from({ length: decisions.count(20_000) }, (_, index) =>
    index === 0 ? entry : { ...entry, path: `${index}`, deflated: undefined },
  );
  const bytes = writeSingleFileBundle(HOST, {
    majorVersion: decisions.pick([6, 2, 1]),
    bundleId: decisions.pick(HOSTILE_NAMES),
    entries: entries.map(({ deflated, ...rest }) => (deflated ? { ...rest, deflated } : rest)),
  });
  return damaged(bytes, decisions);
}

/** Some numbers near the end, where directories and manifests are, are any. */
function damaged(bytes: Uint8Array, decisions: Decisions): Uint8Array {
  for (let left = decisions.byte() & 3; left > 0; left--) {
    const at = bytes.length - 1 - decisions.below(Math.min(bytes.length, 200));
    bytes[at] = decisions.byte();
  }
  return bytes;
}

async function readAll(bytes: Uint8Array): Promise<void> {
  const opened = readSingleFileBundle(bytes);
  for (const entry of opened?.entries.slice(0, 4) ?? []) await tolerant(() => bundleEntryBytes(bytes, entry));
}

async function readZip(bytes: Uint8Array): Promise<void> {
  const files = await zipFiles('a.zip', bytes);
  for (const path of files.paths.slice(0, 4)) await tolerant(() => files.read(path));
}

/** Files that hold files: ZIP archives, single-file applications, Webcil and what begins like them. */
export const containersReader: FuzzReader = {
  name: 'containers',
  seeds: () => decisionSeeds(64),
  async run(input) {
    const decisions = new Decisions(input);
    const kind = decisions.byte() & 3;
    const bytes =
      kind < 2
        ? bundle(decisions)
        : kind === 2
          ? zip(decisions)
          : new ByteWriter()
              .bytes(decisions.pick([WEBCIL, WASM]))
              .bytes(decisions.rest())
              .toBytes();
    if (decisions.chance())
      return checkCommand(decisions.pick(['info', 'info --json', 'info --entry A', 'dis --entry A', 'headers --json']), bytes);
    await tolerant(() => readZip(bytes));
    await tolerant(() => readAll(bytes));
    await tolerant(() => openFile(bytes));
    return bytes.length;
  },
};
