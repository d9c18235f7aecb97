// EXEs, records without slots, members of assemblies beside the image, ways to load, hosts and dependencies: each against what the real runtime did.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Loader, type LoadOutcome, type LoadRequest } from '@ijw/loader';
import { type ModuleProvider, searchedModules } from '@ijw/windows';
import { describe, expect, it } from 'vitest';
import { systemText } from './oracle/exception-text.ts';
import { buildBeside, fileNameOf, type ObservedLoad } from './oracle/observed-load.ts';
import { expectException } from './oracle/scene.ts';

const FOLDER = 'C:\\app\\';
const KINDS: Readonly<Record<string, string>> = { raw: '-', bootstrap: 'b', reverse: 'r', managed: 'm' };

const LOADS: readonly ObservedLoad[] = readFileSync(join(import.meta.dirname, 'facts/loads.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as ObservedLoad);

const REQUESTS: Readonly<Record<NonNullable<ObservedLoad['how']>, LoadRequest>> = {
  file: {},
  bytes: { from: 'bytes' },
  stream: { from: 'bytes', context: { name: 's' } },
  collectibleStream: { from: 'bytes', context: { name: 's', collectible: true } },
  collectible: { context: { name: 'c', collectible: true } },
  native: { nativeFirst: true },
};

/** The folder of the image. The runtime's own ijwhost is the simulated one. */
function folder(beside: ObservedLoad['beside']): ModuleProvider {
  const files = searchedModules((name) => {
    const input = beside[name.toLowerCase()];
    return input === undefined || input === 'ijwhost' ? undefined : { bytes: buildBeside(input), path: `${FOLDER}${name}` };
  });
  return { find: (name) => (beside[name.toLowerCase()] === 'ijwhost' ? undefined : files.find(name)) };
}

function expectOutcome(outcome: LoadOutcome, { load }: ObservedLoad): void {
  const why = outcome.outcome === 'refused' ? outcome.reason : undefined;
  const failed = /^failed (\d+)$/.exec(load);
  expect(outcome.outcome, why).toBe(load === 'ok' ? 'loaded' : 'refused');
  if (failed) expect(outcome.hresult).toBe((0x80070000 + Number(failed[1])) >>> 0);
  else if (outcome.outcome === 'refused') expectException(outcome.exception, load.replaceAll('<DIR>', FOLDER));
}

function expectCall({ module }: LoadOutcome, call: string): void {
  const name = ['Add_0', 'Add_1'].find((symbol) => module!.exportAddress(symbol) !== undefined)!;
  const result = module!.callExport(name, 40, 2);
  const died = /^died (?:0x([0-9a-f]+)|(.*))$/.exec(call);
  if (call === 'accessViolation') expect(result.kind).toBe(call);
  else if (!died) expect(result.kind, JSON.stringify(result)).toBe('returned');
  else if (died[1] !== undefined) expect(result).toMatchObject({ kind: 'processDied', hresult: Number.parseInt(died[1], 16) });
  else {
    const thrown = result.kind === 'processDied' ? result.exception : undefined;
    expect(`${thrown?.type}: ${thrown?.message}`).toBe(systemText(died[2]!));
  }
}

describe('what CoreCLR 10.0.12 did with images of our own builders and the files beside them', () => {
  it.each(LOADS.map((row) => [row.name, row] as const))('%s', (_name, row) => {
    const { runtimeConfig = 'present' } = row;
    const loader = new Loader({ host: 'core', architecture: 'x64', provider: folder(row.beside), runtimeConfig });
    const outcome = loader.load(buildBeside(row.image), { path: `${FOLDER}${fileNameOf(row)}`, ...REQUESTS[row.how ?? 'file'] });
    expectOutcome(outcome, row);
    if (row.mapped !== undefined) expect(outcome.module?.mapped ?? false).toBe(row.mapped);
    if (row.slots !== undefined) expect(outcome.module!.slots.map(({ content }) => KINDS[content.kind]).join('')).toBe(row.slots);
    if (row.call !== undefined) expectCall(outcome, row.call);
  });
});
