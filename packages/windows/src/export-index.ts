import type { ExportDirectory, ExportedSymbol } from '@ijw/pe/exports';

/** A module's exports by name and ordinal. The first of several with the same name or ordinal is used, as in a walk of the table. */
interface ExportIndex {
  readonly byName: ReadonlyMap<string, ExportedSymbol>;
  readonly byOrdinal: ReadonlyMap<number, ExportedSymbol>;
}

const indexes = new WeakMap<ExportDirectory, ExportIndex>();

function indexOf(directory: ExportDirectory): ExportIndex {
  const known = indexes.get(directory);
  if (known) return known;
  const byName = new Map<string, ExportedSymbol>();
  const byOrdinal = new Map<number, ExportedSymbol>();
  for (const symbol of directory.symbols) {
    if (symbol.name !== undefined && !byName.has(symbol.name)) byName.set(symbol.name, symbol);
    if (!byOrdinal.has(symbol.ordinal)) byOrdinal.set(symbol.ordinal, symbol);
  }
  const made = { byName, byOrdinal };
  indexes.set(directory, made);
  return made;
}

export function exportedSymbol(directory: ExportDirectory, symbol: string | number): ExportedSymbol | undefined {
  const { byName, byOrdinal } = indexOf(directory);
  return typeof symbol === 'number' ? byOrdinal.get(symbol) : byName.get(symbol);
}
