// The program of the fuzzer, as `tools/fuzz.ts` bundles it: as many processes as there are processors, each with one reader after another.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Finding, findingKey } from './findings.ts';
import type { FuzzReader } from './reader.ts';
import { READERS } from './readers.ts';
import { fuzz, type WorkerTask } from './worker.ts';
import { runWorker } from './worker-process.ts';

const script = process.argv[1] ?? '';

/** Of one reader, over all the processes that fuzzed it. */
interface Totals {
  executions: number;
  branches: number;
  milliseconds: number;
}

interface Share {
  readonly reader: FuzzReader;
  readonly seed: number;
  readonly milliseconds: number;
}

class Campaign {
  readonly #folder: string;
  readonly #scratch = mkdtempSync(join(tmpdir(), 'ijw-fuzz-'));
  readonly #findings = new Map<string, Finding>();
  readonly #totals = new Map<string, Totals>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  get findings(): number {
    return this.#findings.size;
  }

  #found(finding: Finding): void {
    const key = findingKey(finding);
    if (this.#findings.has(key)) return;
    this.#findings.set(key, finding);
    mkdirSync(this.#folder, { recursive: true });
    const path = join(this.#folder, `${finding.reader}-${createHash('sha256').update(finding.input).digest('hex').slice(0, 12)}`);
    writeFileSync(path, finding.input);
    const message = finding.message.split('\n').slice(0, 6).join('\n  ');
    console.log(`${finding.reader}: ${finding.kind}: ${message}\n  input: ${path}, ${finding.input.length} bytes`);
  }

  /** Fuzzes one reader for its share of the time; a process that broke down is replaced. */
  async #run({ reader: { name }, seed, milliseconds }: Share): Promise<void> {
    const end = Date.now() + milliseconds;
    const totals = this.#totals.get(name) ?? { executions: 0, branches: 0, milliseconds: 0 };
    this.#totals.set(name, totals);
    totals.milliseconds += milliseconds;
    const current = join(this.#scratch, String(seed));
    for (let round = 0; Date.now() < end; round++) {
      const task = {
        reader: name,
        current,
        seed: seed + 1000 * round,
        milliseconds: end - Date.now(),
        script: script.split(/[\\/]/).pop() ?? '',
      };
      const { executions = 0, branches = 0 } = await runWorker(script, task, (finding) => this.#found(finding));
      totals.executions += executions;
      totals.branches = Math.max(totals.branches, branches);
    }
  }

  /** Works through the shares, so many at a time. */
  async runAll(shares: readonly Share[], processes: number): Promise<void> {
    const left = [...shares];
    const work = async (): Promise<void> => {
      for (let share = left.shift(); share !== undefined; share = left.shift()) await this.#run(share);
    };
    await Promise.all(Array.from({ length: processes }, work));
    rmSync(this.#scratch, { recursive: true });
    for (const [name, { executions, branches, milliseconds }] of this.#totals)
      console.log(`${name}: ${executions} executions, ${Math.round((executions * 1000) / milliseconds)} a second, ${branches} branches`);
  }
}

/** Readers share the time of all processes; few readers are fuzzed by several with different seeds. */
function sharesOf(readers: readonly FuzzReader[], seed: number, milliseconds: number, processes: number): readonly Share[] {
  const copies = Math.ceil(processes / readers.length);
  const count = readers.length * copies;
  return Array.from({ length: copies }, () => readers)
    .flat()
    .map((reader, index) => ({ reader, seed: seed + index, milliseconds: (milliseconds * processes) / count }));
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      minutes: { type: 'string', default: '1' },
      seed: { type: 'string' },
      processes: { type: 'string' },
      out: { type: 'string', default: 'fuzz-findings' },
      replay: { type: 'string' },
    },
  });
  const readers = READERS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  if (readers.length === 0) throw new Error(`The readers are ${READERS.map(({ name }) => name).join(', ')}`);
  if (values.replay !== undefined) {
    for (const reader of readers) {
      const start = process.cpuUsage();
      const bytes = await reader.run(readFileSync(values.replay));
      const { user, system } = process.cpuUsage(start);
      console.log(
        `${reader.name}: ${bytes ?? ''} bytes, ${(user + system) / 1e6} s of the processor, ${process.resourceUsage().maxRSS >> 10} MiB`,
      );
    }
    return;
  }
  const seed = Number(values.seed ?? Date.now() % 0x7fffffff);
  const processes = Math.max(1, Number(values.processes ?? availableParallelism()));
  console.log(`seed ${seed}, ${processes} processes`);
  const campaign = new Campaign(values.out);
  await campaign.runAll(sharesOf(readers, seed, Number(values.minutes) * 60_000, processes), processes);
  console.log(campaign.findings === 0 ? 'no findings' : `${campaign.findings} findings`);
  process.exitCode = campaign.findings === 0 ? 0 : 1;
}

/** A child takes one task, and ends. */
async function work(task: WorkerTask): Promise<void> {
  const reader = READERS.find(({ name }) => name === task.reader);
  if (reader !== undefined) process.send?.(await fuzz(reader, task, (finding) => process.send?.(finding)));
  process.disconnect();
}

if (process.send === undefined) void main();
else process.once('message', (task: WorkerTask) => void work(task));
