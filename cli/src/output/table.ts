import { aligned, blocksOf, type Cell, columns, joined, type Page, type Row } from './columns.ts';
import { foldedText, shownWidth } from './fold.ts';

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** The cells say what a row is about: together they are the first line of a record. Default: those of the first column. */
  readonly isKey?: boolean;
}

/** A column whose cells say what a row is about. */
export const key = (title: string): Column => ({ title, isKey: true });

/**
 * Rows in columns below their titles. On a terminal that is too narrow for them, each row is written as a record where records take fewer lines: a line with its
 * key cells, and below it the other cells, each after the title of its column. A record has no empty cells.
 */
export function* table(names: readonly (Column | string)[], rows: Iterable<Row>, page: Page, indent = '  '): Generator<string> {
  const { style, width } = page;
  const all = names.map((name): Column => (typeof name === 'string' ? { title: name } : name));
  const head = all.map(({ title }): Cell => ({ text: title, paint: style.dim }));
  if (width === undefined) {
    yield* columns(headed(head, rows), indent);
    return;
  }
  let isNarrow: boolean | undefined;
  for (const block of blocksOf(rows)) {
    const lines = isNarrow ? [] : [...aligned(isNarrow === undefined ? [head, ...block] : block, indent, width)];
    const isTall = isNarrow ?? heightOf(lines, width) > block.length + 1;
    const records = isTall ? [...recordLines(all, block, { style, width }, indent)] : [];
    isNarrow ??= isTall && (lines.some((line) => shownWidth(line) > width) || records.length < lines.length);
    yield* joined(isNarrow ? records : lines);
  }
}

function* headed(head: Row, rows: Iterable<Row>): Generator<Row> {
  yield head;
  yield* rows;
}

/** The lines that a terminal shows for these. */
const heightOf = (lines: readonly string[], width: number): number =>
  lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(shownWidth(line) / width)), 0);

const isKey = ({ isKey }: Column, index: number, all: readonly Column[]): boolean =>
  isKey ?? (index === 0 && !all.some((column) => column.isKey));

function* recordLines(all: readonly Column[], rows: readonly (readonly Cell[])[], page: Page, indent: string): Generator<string> {
  const keys = all.map(isKey);
  for (const row of rows) {
    yield* filledLines(
      row.filter((_, index) => keys[index]).map((cell) => ({ cell, title: '' })),
      page,
      indent,
    );
    yield* filledLines(
      row.flatMap((cell, index) => (keys[index] ? [] : [{ cell, title: `${all[index]?.title} ` }])),
      page,
      `${indent}    `,
    );
  }
}

interface Fact {
  readonly title: string;
  readonly cell: Cell;
}

/** Facts beside each other, as many as a line holds; one that is longer than a line is folded under its own beginning. */
function* filledLines(facts: readonly Fact[], { style, width = 0 }: Page, indent: string): Generator<string> {
  let line = '';
  let used = 0;
  for (const { title, cell } of facts) {
    const { text, paint = String } = cell;
    if (text === '') continue;
    const size = title.length + text.length;
    if (used > 0 && used + 2 + size > width) {
      yield line;
      used = 0;
    }
    const start = used === 0 ? indent : `${line}  `;
    const column = used === 0 ? indent.length + title.length : used + 2 + title.length;
    const parts = foldedText(text, Math.max(width - column, NARROWEST));
    for (const [index, part] of parts.entries()) {
      line = index === 0 ? start + style.dim(title) + paint(part) : ' '.repeat(column) + paint(part);
      used = column + part.length;
      if (index < parts.length - 1) yield line;
    }
  }
  if (used > 0) yield line;
}

/** A text is not folded into fewer characters than these. */
const NARROWEST = 12;
