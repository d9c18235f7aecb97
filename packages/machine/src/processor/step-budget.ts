/**
 * Steps that native code may still take. One budget serves a whole load: its TLS callbacks, entry points and the host functions that it asks share it, so that
 * many of them cannot take many times as long as one. A repeated string instruction takes a step for each repetition.
 */
export class StepBudget {
  readonly #limit: number;
  #left: number;

  constructor(limit: number) {
    this.#limit = limit;
    this.#left = limit;
  }

  /** Takes steps that are about to be made or were just made; `false` after the last. */
  take(steps = 1): boolean {
    this.#left -= steps;
    return this.#left >= 0;
  }

  /** Begins another load. */
  renew(): void {
    this.#left = this.#limit;
  }
}
