import { deflateRawSync } from 'node:zlib';
import { ByteWriter } from '@ijw/binary';
import { makeToken, TableId } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { checkCommand } from '../command-check.ts';
import { Decisions } from '../decisions.ts';
import type { FuzzReader } from '../reader.ts';
import { decisionSeeds } from './decision-seeds.ts';
import { deflateBomb } from './deflate-bomb.ts';
import { addCliHeader, imageOf, Placement } from './image-of.ts';

const DOCUMENTS: readonly [string, ...string[]] = [
  '/etc/passwd',
  '/dev/zero',
  '/proc/self/environ',
  'C:\\sources\\a.cs',
  '\\\\server\\share\\a.cs',
  '\\\\.\\PhysicalDrive0',
  '../../../a.cs',
  'a\u001b[2J\nb.cs',
  'CON',
  'a.cs',
];

/** The kind of CustomDebugInformation that holds a source, deflated where a size precedes it. */
const EMBEDDED_SOURCE = '0e8a571b-6926-466e-b4ad-8ab04611f5fe';

function addEmbeddedSource(builder: MetadataBuilder, { bytes, size }: { readonly bytes: Uint8Array; readonly size: number }): void {
  builder.add('CustomDebugInformation', {
    Parent: makeToken(TableId.Document, 1),
    Kind: EMBEDDED_SOURCE,
    Value: new ByteWriter().u32(size).bytes(bytes).toBytes(),
  });
}

/** A portable PDB whose one document has that name, and whose one method has a sequence point in it. */
function portablePdb(decisions: Decisions): Uint8Array {
  const builder = new MetadataBuilder();
  const part = builder.blobs.add(new TextEncoder().encode(decisions.pick(DOCUMENTS)));
  const name = builder.blobs.add(new ByteWriter().u8(0).compressedUnsigned(part).toBytes());
  builder.add('Document', { Name: name, Hash: decisions.bytes(decisions.pick([0, 20, 32])) });
  const source = decisions.byte();
  if (source < 96) addEmbeddedSource(builder, source < 48 ? deflateBomb(decisions) : { bytes: decisions.bytes(40), size: decisions.u32() });
  const points = decisions.chance() ? Uint8Array.of(0, 0, 0, 30, 1, 1) : decisions.bytes(12);
  builder.add('MethodDebugInformation', { Document: 0x30000001, SequencePoints: points });
  return builder.build({ pdb: { id: new Uint8Array(20), entryPoint: 0, typeSystemRowCounts: new Array<number>(64).fill(0) } as never });
}

const MPDB = 0x4244504d;

function embedded(decisions: Decisions): Uint8Array {
  if (decisions.byte() < 64) {
    const { bytes, size } = deflateBomb(decisions);
    return new ByteWriter().u32(MPDB).u32(size).bytes(bytes).toBytes();
  }
  const pdb = portablePdb(decisions);
  const size = decisions.byte() === 255 ? decisions.u32() : pdb.length;
  return new ByteWriter().u32(MPDB).u32(size).bytes(deflateRawSync(pdb)).toBytes();
}

const METADATA = (() => {
  const builder = new MetadataBuilder();
  builder.add('Module', { Name: 'm' });
  builder.add('TypeDef', { Name: '<Module>' });
  builder.add('MethodDef', { RVA: 0x1000, Flags: 0x16, Name: 'M', Signature: Uint8Array.of(0, 0, 1) });
  return builder.build();
})();

/** Debug entries that may share their data, an embedded PDB among them, with documents that name any file. */
export const debugDataReader: FuzzReader = {
  name: 'debug',
  seeds: () => decisionSeeds(64),
  async run(input) {
    const decisions = new Decisions(input);
    const placement = new Placement();
    placement.add(Uint8Array.of(0x06, 0x2a));
    const cliHeader = addCliHeader(placement, METADATA);
    const type = decisions.pick([17, 2, 13, 16, 19, 4, 12, 21]);
    const data =
      type === 17 ? embedded(decisions) : new ByteWriter().bytes(decisions.bytes(64)).fill(decisions.count(), decisions.byte()).toBytes();
    const rva = placement.add(data);
    const entries = new ByteWriter();
    for (let left = 1 + decisions.count(20_000); left > 0; left--) entries.fill(12).u32(type).u32(data.length).u32(rva).u32(0);
    const debug = { rva: placement.add(entries.toBytes()), size: entries.length };
    const command = decisions.pick([
      'dis --source',
      'dis --line-numbers',
      'headers',
      'headers --json',
      'info',
      'dis --source',
      'tour',
      'lint',
    ]);
    return checkCommand(command, imageOf(placement, { directories: { cliHeader, debug } }));
  },
};
