/** The start and the end of a function, from unwind data. */
export interface NativeRange {
  readonly start: number;
  /** First RVA behind it. */
  readonly end: number;
}

/** The facts about an image that limit a body of machine code. */
export interface NativeLandmarks {
  /** RVAs at which something starts: exports, methods, entry points. In any order. */
  readonly starts: Iterable<number>;
  /** From unwind data, where the machine has it. In any order. */
  readonly ranges?: Iterable<NativeRange>;
}

export interface NativeLimit {
  readonly limit: number;
  /** Whether the limit is the true end of the function. */
  readonly limitIsExact: boolean;
}

/** The index of the last number that is not above `value`, or -1. */
function lastNotAbove(sorted: ArrayLike<number>, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Finds the end of a body among the landmarks. */
export class NativeBounds {
  readonly #starts: Float64Array;
  readonly #ranges: readonly NativeRange[];
  readonly #rangeStarts: Float64Array;

  constructor({ starts, ranges = [] }: NativeLandmarks) {
    this.#starts = Float64Array.from(new Set(starts)).sort();
    this.#ranges = [...ranges].sort((one, other) => one.start - other.start);
    this.#rangeStarts = Float64Array.from(this.#ranges, ({ start }) => start);
  }

  /** The latest end of the body at `rva`: the end of its unwind range, else the next landmark. */
  of(rva: number): NativeLimit {
    const range = this.#ranges[lastNotAbove(this.#rangeStarts, rva)];
    if (range !== undefined && rva < range.end) return { limit: range.end, limitIsExact: true };
    const next = this.#starts[lastNotAbove(this.#starts, rva) + 1] ?? Number.POSITIVE_INFINITY;
    const nextRange = this.#rangeStarts[lastNotAbove(this.#rangeStarts, rva) + 1] ?? Number.POSITIVE_INFINITY;
    return { limit: Math.min(next, nextRange), limitIsExact: false };
  }
}
