/** Longer names are not compared: people do not type them, and a file decides how long its names are. */
const LONGEST = 200;
const MOST = 3;

/** Edits (a character more, less or another, two swapped) that lead from one text to the other; more than `limit` where there are more. */
function editDistance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) > limit) return limit + 1;
  let [before, last]: [readonly number[], readonly number[]] = [[], Array.from({ length: to.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      const swapped =
        i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1] ? (before[j - 2] ?? 0) + 1 : Number.MAX_VALUE;
      row.push(Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1), swapped));
    }
    [before, last] = [last, row];
  }
  return last[to.length] ?? 0;
}

/** The names most like the one that was typed, the nearest first; case does not count. `names` gives what is compared and what is shown. */
export function nearestNames(typed: string, names: Iterable<readonly [compared: string, shown: () => string]>): readonly string[] {
  const wanted = typed.toLowerCase();
  if (wanted.length > LONGEST) return [];
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  const near: { distance: number; shown: () => string }[] = [];
  for (const [compared, shown] of names) {
    if (compared.length > LONGEST) continue;
    const distance = editDistance(wanted, compared.toLowerCase(), limit);
    if (distance > limit || (near.length === MOST && distance >= (near.at(-1)?.distance ?? 0))) continue;
    near.push({ distance, shown });
    near.sort((a, b) => a.distance - b.distance).splice(MOST);
  }
  return [...new Set(near.map(({ shown }) => shown()))];
}
