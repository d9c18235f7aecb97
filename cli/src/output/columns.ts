import { printable } from '@ijw/binary';
import type { ChalkInstance } from 'chalk';
import { foldedText } from './fold.ts';

/** A cell, and how it is coloured once its width is known. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** What text is written with. */
export interface Page {
  readonly style: ChalkInstance;
  /** Of the terminal; `undefined` where nothing is folded. */
  readonly width?: number | undefined;
}

export type Row = readonly (Cell | string)[];

export const asCell = (cell: Cell | string): Cell =>
  typeof cell === 'string' ? { text: printable(cell) } : { ...cell, text: printable(cell.text) };

/** Rows whose widths are measured together: a longer table is written in blocks, so that memory does not grow with it. */
const BLOCK = 8192;

/** Rows in blocks, their text made printable. */
export function* blocksOf(rows: Iterable<Row>): Generator<readonly (readonly Cell[])[]> {
  let block: (readonly Cell[])[] = [];
  for (const row of rows) {
    block.push(row.map(asCell));
    if (block.length < BLOCK) continue;
    yield block;
    block = [];
  }
  yield block;
}

/**
 * Rows of cells in aligned columns, two spaces apart; the last column is not padded. On a terminal of a `width`, cells are folded within their columns; without
 * one nothing is folded or cut. Yields the text of many lines at a time.
 */
export function* columns(rows: Iterable<Row>, indent = '', width?: number): Generator<string> {
  for (const block of blocksOf(rows)) yield* joined(aligned(block, indent, width));
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

/** Narrower columns than this are harder to read than lines that are folded as a whole. */
const NARROWEST = 12;

/** The widths of columns that fit: the widest ones share what the others leave. */
function fittingWidths(natural: readonly number[], width: number): readonly number[] {
  const available = width - 2 * (natural.length - 1);
  if (natural.reduce((sum, each) => sum + each, 0) <= available) return natural;
  let left = available;
  let share = 0;
  for (const [index, each] of [...natural].sort((a, b) => a - b).entries()) {
    share = Math.floor(left / (natural.length - index));
    if (each > share) break;
    left -= each;
  }
  return share < NARROWEST ? natural : natural.map((each) => Math.min(each, share));
}

/** The lines of rows of cells, without their line breaks. */
export function* aligned(rows: readonly (readonly Cell[])[], indent: string, width?: number): Generator<string> {
  const natural = widthsOf(rows);
  const widths = width === undefined ? natural : fittingWidths(natural, width - indent.length);
  for (const row of rows) for (const line of widths === natural ? [row] : foldedRow(row, widths)) yield indent + lineOf(line, widths);
}

/** Lines as pieces of text: a piece costs a system call. @param end after each line; nothing for texts that have their line breaks */
export function* joined(lines: Iterable<string>, end = '\n'): Generator<string> {
  let text = '';
  for (const line of lines) {
    text += line + end;
    if (text.length < PIECE) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

function lineOf(row: readonly Cell[], widths: readonly number[]): string {
  const last = row.length - 1;
  const parts = row.map(({ text, paint }, index) => {
    const shown = paint ? paint(text) : text;
    return index === last ? shown : shown + padding((widths[index] ?? 0) - text.length);
  });
  return parts.join('  ').trimEnd();
}

/** A row as several, whose cells fit their columns. */
function foldedRow(row: readonly Cell[], widths: readonly number[]): readonly (readonly Cell[])[] {
  const folded = row.map(({ text }, index) => foldedText(text, widths[index] ?? text.length));
  const height = folded.reduce((most, { length }) => Math.max(most, length), 1);
  return Array.from({ length: height }, (_, line) => row.map((cell, index) => ({ ...cell, text: folded[index]?.[line] ?? '' })));
}

/** The widest column; the text after a longer cell is not aligned. */
const WIDEST = 400;

const padding = (width: number): string => ' '.repeat(Math.max(0, Math.min(width, WIDEST)));
