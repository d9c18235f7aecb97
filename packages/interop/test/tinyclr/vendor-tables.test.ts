// Methods tables that vendors published, against those generated (skipped without ../shared).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Assembly } from '@ijw/assembly';
import { type AssemblyInput, assemblyFromShape } from '@ijw/fixtures';
import { readAssemblyShape } from '@ijw/interop/stubs';
import { buildInteropTable } from '@ijw/interop/tinyclr';
import { Metadata } from '@ijw/metadata';
import { describe, expect, it } from 'vitest';

interface Example extends AssemblyInput {
  readonly version: string;
  readonly checksum: string;
  readonly slots: readonly ({ readonly class: string; readonly method: string } | null)[];
  readonly structs: Readonly<Record<string, { readonly fields: Readonly<Record<string, number>>; readonly methods: readonly string[] }>>;
}

const file = join(import.meta.dirname, '../../../../../shared/spec/tinyclr-examples.json');
const examples: readonly Example[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];

describe.skipIf(examples.length === 0)("TinyCLR tables of real assemblies equal the vendor's (skipped without ../shared)", () => {
  it.each(examples.map((example) => [example.assembly, example] as const))('%s', (_name, example) => {
    const table = buildInteropTable(readAssemblyShape(Assembly.of(Metadata.parse(assemblyFromShape(example)))));
    expect(table.slots.map((slot) => slot && { class: slot.className, method: slot.methodName })).toEqual(
      example.slots.map((slot) => slot ?? undefined),
    );
    expect(`0x${table.checksum.toString(16).toUpperCase().padStart(8, '0')}`).toBe(example.checksum);
    const structs = table.structs.map((struct) => [
      struct.className,
      {
        fields: Object.fromEntries(struct.fields.map(({ constant, index }) => [constant, index])),
        methods: struct.natives.map((slot) => slot.methodName),
      },
    ]);
    expect(Object.fromEntries(structs)).toEqual(example.structs);
  });
});
