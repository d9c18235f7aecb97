import { ByteWriter } from '@ijw/binary';
import { Machine } from '@ijw/pe';
import { checkCommand } from '../command-check.ts';
import { Decisions } from '../decisions.ts';
import type { FuzzReader } from '../reader.ts';
import { decisionSeeds } from './decision-seeds.ts';
import { imageOf, Placement } from './image-of.ts';

/** Pieces of code for x86: loops, repeated string instructions, pushes, calls, returns, stores. */
const PIECES: readonly [readonly number[], ...(readonly number[])[]] = [
  [0xc2, 12, 0],
  [0xeb, 0xfe],
  [0x89, 0xe6, 0x89, 0xe7],
  [0xb9, 0, 0x7f, 0, 0],
  [0xb9, 0xff, 0xff, 0xff, 0x7f],
  [0xf3, 0xa4],
  [0xf3, 0xab],
  [0xf2, 0xae],
  [0xeb, 0xf3],
  [0x50],
  [0xe8, 0xfb, 0xff, 0xff, 0xff],
  [0x31, 0xc0],
  [0xb8, 1, 0, 0, 0],
  [0xff, 0xe0],
  [0xff, 0x25, 0, 0x10, 0, 0x10],
  [0x5d, 0xc3],
  [0x75, 0xf0],
  [0x49, 0x75, 0xfd],
];

function code(decisions: Decisions): Uint8Array {
  const writer = new ByteWriter();
  for (let left = 1 + decisions.below(12); left > 0; left--) {
    if (decisions.byte() > 200) writer.bytes(decisions.bytes(1 + (decisions.byte() & 7)));
    else writer.bytes(decisions.pick(PIECES));
  }
  return writer.toBytes();
}

const COMMANDS: readonly [string, ...string[]] = [
  'load --host core --native-first',
  'load --host framework --native-first --json',
  'load --host core --trace',
];

/** Code that a load runs or follows: an entry point and TLS callbacks. */
export const nativeReader: FuzzReader = {
  name: 'native',
  seeds: () => decisionSeeds(64),
  async run(input) {
    const decisions = new Decisions(input);
    const command = decisions.pick(COMMANDS);
    const machine = decisions.pick([Machine.I386, Machine.I386, Machine.AMD64]);
    const wide = machine === Machine.AMD64;
    const placement = new Placement();
    const body = placement.add(code(decisions));
    const base = 0x1000_0000;
    const writer = new ByteWriter();
    const pointer = (value: number): void => void (wide ? writer.u64(value) : writer.u32(value));
    for (let left = decisions.count(20_000); left > 0; left--) pointer(base + body);
    pointer(0);
    const callbacks = placement.add(writer.toBytes());
    const index = placement.add(new Uint8Array(16));
    const tls = new ByteWriter();
    for (const value of [0, 0, base + index, base + callbacks]) wide ? tls.u64(value) : tls.u32(value);
    const directory = { rva: placement.add(tls.fill(8).toBytes()), size: wide ? 40 : 24 };
    const directories = decisions.chance() ? { tls: directory } : {};
    const entryPoint = decisions.chance() ? { entryPoint: body } : {};
    return checkCommand(command, imageOf(placement, { machine, directories, ...entryPoint }));
  },
};
