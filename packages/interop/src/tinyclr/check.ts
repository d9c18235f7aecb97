import { compareWithCauses, type FirmwareTable } from '../firmware/check-firmware.ts';
import { readSourceTable, type SourceTable, type StubMismatch } from '../firmware/source-table.ts';
import { assemblyIdentifier, structName } from './generate.ts';
import { type InteropTable, interopChecksum } from './interop-table.ts';

const TYPES = { handler: 'TinyCLR_Interop_MethodHandler', definition: 'TinyCLR_Interop_Assembly' };

/** Reads `… methods[] = { … }` and `TinyCLR_Interop_Assembly … = { "name", checksum, methods }` back. @throws BadImageError */
export const readInteropSource = (source: string, reading = 'an interop table'): SourceTable => readSourceTable(source, reading, TYPES);

/** The table of an assembly as C++ has it. */
export const interopFirmwareTable = (table: InteropTable): FirmwareTable => ({
  assembly: table.assembly,
  checksum: table.checksum,
  slots: table.slots.map((slot) => slot && `${structName(table, slot.className)}::${slot.methodName}`),
  methods: table.methods.map(({ method }) => method.name),
  definition: `Interop_${assemblyIdentifier(table)}`,
  checksumWithout: (slot) => interopChecksum(table.assembly, table.slots.toSpliced(slot, 1)),
});

/** Compares a table in C++ with an assembly, slot by slot. */
export const compareInteropTable = (expected: InteropTable, found: SourceTable): readonly StubMismatch[] =>
  compareWithCauses(interopFirmwareTable(expected), found);
