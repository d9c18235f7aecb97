import { NanoAssembly, nanoCodeDocument, nanoText } from '@ijw/nano';
import { demoAssembly } from '../../../packages/nano/test/nano-builder.ts';
import { type FuzzReader, tolerant } from '../reader.ts';

/** Text of an input is bounded: a row of a few bytes gives at most the members of the tables. */
const MOST_LINES = 1 << 20;

/** Assemblies of .NET nanoFramework. */
export const nanoReader: FuzzReader = {
  name: 'nano',
  seeds: () => [demoAssembly(1), demoAssembly(2)],
  async run(input) {
    await tolerant(async () => {
      const assembly = NanoAssembly.parse(input);
      let lines = 0;
      for (const _ of nanoText(assembly)) if (++lines > MOST_LINES) throw new Error('The text of an assembly has no end');
      await tolerant(() => [...nanoCodeDocument(assembly, () => true)]);
    });
    return input.length;
  },
};
