import { UsageError } from '@ijw/binary';
import { fileName } from '../generated/generated-file.ts';
import type { StubInput, StubTarget } from '../generated/stub-target.ts';
import { readAssemblyShape } from '../shape/read-assembly-shape.ts';
import { compareMethodsTables, readSourceTable } from '../tinyclr/check.ts';
import { nanoStubs, symbolOf } from './generate.ts';
import { NANO_PROFILES } from './nano-profile.ts';
import { buildNanoTable, type NanoTable } from './native-table.ts';

function tableOf({ metadata, image, version, project }: StubInput): NanoTable {
  const profile = NANO_PROFILES.find(({ name }) => name === (version ?? NANO_PROFILES[0]!.name));
  if (profile === undefined) throw new UsageError(`There is no generation ${version} of nanoFramework`);
  return buildNanoTable(readAssemblyShape(metadata), profile, { image, ...(project !== undefined && { project }) });
}

const TYPES = { handler: 'CLR_RT_MethodHandler', definition: 'CLR_RT_NativeAssemblyData' };

/** `--for nanoframework`. */
export const nanoFrameworkTarget: StubTarget = {
  versions: NANO_PROFILES.map(({ name }) => name),
  generate: (input) => nanoStubs(tableOf(input), input.bare ?? false),
  tableFile: (input) => fileName(tableOf(input).project, '.cpp'),
  compare(input, source) {
    const table = tableOf(input);
    const slots = table.slots.map((slot) => slot && symbolOf(table, slot));
    const found = readSourceTable(source, 'a methods table', TYPES);
    return compareMethodsTables({ assembly: table.assembly.name, checksum: table.checksum, slots }, found);
  },
};
