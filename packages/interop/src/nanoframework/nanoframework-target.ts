import { UsageError } from '@ijw/binary';
import { compareWithCauses, type FirmwareTable } from '../firmware/check-firmware.ts';
import { readSourceTable } from '../firmware/source-table.ts';
import { fileName } from '../generated/generated-file.ts';
import type { StubInput, StubTarget } from '../generated/stub-target.ts';
import { readAssemblyShape } from '../shape/read-assembly-shape.ts';
import { orderedMethods } from '../tinyclr/type-order.ts';
import { nanoStubs, symbolOf } from './generate.ts';
import { definitionName } from './header.ts';
import { NANO_PROFILES } from './nano-profile.ts';
import { buildNanoTable, checksumWithout, type NanoTable } from './native-table.ts';

function tableOf({ assembly, version, project, provider, excludedTypes }: StubInput): NanoTable {
  const profile = NANO_PROFILES.find(({ name }) => name === (version ?? NANO_PROFILES[0].name));
  if (profile === undefined) throw new UsageError(`Unknown generation ${version} of nanoFramework`);
  return buildNanoTable(readAssemblyShape(assembly), profile, {
    image: assembly.image,
    provider,
    ...(project !== undefined && { project }),
    ...(excludedTypes && { excludedTypes }),
  });
}

const TYPES = { handler: 'CLR_RT_MethodHandler', definition: 'CLR_RT_NativeAssemblyData' };

/** `--for nanoframework`. */
export const nanoFrameworkTarget: StubTarget = {
  versions: NANO_PROFILES.map(({ name }) => name),
  generate: (input) => nanoStubs(tableOf(input), input.bare ?? false),
  tableFile: (input) => fileName(tableOf(input).project, '.cpp'),
  compare: (input, source) => compareWithCauses(firmwareTable(tableOf(input)), readSourceTable(source, 'a methods table', TYPES)),
  firmwareTable: (input) => firmwareTable(tableOf(input)),
  vendorTable: (input, generation) => firmwareTable(tableOf({ version: generation, ...input })),
};

const firmwareTable = (table: NanoTable): FirmwareTable => ({
  assembly: table.assembly.name,
  checksum: table.checksum,
  slots: table.slots.map((slot) => slot && symbolOf(table, slot)),
  methods: table.types.flatMap((type) => orderedMethods(type).map(({ name }) => name)),
  definition: definitionName(table),
  checksumWithout: (slot) => checksumWithout(table, slot),
});
