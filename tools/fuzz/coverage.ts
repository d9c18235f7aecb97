import { type Profiler, Session } from 'node:inspector';

/** Executions of a branch are told apart by powers of eight: a loop that runs eight times as often is a step towards one without an end. */
const POWER = 3;
const POWERS = 8;

/** The branches that V8 saw executed in one script, by where they are and how often. Counts are as precise coverage gives them: since the last time they were asked for. */
export class Coverage {
  readonly #session = new Session();
  readonly #url: string;
  readonly #known = new Set<number>();
  readonly #places = new Set<number>();

  /** @param url the end of the script's URL */
  constructor(url: string) {
    this.#url = url;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Branches that were executed at least once. */
  get branches(): number {
    return this.#places.size;
  }

  /** The branches that were executed since the last call and are not known yet, or not so often. */
  take(): readonly number[] {
    const found: number[] = [];
    this.#session.post('Profiler.takePreciseCoverage', (error, result) => {
      if (error !== null) return;
      for (const script of result.result) if (script.url.endsWith(this.#url)) this.#collect(script.functions, found);
    });
    return found;
  }

  know(branches: readonly number[]): void {
    for (const branch of branches) {
      this.#known.add(branch);
      this.#places.add(Math.floor(branch / POWERS));
    }
  }

  #collect(functions: readonly Profiler.FunctionCoverage[], found: number[]): void {
    for (const { ranges } of functions)
      for (const { startOffset, endOffset, count } of ranges) {
        if (count === 0) continue;
        const power = Math.min(POWERS - 1, Math.floor(Math.log2(count) / POWER));
        const branch = (startOffset * 0x1000000 + endOffset) * POWERS + power;
        if (!this.#known.has(branch)) found.push(branch);
      }
  }
}
