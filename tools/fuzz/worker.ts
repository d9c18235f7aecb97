import { parentPort } from 'node:worker_threads';
import { Coverage } from './coverage.ts';
import type { Finding } from './findings.ts';
import { mutate } from './mutation.ts';
import { type Random, randomFrom } from './random.ts';
import type { FuzzReader } from './reader.ts';
import { SharedInput } from './shared-input.ts';

export interface WorkerTask {
  readonly reader: string;
  readonly buffer: SharedArrayBuffer;
  readonly seed: number;
  readonly milliseconds: number;
  /** Where the script of the bundle is, which coverage is taken of. */
  readonly script: string;
}

export interface WorkerReport {
  readonly executions: number;
  readonly branches: number;
  readonly corpus: number;
}

/** One input may take this much of the processor. */
const SLOW = 4_000;
const MOST_MEMORY = 900 * 0x100000;
/** How long inputs are read before coverage is asked for: asking costs some milliseconds. */
const BATCH = 150;

class FuzzLoop {
  readonly #reader: FuzzReader;
  readonly #shared: SharedInput;
  readonly #coverage: Coverage;
  readonly #random: Random;
  readonly #corpus: Uint8Array[] = [];
  #executions = 0;

  constructor(reader: FuzzReader, { buffer, seed, script }: WorkerTask) {
    this.#reader = reader;
    this.#shared = new SharedInput(buffer);
    this.#coverage = new Coverage(script);
    this.#random = randomFrom(seed);
  }

  async run(milliseconds: number): Promise<WorkerReport> {
    const end = Date.now() + milliseconds;
    for (const seed of await this.#reader.seeds()) {
      await this.#read(seed);
      this.#corpus.push(seed);
      if (Date.now() >= end) break;
    }
    this.#coverage.know(this.#coverage.take());
    while (Date.now() < end) await this.#batch();
    return { executions: this.#executions, branches: this.#coverage.branches, corpus: this.#corpus.length };
  }

  async #batch(): Promise<void> {
    const inputs: Uint8Array[] = [];
    for (const start = Date.now(); Date.now() - start < BATCH; ) {
      const input = this.#next();
      inputs.push(input);
      await this.#read(input);
    }
    if (this.#coverage.take().length === 0) return;
    // Which of them it was: each again, alone.
    for (const input of inputs) {
      await this.#read(input);
      const branches = this.#coverage.take();
      if (branches.length === 0) continue;
      this.#coverage.know(branches);
      this.#corpus.push(input);
    }
  }

  #next(): Uint8Array {
    const { length } = this.#corpus;
    // What came last came furthest.
    const index = this.#random(2) === 0 ? length - 1 - this.#random(Math.min(length, 32)) : this.#random(length);
    const parent = this.#corpus[index] ?? new Uint8Array(1);
    return mutate(parent, this.#corpus[this.#random(length)] ?? parent, this.#random);
  }

  async #read(input: Uint8Array): Promise<void> {
    this.#executions++;
    this.#shared.begin(input);
    const start = process.cpuUsage();
    try {
      await this.#reader.run(input);
    } catch (error) {
      this.#report('error', error instanceof Error ? (error.stack ?? error.message) : String(error), input);
    }
    const { user, system } = process.cpuUsage(start);
    if ((user + system) / 1000 > SLOW) this.#report('slow', `${Math.round((user + system) / 1e6)} s of the processor`, input);
    if (process.memoryUsage.rss() > MOST_MEMORY) this.#report('memory', 'more than 900 MiB are in use', input);
  }

  #report(kind: Finding['kind'], message: string, input: Uint8Array): void {
    parentPort?.postMessage({ reader: this.#reader.name, kind, message, input } satisfies Finding);
  }
}

/** Reads mutated inputs until the time is over; findings are posted as they come. */
export const fuzz = (reader: FuzzReader, task: WorkerTask): Promise<WorkerReport> => new FuzzLoop(reader, task).run(task.milliseconds);
