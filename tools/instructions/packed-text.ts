// The form in which generated modules hold tables.

/** The place of a value in a list, which gets it at its end where it lacks. */
export function indexOf(list: string[], value: string): number {
  const found = list.indexOf(value);
  return found >= 0 ? found : list.push(value) - 1;
}

/** Values with spaces, so many a line. */
export const lines = (values: readonly string[], perLine: number): string =>
  Array.from({ length: Math.ceil(values.length / perLine) }, (_, index) =>
    values.slice(index * perLine, (index + 1) * perLine).join(' '),
  ).join('\n');
