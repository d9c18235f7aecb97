/** A cell, and how it is coloured once its width is known. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

const asCell = (cell: Cell | string): Cell => (typeof cell === 'string' ? { text: cell } : cell);

/** Rows of cells in aligned columns, two spaces apart; the last column is not padded. */
export function columns(rows: readonly (readonly (Cell | string)[])[], indent = ''): string {
  const cells = rows.map((row) => row.map(asCell));
  const widths: number[] = [];
  for (const row of cells)
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cell.text.length);
    });
  let text = '';
  for (const row of cells) {
    const parts = row.map((cell, index) => {
      const padding = index === row.length - 1 ? '' : ' '.repeat(widths[index]! - cell.text.length);
      return (cell.paint ? cell.paint(cell.text) : cell.text) + padding;
    });
    text += `${indent}${parts.join('  ').trimEnd()}\n`;
  }
  return text;
}

/** `text` cut to `width` characters, the cut marked. */
export const clip = (text: string, width: number): string => (text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`);
