import { ByteWriter } from '@ijw/binary';
import { readResource, readResourcesFile } from '@ijw/metadata/resources';
import { checkCommand } from '../command-check.ts';
import { Decisions } from '../decisions.ts';
import { type FuzzReader, tolerant } from '../reader.ts';
import { decisionSeeds } from './decision-seeds.ts';
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

/** A tree of three levels whose leaves may share their data. */
function resourceImage(decisions: Decisions): Uint8Array {
  const placement = new Placement();
  const bytes = content(decisions);
  const rva = placement.add(bytes);
  const leaves = 1 + decisions.count(20_000);
  const type = decisions.pick(TYPES);
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
    if (decisions.chance())
      return checkCommand(['headers', './a.dll', ...(decisions.chance() ? ['--json'] : [])], resourceImage(decisions));
    const writer = new ByteWriter().u32(0xbeefcace).u32(1).u32(decisions.byte()).bytes(decisions.rest());
    await tolerant(() => {
      const file = readResourcesFile(writer.toBytes());
      for (const entry of file.entries) readResource(file, entry);
    });
  },
};
