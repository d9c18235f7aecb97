import { setImmediate } from 'node:timers/promises';
import { Coverage } from './coverage.ts';
import { CurrentInput } from './current-input.ts';
import type { Finding } from './findings.ts';
import { mutate } from './mutation.ts';
import { type Random, randomFrom } from './random.ts';
import type { FuzzReader } from './reader.ts';

export interface WorkerTask {
  readonly reader: string;
  /** Where the input is kept that is being read. */
  readonly current: string;
  readonly seed: number;
  readonly milliseconds: number;
  /** The end of the script's URL, which coverage is taken of. */
  readonly script: string;
}

export interface WorkerReport {
  readonly executions: number;
  readonly branches: number;
  readonly corpus: number;
}

/** Milliseconds of the processor that any input may take, and how many of its bytes may take one more: coverage is counted, and other work slows the processor. */
const ALLOWED = 2500;
const BYTES_A_MILLISECOND = 60;
/** As the promise for commands: the whole process, in KiB. */
const MOST_MEMORY = 700 * 1024;
/** How long inputs are read before coverage is asked for: asking costs some milliseconds. */
const BATCH = 100;

const processorTime = (start?: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
};

class FuzzLoop {
  readonly #reader: FuzzReader;
  readonly #report: (finding: Finding) => void;
  readonly #current: CurrentInput;
  readonly #coverage: Coverage;
  readonly #random: Random;
  readonly #corpus: Uint8Array[] = [];
  #executions = 0;

  constructor(reader: FuzzReader, { current, seed, script }: WorkerTask, report: (finding: Finding) => void) {
    this.#reader = reader;
    this.#report = report;
    this.#current = new CurrentInput(current);
    this.#coverage = new Coverage(script);
    this.#random = randomFrom(seed);
  }

  async run(milliseconds: number): Promise<WorkerReport> {
    const end = Date.now() + milliseconds;
    for (const seed of await this.#reader.seeds()) this.#corpus.push(seed);
    await this.#readSeeds(end);
    while (Date.now() < end && !this.#isFull) await this.#batch();
    this.#current.close();
    return { executions: this.#executions, branches: this.#coverage.branches, corpus: this.#corpus.length };
  }

  /** Seeds are read in any order, so that a short run does not always see the same few, and for no more than a third of the time. */
  async #readSeeds(end: number): Promise<void> {
    const last = Date.now() + (end - Date.now()) / 3;
    const left = [...this.#corpus];
    while (left.length > 0 && Date.now() < last && !this.#isFull) {
      const [seed] = left.splice(this.#random(left.length), 1);
      if (seed !== undefined) await this.#read(seed);
      await setImmediate();
    }
    this.#coverage.know(this.#coverage.take());
  }

  async #batch(): Promise<void> {
    const inputs: Uint8Array[] = [];
    for (const start = process.cpuUsage(); inputs.length === 0 || processorTime(start) < BATCH; ) {
      const input = this.#next();
      inputs.push(input);
      await this.#read(input);
    }
    // What was found goes out now: the loop above never waits.
    await setImmediate();
    const found = this.#coverage.take();
    if (found.length === 0) return;
    if (inputs.length > 1) await this.#attribute(inputs);
    else this.#corpus.push(...inputs);
    this.#coverage.know(found);
  }

  /** Which of the inputs it was that executed something new: each again, alone. */
  async #attribute(inputs: readonly Uint8Array[]): Promise<void> {
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
    if (this.#reader.mutate !== undefined && this.#random(4) > 0) return this.#reader.mutate(parent, this.#random);
    return mutate(parent, this.#corpus[this.#random(length)] ?? parent, this.#random);
  }

  async #read(input: Uint8Array): Promise<void> {
    const { milliseconds, bytes } = await this.#once(input);
    const allowed = ALLOWED + bytes / BYTES_A_MILLISECOND;
    // Once more: the first time much of the code may have been compiled.
    if (milliseconds > allowed && (await this.#once(input)).milliseconds > allowed)
      this.#found('slow', `${(milliseconds / 1000).toFixed(1)} s of the processor for ${bytes} bytes`, input);
    if (this.#isFull) this.#found('memory', `${process.resourceUsage().maxRSS >> 10} MiB`, input);
  }

  async #once(input: Uint8Array): Promise<{ readonly milliseconds: number; readonly bytes: number }> {
    this.#executions++;
    this.#current.begin(input);
    const start = process.cpuUsage();
    let bytes = input.length;
    try {
      bytes = Math.max(bytes, (await this.#reader.run(input)) ?? 0);
    } catch (error) {
      this.#found('error', error instanceof Error ? (error.stack ?? error.message) : String(error), input);
    }
    return { milliseconds: processorTime(start), bytes };
  }

  /** The peak stays, so that this process has no more to tell. */
  get #isFull(): boolean {
    return process.resourceUsage().maxRSS > MOST_MEMORY;
  }

  #found(kind: Finding['kind'], message: string, input: Uint8Array): void {
    this.#report({ reader: this.#reader.name, kind, message, input });
  }
}

/** Reads mutated inputs until the time is over or the memory is full. */
export const fuzz = (reader: FuzzReader, task: WorkerTask, report: (finding: Finding) => void): Promise<WorkerReport> =>
  new FuzzLoop(reader, task, report).run(task.milliseconds);
