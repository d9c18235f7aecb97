import { WindowsPdb } from '@ijw/symbols';
import { buildPdb } from '../../../packages/symbols/test/pdb-builder.ts';
import { type FuzzReader, tolerant } from '../reader.ts';
import { HOSTILE_NAMES } from './hostile-names.ts';

const SEED = buildPdb({
  procedures: [
    { name: 'main', offset: 0x10, size: 0x20 },
    { name: HOSTILE_NAMES[0], offset: 0x40, size: 0x20, token: 0x06000001 },
  ],
  publics: [{ name: '?f@@YAHXZ', offset: 0x10 }],
  lines: [
    { offset: 0x10, line: 3 },
    { offset: 0x18, line: 0xfeefee },
  ],
  source: 'a.cpp',
  age: 1,
});

/** A PDB cannot give more items than it has bytes. */
function exhausted(items: Iterable<unknown>, most: number): void {
  let left = most;
  for (const _ of items) if (--left < 0) throw new Error('The PDB gives more items than it has bytes');
}

/** Windows PDBs: MSF, DBI, symbols and lines. */
export const windowsPdbsReader: FuzzReader = {
  name: 'windows-pdbs',
  seeds: () => [SEED],
  async run(input) {
    await tolerant(async () => {
      const pdb = WindowsPdb.parse(input);
      for (const items of [() => pdb.publics(), () => pdb.procedures(), () => pdb.data(), () => pdb.lines()])
        await tolerant(() => exhausted(items(), input.length));
      await tolerant(() => pdb.nameAt(0x1018));
    });
    return input.length;
  },
};
