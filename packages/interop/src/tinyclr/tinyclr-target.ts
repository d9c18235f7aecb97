import { UnsupportedError, UsageError } from '@ijw/binary';
import { fileName } from '../generated/generated-file.ts';
import type { StubInput, StubTarget } from '../generated/stub-target.ts';
import { isNativeMethod } from '../shape/assembly-shape.ts';
import { readAssemblyShape } from '../shape/read-assembly-shape.ts';
import { compareInteropTable, interopFirmwareTable, readInteropSource } from './check.ts';
import { assemblyIdentifier, tinyClrStubs } from './generate.ts';
import { buildInteropTable, type InteropTable } from './interop-table.ts';
import { TINYCLR_PROFILES } from './profile.ts';

/** An assembly without natives is told as that, whatever else there is about its types. */
function tableOf({ assembly, provider }: StubInput): InteropTable {
  const shape = readAssemblyShape(assembly);
  if (!shape.types.some((type) => type.methods.some((method) => isNativeMethod(type, method))))
    throw new UnsupportedError(`${shape.name} has no native methods, so there is nothing to generate`);
  return buildInteropTable(shape, provider);
}

/** `--for tinyclr`. */
export const tinyClrTarget: StubTarget = {
  versions: TINYCLR_PROFILES.map(({ name }) => name),
  generate(input) {
    const profile = TINYCLR_PROFILES.find(({ name }) => name === (input.version ?? TINYCLR_PROFILES[0].name));
    if (profile === undefined) throw new UsageError(`Unknown API ${input.version} of TinyCLR`);
    return tinyClrStubs(tableOf(input), { profile, ...(input.bare && { bare: true }) });
  },
  tableFile: (input) => fileName(assemblyIdentifier(tableOf(input)), '.cpp'),
  compare: (input, source) => compareInteropTable(tableOf(input), readInteropSource(source)),
  firmwareTable: (input) => interopFirmwareTable(tableOf(input)),
};
