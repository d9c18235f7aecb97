// `ijw info` and `ijw headers` against the recorded facts of the corpus (skipped without ../shared).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const corpus = join(import.meta.dirname, '../../../shared/corpus');
const manifest = join(corpus, 'manifest.json');

/** The facts of an independent reader; what is not listed here is of no concern to the command line. */
interface Facts {
  readonly file: string;
  readonly sha256: string;
  readonly size: number;
  readonly machine: string;
  readonly pe: string;
  readonly linker: string;
  readonly rich: readonly (readonly [number, number, number])[] | null;
  readonly timestamp: string;
  readonly coffChars: string;
  readonly imageBase: string;
  readonly sizeOfImage: string;
  readonly sections: readonly (readonly [string, string, number, number, string])[];
  readonly peEntryRva: string;
  readonly imports: Readonly<Record<string, readonly string[]>>;
  readonly exportCount: number;
  readonly relocs: Readonly<Record<string, number>>;
  readonly cli: { readonly corFlags: string; readonly cb: number } | null;
  readonly metadata?: {
    readonly version: string;
    readonly rows: Readonly<Record<string, number>>;
    readonly streams: readonly (readonly [string, ...unknown[]])[];
  };
  readonly assembly?: string;
  readonly assemblyRefs?: readonly string[];
  readonly targetFramework?: string;
  readonly methods?: Readonly<Record<string, number>>;
  readonly vtfixups?: {
    readonly list: readonly {
      readonly rva: string;
      readonly count: number;
      readonly type: string;
      readonly tokens: readonly string[];
      readonly methods: readonly string[];
    }[];
  } | null;
  readonly rvaPInvoke?: { readonly list: readonly (readonly [string, string, string])[]; readonly jmpIatCount: number };
  readonly category: string;
}

const files: readonly Facts[] = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).files : [];

async function document(file: string, command: string, ...options: string[]) {
  const io = memoryIo({ [file]: readFileSync(join(corpus, file)) });
  const exitCode = await run([command, file, '--json', ...options], io);
  expect([exitCode, io.errors.text]).toEqual([0, '']);
  return JSON.parse(io.output.text);
}

/** The reader writes `amd64^linux` for an image of another system. */
const machineOf = (info: { machine: string; machineOs?: string }): string =>
  info.machineOs === undefined ? info.machine : `${info.machine}^${info.machineOs}`;

/** The relocation types as the reader calls them. */
const RELOCATIONS: Readonly<Record<string, string>> = { 0: 'ABS', 3: 'HIGHLOW', 10: 'DIR64' };

describe.skipIf(files.length === 0)("the command line's JSON says what the corpus's manifest says (skipped without ../shared)", () => {
  it.each(files.map((facts) => [facts.file, facts] as const))('%s', async (file, facts) => {
    const info = await document(file, 'info');
    expect(info).toMatchObject({ file, size: facts.size, sha256: facts.sha256, format: facts.pe, diagnostics: [] });
    expect(machineOf(info)).toBe(facts.machine);
    expect(info.kind).toBe(facts.cli === null ? 'native' : facts.category === 'mixed' ? 'mixed' : 'managed');
    expect(info.corFlags).toBe(facts.cli === null ? undefined : Number(facts.cli.corFlags));
    if (facts.targetFramework) expect(info.targetFramework).toBe(facts.targetFramework);
    if (facts.assembly) expect(`${info.assembly.name}, Version=${info.assembly.version}`).toBe(facts.assembly);
    if (facts.assemblyRefs)
      expect(info.references.map((reference: { name: string; version: string }) => `${reference.name} ${reference.version}`)).toEqual(
        facts.assemblyRefs,
      );
    if (facts.methods)
      expect([info.counts.methods, info.counts.rvaPInvokes]).toEqual([facts.methods.total, facts.methods['RVA-PInvoke'] ?? 0]);

    const headers = await document(file, 'headers');
    expect(headers.coff).toMatchObject({ timeDateStamp: Number(facts.timestamp), characteristics: Number(facts.coffChars) });
    const { majorLinkerVersion, minorLinkerVersion, imageBase, sizeOfImage, addressOfEntryPoint } = headers.optional;
    expect([
      `${majorLinkerVersion}.${String(minorLinkerVersion).padStart(2, '0')}`,
      Number(imageBase),
      sizeOfImage,
      addressOfEntryPoint,
    ]).toEqual([facts.linker, Number(facts.imageBase), Number(facts.sizeOfImage), Number(facts.peEntryRva)]);
    const entries = headers.rich?.entries.map((entry: { productId: number; build: number; count: number }) => [
      entry.productId,
      entry.build,
      entry.count,
    ]);
    expect(entries ?? null).toEqual(facts.rich);
    type Section = { name: string; rva: number; virtualSize: number; size: number; flags: number };
    expect(
      headers.sections.map((section: Section) => [section.name, section.rva, section.virtualSize, section.size, section.flags]),
    ).toEqual(facts.sections.map(([name, rva, virtualSize, size, flags]) => [name, Number(rva), virtualSize, size, Number(flags)]));
    type Imported = { module: string; symbols: { name?: string; ordinal?: number }[] };
    const imports = Object.fromEntries(
      (headers.imports ?? []).map(({ module, symbols }: Imported) => [
        module,
        symbols.map((symbol) => symbol.name ?? `#${symbol.ordinal}`).sort(),
      ]),
    );
    expect(imports).toEqual(Object.fromEntries(Object.entries(facts.imports).map(([module, symbols]) => [module, [...symbols].sort()])));
    expect(headers.exports?.length ?? 0).toBe(facts.exportCount);
    const relocations = Object.entries(headers.relocations?.types ?? {}).map(([type, count]) => [RELOCATIONS[type] ?? type, count]);
    expect(Object.fromEntries(relocations)).toEqual(facts.relocs);

    if (!facts.metadata) return;
    const tables = await document(file, 'tables');
    expect(tables.version).toBe(facts.metadata.version);
    expect(tables.streams.map((stream: { name: string }) => stream.name)).toEqual(facts.metadata.streams.map(([name]) => name));
    const names: Readonly<Record<string, string>> = { '0x12': 'EventMap', '0x15': 'PropertyMap' };
    const rows = Object.fromEntries(Object.entries(facts.metadata.rows).map(([name, count]) => [names[name] ?? name, count]));
    expect(Object.fromEntries(Object.entries<{ rows: number }>(tables.tables).map(([name, table]) => [name, table.rows]))).toEqual(rows);
    await compareBoundary(file, facts);
  });
});

async function compareBoundary(file: string, facts: Facts): Promise<void> {
  const boundary = await document(file, 'boundary');
  type Slot = { rva: number; token: number; method: string };
  type Record_ = { rva: number; count: number; type: number; slots: Slot[] };
  expect(
    boundary.fixups.map(({ rva, count, type, slots }: Record_) => ({
      rva,
      count,
      type,
      tokens: slots.map((slot) => slot.token),
      methods: slots.map((slot) => slot.method),
    })),
  ).toEqual(
    (facts.vtfixups?.list ?? []).map(({ rva, count, type, tokens, methods }) => ({
      rva: Number(rva),
      count,
      type: Number(type),
      tokens: tokens.map(Number),
      methods,
    })),
  );
  if (!facts.rvaPInvoke) return;
  type Call = { token: number; method: string; kind: string; rva: number; target?: { kind: string } };
  const calls: Call[] = boundary.managedToNative.filter((call: Call) => call.kind === 'rva');
  expect(calls.map(({ token, method, rva }) => [token, method, rva])).toEqual(
    facts.rvaPInvoke.list.map(([token, method, rva]) => [Number(token), method, Number(rva)]),
  );
  expect(calls.filter((call) => call.target?.kind === 'import').length).toBe(facts.rvaPInvoke.jmpIatCount);
}
