/** How long a function takes: the first run, and the shortest of the others, in milliseconds. */
export interface Measured<T> {
  readonly first: number;
  readonly warm: number;
  readonly result: T;
}

export function measure<T>(task: () => T, repeats: number): Measured<T> {
  const start = performance.now();
  const result = task();
  const first = performance.now() - start;
  let warm = Number.POSITIVE_INFINITY;
  for (let round = 0; round < repeats; round++) {
    const begin = performance.now();
    task();
    warm = Math.min(warm, performance.now() - begin);
  }
  return { first, warm, result };
}

/** One line of a report. */
export function report(name: string, { first, warm, result }: Measured<unknown>): void {
  console.log(`${name.padEnd(16)} first ${first.toFixed(1)} ms, warm ${warm.toFixed(3)} ms: ${result}`);
}
