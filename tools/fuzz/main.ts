// The program of the fuzzer, as `tools/fuzz.ts` bundles it: a worker for one reader after another, and a watcher that ends a worker which does not come back.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type Finding, findingKey } from './findings.ts';
import type { FuzzReader } from './reader.ts';
import { READERS } from './readers.ts';
import { SharedInput } from './shared-input.ts';
import { fuzz, type WorkerReport, type WorkerTask } from './worker.ts';

/** An input that takes so much of the processor hangs. */
const HANG = 15_000;
const WATCH = 500;
const HEAP_MIB = 640;

const script = process.argv[1] ?? '';

/** Ends the worker when it reads one input for too long. */
function watch(worker: Worker, shared: SharedInput, hung: (input: Uint8Array) => void): NodeJS.Timeout {
  let last = -1;
  let since = process.cpuUsage();
  return setInterval(() => {
    if (shared.count !== last) {
      last = shared.count;
      since = process.cpuUsage();
    } else if (process.cpuUsage(since).user / 1000 > HANG) {
      hung(shared.input);
      void worker.terminate();
    }
  }, WATCH);
}

/** One worker; its report, or `undefined` where it broke down. */
function runWorker(task: WorkerTask, found: (finding: Finding) => void): Promise<WorkerReport | undefined> {
  const shared = new SharedInput(task.buffer);
  return new Promise((resolve) => {
    const worker = new Worker(script, { workerData: task, resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB }, stderr: false });
    let report: WorkerReport | undefined;
    const finding = (kind: Finding['kind'], message: string, input: Uint8Array): void =>
      found({ reader: task.reader, kind, message, input });
    const watcher = watch(worker, shared, (input) => finding('hang', `no end after ${HANG / 1000} s of the processor`, input));
    worker.on('message', (message: Finding | WorkerReport) => {
      if ('kind' in message) found(message);
      else report = message;
    });
    worker.on('error', (error) =>
      finding('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'error', error.message, shared.input),
    );
    worker.on('exit', () => {
      clearInterval(watcher);
      resolve(report);
    });
  });
}

class Campaign {
  readonly #folder: string;
  readonly #findings = new Map<string, Finding>();

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
    console.log(
      `${finding.reader}: ${finding.kind}: ${finding.message.split('\n').slice(0, 6).join('\n  ')}\n  input: ${path}, ${finding.input.length} bytes`,
    );
  }

  /** Fuzzes one reader for its share of the time; a worker that broke down is replaced. */
  async run({ name }: FuzzReader, seed: number, milliseconds: number): Promise<void> {
    const end = Date.now() + milliseconds;
    let executions = 0;
    let branches = 0;
    for (let round = 0; Date.now() < end; round++) {
      const buffer = new SharedInput().buffer;
      const task = { reader: name, buffer, seed: seed + round, milliseconds: end - Date.now(), script: script.split(/[\\/]/).pop() ?? '' };
      const report = await runWorker(task, (finding) => this.#found(finding));
      executions += report?.executions ?? new SharedInput(buffer).count;
      branches = Math.max(branches, report?.branches ?? 0);
    }
    console.log(`${name}: ${executions} executions, ${Math.round((executions * 1000) / milliseconds)} a second, ${branches} branches`);
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      minutes: { type: 'string', default: '1' },
      seed: { type: 'string' },
      out: { type: 'string', default: 'fuzz-findings' },
      replay: { type: 'string' },
    },
  });
  const readers = READERS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  if (readers.length === 0) throw new Error(`The readers are ${READERS.map(({ name }) => name).join(', ')}`);
  if (values.replay !== undefined) {
    for (const reader of readers) await reader.run(readFileSync(values.replay));
    return;
  }
  const seed = Number(values.seed ?? Date.now() % 0x7fffffff);
  console.log(`seed ${seed}`);
  const campaign = new Campaign(values.out);
  for (const reader of readers) await campaign.run(reader, seed, (Number(values.minutes) * 60_000) / readers.length);
  console.log(campaign.findings === 0 ? 'no findings' : `${campaign.findings} findings`);
  process.exitCode = campaign.findings === 0 ? 0 : 1;
}

async function work(task: WorkerTask): Promise<void> {
  const reader = READERS.find(({ name }) => name === task.reader);
  if (reader !== undefined) parentPort?.postMessage(await fuzz(reader, task));
}

void (isMainThread ? main() : work(workerData as WorkerTask));
