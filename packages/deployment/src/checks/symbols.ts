import { nearestNames } from '@ijw/assembly/nearest-names';

/** A C name without what x86 conventions add: `_f@8` and `@f@8` are `f` (Microsoft C++, "Decorated names"). */
const plainName = (name: string): string => name.replace(/^[_@]([A-Za-z_]\w*)(?:@\d+)?$/, '$1');

/** Of more exports the nearest is not looked for. */
const MOST_EXPORTS = 20_000;

/** What a library is missing, and the export most like it. */
export function missingSymbol(
  symbol: string | number,
  exports: ReadonlySet<string | number>,
): { readonly text: string; readonly nearest: string } {
  if (typeof symbol === 'number') return { text: `ordinal ${symbol}`, nearest: '' };
  if (exports.size > MOST_EXPORTS) return { text: symbol, nearest: '' };
  const names = [...exports].filter((name): name is string => typeof name === 'string');
  const wanted = plainName(symbol).toLowerCase();
  const same = names.find((name) => plainName(name).toLowerCase() === wanted);
  const [near] =
    same === undefined
      ? nearestNames(
          symbol,
          names.map((name) => [name, () => name] as const),
        )
      : [same];
  return { text: symbol, nearest: near === undefined ? '' : `; it exports ${near}` };
}
