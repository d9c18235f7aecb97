import { ByteWriter } from '@ijw/binary';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { checkCommand } from '../command-check.ts';
import { Decisions } from '../decisions.ts';
import type { FuzzReader } from '../reader.ts';
import { decisionSeeds } from './decision-seeds.ts';
import { addCliHeader, imageOf, Placement } from './image-of.ts';

const METHODS = 8;

function metadataOf(decisions: Decisions): Uint8Array {
  const builder = new MetadataBuilder();
  builder.add('Module', { Name: 'm' });
  builder.add('Assembly', { Name: 'm' });
  builder.add('TypeDef', { Name: '<Module>' });
  for (let index = 0; index < METHODS; index++)
    builder.add('MethodDef', {
      RVA: decisions.pick([0x1000, 0, 0x1010]),
      ImplFlags: decisions.pick([0, 1, 0x80, 0x1000, 5]),
      Flags: decisions.pick([0x16, 0x2016, 6]),
      Name: `M${index}`,
      Signature: Uint8Array.of(0, 0, 1),
    });
  return builder.build();
}

const COMMANDS: readonly [string, ...string[]] = [
  'boundary',
  'boundary --json',
  'load --host core --trace',
  'load --host framework --json',
  'load --host core --native-first',
  'info --json',
  'dis',
  'stubs --for c',
];

/** VTableFixups: records that may overlap, share slots and lie anywhere. */
export const fixupsReader: FuzzReader = {
  name: 'fixups',
  seeds: () => decisionSeeds(64),
  async run(input) {
    const decisions = new Decisions(input);
    const command = decisions.pick(COMMANDS);
    const placement = new Placement();
    placement.add(Uint8Array.of(0x06, 0x2a));
    const slots = new ByteWriter();
    for (let left = decisions.count(20_000); left > 0; left--)
      slots.u32(decisions.byte() === 255 ? decisions.u32() : 0x06000001 + (left % METHODS));
    const first = placement.add(slots.toBytes());
    const records = new ByteWriter();
    for (let left = decisions.count(20_000), step = decisions.pick([0, 4, 8, 16]); left > 0; left--) {
      const count = decisions.atEnd ? slots.length / 4 : decisions.count(0xffff);
      records
        .u32(first + step * left)
        .u16(Math.min(count, 0xffff))
        .u16(decisions.pick([5, 1, 2, 6, 9, 0, 0x11, 0xff]));
    }
    const rva = placement.add(records.toBytes());
    const cliHeader = addCliHeader(placement, metadataOf(decisions), {
      flags: decisions.pick([0, 0x10, 1, 2]),
      vtableFixups: [rva, records.length],
    });
    return checkCommand(command, imageOf(placement, { directories: { cliHeader } }));
  },
};
