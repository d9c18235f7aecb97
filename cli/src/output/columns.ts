import { printable } from '@ijw/binary';

/** A cell, and how it is coloured once its width is known. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

export type Row = readonly (Cell | string)[];

const asCell = (cell: Cell | string): Cell =>
  typeof cell === 'string' ? { text: printable(cell) } : { ...cell, text: printable(cell.text) };

/** Rows whose widths are measured together: a longer table is written in blocks, so that memory does not grow with it. */
const BLOCK = 8192;

/** Rows of cells in aligned columns, two spaces apart; the last column is not padded. Yields the text of many lines at a time. */
export function* columns(rows: Iterable<Row>, indent = ''): Generator<string> {
  let block: (readonly Cell[])[] = [];
  for (const row of rows) {
    block.push(row.map(asCell));
    if (block.length < BLOCK) continue;
    yield* aligned(block, indent);
    block = [];
  }
  yield* aligned(block, indent);
}

/** A table's head before its rows. */
export function* headed(head: Row, rows: Iterable<Row>): Generator<Row> {
  yield head;
  yield* rows;
}

function widthsOf(rows: readonly (readonly Cell[])[]): readonly number[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cell.text.length);
    });
  return widths;
}

/** Lines are gathered up to this many characters. */
const PIECE = 1 << 16;

function* aligned(rows: readonly (readonly Cell[])[], indent: string): Generator<string> {
  const widths = widthsOf(rows);
  let text = '';
  for (const row of rows) {
    const last = row.length - 1;
    const parts = row.map(({ text: content, paint }, index) => {
      const shown = paint ? paint(content) : content;
      return index === last ? shown : shown + padding(widths[index]! - content.length);
    });
    text += `${indent}${parts.join('  ').trimEnd()}\n`;
    if (text.length < PIECE) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

/** Wider than any column that is read beside others: what stands after a longer cell is not moved out as far. */
const WIDEST = 400;

const padding = (width: number): string => ' '.repeat(Math.min(width, WIDEST));

/** `text` cut to `width` characters, the cut marked. */
export const clip = (text: string, width: number): string => (text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`);
