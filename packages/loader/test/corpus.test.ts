// Loads of the corpus's mixed files on both hosts (skipped without ../shared).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LoadedModule, Loader } from '@ijw/loader';
import { describe, expect, it } from 'vitest';

/** Real files beside a checkout, each with what other tools measured of it. Absent in a clone. */
const CORPUS = join(import.meta.dirname, '../../../../shared/corpus');

interface Measured {
  readonly file: string;
  readonly category: string;
  readonly imageBase: string;
  readonly sizeOfImage: string;
  readonly importCounts: Readonly<Record<string, number>>;
  readonly delayImports?: Readonly<Record<string, readonly string[]>>;
  readonly vtfixups: { readonly records: number; readonly slots: number; readonly histogram: Readonly<Record<string, number>> };
  readonly exports: readonly { readonly name: string; readonly rva: string }[];
  readonly methods: Readonly<Record<string, number>>;
  readonly rvaPInvoke: { readonly count: number; readonly jmpIat: readonly (readonly [string, string, string, string])[] };
  readonly moduleCctor: readonly string[];
}

const measured: readonly Measured[] = existsSync(CORPUS)
  ? (JSON.parse(readFileSync(join(CORPUS, 'manifest.json'), 'utf8')) as { files: Measured[] }).files
  : [];
const mixed = measured.filter((file) => file.category === 'mixed');

describe.skipIf(mixed.length === 0)('the mixed files of the corpus (shared/corpus)', () => {
  describe.each(['core', 'framework'] as const)('on the %s host', (host) => {
    it.each(mixed.map((file) => [file.file, file] as const))('%s', (name, facts) => {
      const outcome = new Loader({ host }).load(new Uint8Array(readFileSync(join(CORPUS, name))), { path: name });
      expect(outcome.outcome).toBe('loaded');
      const module = outcome.module!;
      expect([module.base, module.size]).toEqual([Number(facts.imageBase), Number(facts.sizeOfImage)]);
      expectSlots(module, facts);
      expectImports(module, facts);
      expectPInvokes(module, facts);
      for (const { name: symbol, rva } of facts.exports) expect(module.exportAddress(symbol)).toBe(module.base + Number(rva));
      expect(module.constructorRuns).toBe(host === 'framework' ? facts.moduleCctor.length : 0);
    });
  });

  it.each(mixed.map((file) => [file.file, file] as const))('%s loads the same away from its base', (name, facts) => {
    const bytes = new Uint8Array(readFileSync(join(CORPUS, name)));
    const base = Number(facts.imageBase) + 0x1_0000;
    const module = new Loader({ host: 'core' }).load(bytes, { path: name, base }).module!;
    expect(module.base).toBe(base);
    expectSlots(module, facts);
    expectPInvokes(module, facts);
  });
});

function expectSlots(module: LoadedModule, { vtfixups }: Measured): void {
  const { slots } = module;
  expect(slots).toHaveLength(vtfixups.slots);
  expect(slots.filter((slot) => slot.content.kind === 'raw')).toEqual([]);
  expect(new Set(slots.map((slot) => slot.record)).size).toBe(vtfixups.records);
  for (const slot of slots) expect(slot.method).toContain('::');
}

function expectImports(module: LoadedModule, { importCounts, delayImports = {} }: Measured): void {
  const count = (delayed: boolean): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const entry of module.imports) if ((entry.delayed ?? false) === delayed) counts[entry.module] = (counts[entry.module] ?? 0) + 1;
    return counts;
  };
  expect(count(false)).toEqual(importCounts);
  expect(count(true)).toEqual(Object.fromEntries(Object.entries(delayImports).map(([name, symbols]) => [name, symbols.length])));
}

function expectPInvokes(module: LoadedModule, { rvaPInvoke, methods }: Measured): void {
  const early = module.pinvokes.filter((pinvoke) => pinvoke.kind === 'rva');
  expect(early).toHaveLength(rvaPInvoke.count);
  expect(module.pinvokes.filter((pinvoke) => pinvoke.kind === 'named')).toHaveLength(methods['named PInvoke'] ?? 0);
  for (const pinvoke of early) expect(pinvoke.address).toBe(module.base + pinvoke.rva!);
  const named = rvaPInvoke.jmpIat.map(([token, , , symbol]) => [Number(token), `rva -> ${symbol.replace('(delay)', '')}`]);
  const seen = early.filter((pinvoke) => pinvoke.via !== 'rva').map((pinvoke) => [pinvoke.token, pinvoke.via]);
  expect(seen).toEqual(named);
}
