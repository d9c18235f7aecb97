import { ByteWriter } from '@ijw/binary';
import { type DirectoryName, Machine } from '@ijw/pe';
import { checkCommand } from '../command-check.ts';
import { Decisions } from '../decisions.ts';
import type { FuzzReader } from '../reader.ts';
import { decisionSeeds } from './decision-seeds.ts';
import { HOSTILE_NAMES } from './hostile-names.ts';
import { imageOf, Placement } from './image-of.ts';
import { importDescriptors } from './import-descriptors.ts';

type Directories = Partial<Record<DirectoryName, { readonly rva: number; readonly size: number }>>;

interface Draft {
  readonly decisions: Decisions;
  readonly placement: Placement;
  readonly machine: number;
}

/** A value of the file that is right, now and then any. */
const or = (decisions: Decisions, value: number): number => (decisions.byte() > 250 ? decisions.u32() : value);

function text({ decisions, placement }: Draft): number {
  const writer = new ByteWriter();
  if (decisions.chance()) writer.bytes(new TextEncoder().encode(decisions.pick(HOSTILE_NAMES)));
  else writer.fill(decisions.count(), 0x41);
  if (decisions.byte() < 240) writer.u8(0);
  return placement.add(writer.toBytes());
}

/** Pairs of numbers that every image of the kind has, and many that are the same. */
function repeated(count: number, write: (writer: ByteWriter, index: number) => void): Uint8Array {
  const writer = new ByteWriter();
  for (let index = 0; index < count; index++) write(writer, index);
  return writer.toBytes();
}

function thunks({ decisions, placement, machine }: Draft, name: number): number {
  const wide = machine !== Machine.I386;
  const byOrdinal = decisions.chance();
  const symbol = or(decisions, byOrdinal ? 1 : name);
  const high = byOrdinal ? 0x80000000 : 0;
  const table = repeated(decisions.count(), (writer) => void (wide ? writer.u32(symbol).u32(high) : writer.u32((symbol | high) >>> 0)));
  return placement.add(new ByteWriter().bytes(table).fill(8).toBytes());
}

const placed = ({ placement, decisions }: Draft, bytes: Uint8Array): { readonly rva: number; readonly size: number } => ({
  rva: placement.add(bytes),
  size: or(decisions, bytes.length),
});

const KINDS: readonly [(draft: Draft) => Directories, ...((draft: Draft) => Directories)[]] = [
  (draft) => {
    const name = text(draft);
    return { import: placed(draft, importDescriptors(draft.decisions.count(20_000), thunks(draft, name), name)) };
  },
  (draft) => {
    const name = text(draft);
    const table = thunks(draft, name);
    const attributes = draft.decisions.pick([1, 0]);
    const module = placed(draft, new Uint8Array(8));
    const one = (writer: ByteWriter): void =>
      void writer.u32(attributes).u32(name).u32(module.rva).u32(table).u32(table).u32(0).u32(0).u32(0);
    return {
      delayImport: placed(
        draft,
        new ByteWriter()
          .bytes(repeated(draft.decisions.count(20_000), one))
          .fill(32)
          .toBytes(),
      ),
    };
  },
  (draft) => {
    const { decisions, placement } = draft;
    const name = text(draft);
    const count = decisions.count(70_000);
    const forwarded = decisions.chance() ? name : 0x1000;
    const functions = placement.add(repeated(count, (writer) => void writer.u32(forwarded)));
    const names = placement.add(repeated(count, (writer) => void writer.u32(name)));
    const ordinals = placement.add(repeated(count, (writer, index) => void writer.u16(index)));
    const directory = new ByteWriter().fill(12).u32(name).u32(or(decisions, 1)).u32(or(decisions, count)).u32(or(decisions, count));
    // A forwarder is inside the directory, so its size covers the section.
    return {
      export: { rva: placement.add(directory.u32(functions).u32(names).u32(ordinals).toBytes()), size: decisions.chance() ? 0x100000 : 40 },
    };
  },
  (draft) => {
    const { decisions } = draft;
    const entries = decisions.count(200_000);
    const type = decisions.pick([3, 10, 0, 4, 1, 2, 5, 9, 15]);
    const block = new ByteWriter().u32(or(decisions, 0x1000)).u32(or(decisions, 8 + 2 * entries));
    block.bytes(repeated(entries, (writer, index) => void writer.u16((type << 12) | (index & 0xff0))));
    const bytes = block.toBytes();
    return {
      baseRelocation: placed(
        draft,
        decisions.chance() ? repeated(decisions.count(3000), (writer) => void writer.bytes(bytes.subarray(0, 64))) : bytes,
      ),
    };
  },
  (draft) => {
    const { decisions, placement } = draft;
    const codes = decisions.bytes(decisions.byte());
    const count = decisions.byte();
    const information = new ByteWriter()
      .u8(decisions.pick([1, 0x21, 0x09, 0x11, 2]))
      .u8(decisions.byte())
      .u8(count)
      .u8(0);
    information
      .bytes(codes)
      .fill(Math.max(0, 2 * count - codes.length), decisions.byte())
      .align(4)
      .fill(16);
    // The function that the unwind information continues is the first, which may be the same.
    const rva = placement.add(information.toBytes());
    return {
      exception: placed(
        draft,
        repeated(
          decisions.count(20_000),
          (writer, index) =>
            void writer
              .u32(0x1000 + (index & 0xff))
              .u32(0x1001 + (index & 0xff))
              .u32(rva | decisions.pick([0, 1])),
        ),
      ),
    };
  },
  (draft) => {
    const { decisions, placement } = draft;
    const table = placement.add(repeated(decisions.count(), (writer) => void writer.u32(0x1000)));
    const config = new ByteWriter().u32(0x140);
    while (config.length < 0x140) {
      config.u32(decisions.pick([0, 1, 0x1000_0000 + table, 0xffff, 0x7fffffff]));
      if (draft.machine !== Machine.I386) config.u32(0);
    }
    return { loadConfig: placed(draft, config.toBytes()) };
  },
  (draft) => {
    const name = text(draft);
    const start = draft.placement.add(new Uint8Array(0)) - 0x10;
    const one = (writer: ByteWriter): void =>
      void writer
        .u32(1)
        .u16(Math.min(0xffff, Math.max(0, name - start)))
        .u16(draft.decisions.byte());
    return { boundImport: placed(draft, repeated(draft.decisions.count(20_000), one)) };
  },
  (draft) => ({
    [draft.decisions.pick(['import', 'export', 'exception', 'debug', 'tls', 'loadConfig', 'delayImport', 'resource', 'cliHeader'])]: placed(
      draft,
      draft.decisions.bytes(256),
    ),
  }),
];

/** What shows the directories, and what loads the image. */
const SHOWN: readonly [string, ...string[]] = [
  'headers',
  'headers --json',
  'headers --unwind',
  'headers --raw',
  'info',
  'info --json',
  'tour',
];
const LOADED: readonly [string, ...string[]] = [
  'load --host core --trace',
  'load --host core --base 0x20000000',
  'load --host framework --json',
];

/** Each kind with many entries of one name, and with one entry that has many parts. */
function* seeds(): Generator<Uint8Array> {
  for (let kind = 0; kind < KINDS.length; kind++)
    for (const [command, many] of [12, 25].entries()) {
      yield Uint8Array.of(command, command, command, kind, ...new Array<number>(16).fill(many));
      yield Uint8Array.of(command, command, command, kind, 1, 2, 0, 14, 1, 0, ...new Array<number>(16).fill(many));
    }
  yield* decisionSeeds(64);
}

/** The directories that every PE file may have, with many entries that share what they point at. */
export const directoriesReader: FuzzReader = {
  name: 'directories',
  seeds,
  async run(input) {
    const decisions = new Decisions(input);
    const commands = [decisions.pick(SHOWN), decisions.pick(LOADED)];
    const draft = { decisions, placement: new Placement(), machine: decisions.pick([Machine.I386, Machine.AMD64, Machine.ARM64]) };
    draft.placement.add(new Uint8Array(256));
    const directories = decisions.pick(KINDS)(draft);
    const image = imageOf(draft.placement, { machine: draft.machine, directories });
    for (const command of commands) await checkCommand(command, image);
    return 2 * image.length;
  },
};
