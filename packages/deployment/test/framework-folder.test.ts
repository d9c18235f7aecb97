// Covers real folders: the installed frameworks as they are, and with one reference removed, renamed or changed in machine (500 times with IJW_FRAMEWORKS=1).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryFiles } from '@ijw/assembly';
import { Deployment, type DeploymentReport, diagnose } from '@ijw/deployment';
import { describe, expect, it } from 'vitest';
import { newestFramework } from '../../../tools/peers.ts';

type Content = ReadonlyMap<string, Uint8Array>;

const framework = newestFramework();
const aspNet = framework?.replace('Microsoft.NETCore.App', 'Microsoft.AspNetCore.App');

const read = (folder: string): Content =>
  new Map(
    readdirSync(folder)
      .filter((name) => /\.(?:dll|so|json)$/.test(name))
      .map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]),
  );

const examine = async (files: Content): Promise<DeploymentReport> =>
  diagnose(await Deployment.open({ source: memoryFiles('framework', files) }));

const problems = ({ diagnoses }: DeploymentReport) => diagnoses.flatMap(({ findings }) => findings).filter(({ level }) => level !== 'info');

/** Numbers from a seed (Lehmer, MINSTD). */
function* numbers(seed: number): Generator<number> {
  for (let value = seed; ; ) {
    value = (value * 48271) % 0x7fffffff;
    yield value;
  }
}

/** PE/COFF "COFF File Header": the Machine field, after e_lfanew and the signature. */
function withMachine(bytes: Uint8Array, machine: number): Uint8Array {
  const changed = bytes.slice();
  const view = new DataView(changed.buffer);
  view.setUint16(view.getUint32(0x3c, true) + 4, machine, true);
  return changed;
}

const MACHINES = [0xaa64, 0x01c4, 0x5064];

interface Change {
  readonly text: string;
  readonly files: Content;
  readonly name: string;
}

function changed(files: Content, name: string, kind: number, machine: number): Change {
  const others = new Map(files);
  others.delete(name);
  if (kind === 0) return { text: `${name} removed`, files: others, name };
  const bytes = files.get(name) ?? new Uint8Array();
  if (kind === 1) return { text: `${name} renamed`, files: others.set(`${name}.old`, bytes), name };
  return { text: `${name} for machine ${machine.toString(16)}`, files: others.set(name, withMachine(bytes, machine)), name };
}

const COUNT = process.env.IJW_FRAMEWORKS === undefined ? 12 : 500;

describe.skipIf(framework === undefined)('the frameworks of an installed .NET (skipped without dotnet)', () => {
  it.each([framework, aspNet].filter((path) => path !== undefined))('%s: no false alarm', async (folder) => {
    const report = await examine(read(folder));
    expect(problems(report)).toEqual([]);
    expect(report.verdict).toBe('loads');
    expect(report.diagnoses.length).toBeGreaterThan(10);
  });

  it(`finds ${COUNT} references that were removed, renamed or changed in machine`, { timeout: 1_800_000 }, async () => {
    const files = read(framework ?? '');
    const whole = await examine(files);
    const referred = new Set(
      whole.diagnoses.flatMap(({ graph }) =>
        [...graph.nodes.values()].flatMap(({ via }) =>
          via === undefined ? [] : via.satisfied.by === 'folder' ? via.satisfied.file.name : [],
        ),
      ),
    );
    const names = [...referred].filter((name) => name.endsWith('.dll')).sort();
    expect(names.length).toBeGreaterThan(90);
    const random = numbers(20260301);
    const next = (limit: number): number => (random.next().value ?? 0) % limit;
    const silent: string[] = [];
    for (let index = 0; index < COUNT; index++) {
      const change = changed(files, names[next(names.length)] ?? '', next(3), MACHINES[next(MACHINES.length)] ?? 0);
      const report = await examine(change.files);
      const isNamed = problems(report).some(({ file, message }) =>
        `${file} ${message}`.toLowerCase().includes(change.name.toLowerCase().replace(/\.dll$/, '')),
      );
      if (report.verdict !== 'will-not-load' || !isNamed) silent.push(change.text);
    }
    expect(silent.length, silent.join(', ')).toBeLessThanOrEqual(COUNT / 100);
  });
});
