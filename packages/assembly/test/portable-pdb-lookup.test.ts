// Which portable PDB belongs to an image: embedded, beside it, of another build.
import { Assembly, memoryFiles } from '@ijw/assembly';
import { nilToken } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { PEBuilder } from '@ijw/pe/builder';
import { buildDebugDirectory, codeViewEntry, type DebugEntryInput, DebugType, writeEmbeddedPortablePdb } from '@ijw/pe/debug';
import { deflateSync } from 'fflate';
import { describe, expect, it } from 'vitest';

const GUID = '33221100-5544-7766-8899-aabbccddeeff';
const ID = '00112233445566778899aabbccddeeff01020304';

const pdbBytes = (id: string): Uint8Array =>
  new MetadataBuilder().build({ pdb: { id, entryPoint: nilToken, typeSystemRowCounts: new Array<number>(64).fill(0) } });

function imageWith(entries: readonly DebugEntryInput[]): Uint8Array {
  const builder = new PEBuilder();
  const debug = buildDebugDirectory(entries);
  const section = builder.addSection('.rdata');
  builder.setDirectory('debug', section.add(debug.directory));
  section.add(debug.data);
  return builder.build();
}

const image = imageWith([codeViewEntry(GUID, 1, 'app.pdb')]);

describe('the portable PDB', () => {
  it('beside the image has its name and its GUID', async () => {
    const assembly = await Assembly.open(image);
    const files = memoryFiles('build', new Map([['out/v1.2/app.pdb', pdbBytes(ID)]]));
    const found = await assembly.portablePdb('out/v1.2/app.dll', files);
    expect(found.pdb?.id).toBe(ID);
  });

  it.each([
    ['of another build', pdbBytes(ID.replace('0011', '1100')), 'app.pdb belongs to another build of the file'],
    ['that is not there', undefined, 'no PDB is embedded, and app.pdb does not exist'],
    ['that is other metadata', new MetadataBuilder().build(), 'app.pdb is not a portable PDB'],
    ['that is damaged', Uint8Array.of(0x42, 0x53, 0x4a, 0x42), 'the PDB cannot be read: '],
  ])('%s is not taken', async (_, bytes, reason) => {
    const { pdb, missing } = await (await Assembly.open(image)).portablePdb(
      'app.dll',
      memoryFiles('build', new Map(bytes && [['app.pdb', bytes]])),
    );
    expect(pdb).toBeUndefined();
    expect(missing).toContain(reason);
  });

  it('that is embedded comes first', async () => {
    const content = pdbBytes(ID);
    const data = writeEmbeddedPortablePdb(content.length, deflateSync(content));
    const assembly = await Assembly.open(imageWith([{ type: DebugType.EMBEDDED_PORTABLE_PDB, data }]));
    const found = await assembly.portablePdb('app.dll', { name: '', paths: [], read: () => expect.unreachable() });
    expect(found.pdb?.id).toBe(ID);
  });
});
