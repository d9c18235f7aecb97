import { type Profiler, Session } from 'node:inspector';

/** The branches that V8 saw executed in one script, by where they are. Counts are as precise coverage gives them: since the last time they were asked for. */
export class Coverage {
  readonly #session = new Session();
  readonly #url: string;
  readonly #branches = new Set<number>();

  /** @param url the end of the script's URL */
  constructor(url: string) {
    this.#url = url;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  get branches(): number {
    return this.#branches.size;
  }

  /** The branches that were executed since the last call and are not known yet. */
  take(): readonly number[] {
    const found: number[] = [];
    this.#session.post('Profiler.takePreciseCoverage', (error, result) => {
      if (error !== null) return;
      for (const script of result.result) if (script.url.endsWith(this.#url)) this.#collect(script.functions, found);
    });
    return found;
  }

  know(branches: readonly number[]): void {
    for (const branch of branches) this.#branches.add(branch);
  }

  #collect(functions: readonly Profiler.FunctionCoverage[], found: number[]): void {
    for (const { ranges } of functions)
      for (const { startOffset, endOffset, count } of ranges) {
        if (count === 0) continue;
        // How often counts roughly: a loop that runs a thousand times more is somewhere else.
        const branch = (startOffset * 0x1000000 + endOffset) * 4 + Math.min(3, Math.floor(Math.log2(count) / 4));
        if (!this.#branches.has(branch)) found.push(branch);
      }
  }
}
