import { hex, hexBytes, lazyList, printable } from '@ijw/binary';
import { columns, type Page, type Row } from './columns.ts';
import { table as titledTable } from './table.ts';

/** Numbers that count things are decimal; addresses, sizes and flags are hexadecimal. */
const COUNTS = /^(count|age|number|index|hint|ordinal|build|productId|minor|major|codePage|language|id$)/i;

/** What an outline is written with. Places are the keys that lead to a value, without the numbers of list items: `sections.flags`. */
export interface OutlineStyle extends Page {
  /** What is shown for a value; `undefined` where it is shown as it is. */
  readonly words?: ((place: string, value: unknown) => string | undefined) | undefined;
}

function scalar(key: string, value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'bigint') return hex(value);
  if (typeof value === 'number') return value < 10 || COUNTS.test(key) ? String(value) : hex(value);
  if (value instanceof Uint8Array) return hexBytes(value);
  return undefined;
}

const placeOf = (place: string, key: string): string => (place === '' ? key : `${place}.${key}`);

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

const isFlat = (value: object): boolean =>
  Object.entries(value).every(([key, field]) => field === undefined || scalar(key, field) !== undefined);

function* outline(value: object, page: OutlineStyle, indent: string, place: string): Generator<string> {
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  const fields = entries.flatMap(([key, field]): Row[] => {
    const text = page.words?.(placeOf(place, key), field) ?? scalar(key, field);
    return text === undefined ? [] : [[{ text: page.words?.(`${place}.`, key) ?? key, paint: page.style.dim }, text]];
  });
  yield* columns(fields, indent, page.width);
  for (const [key, field] of entries) {
    if (field === null || isEmptyList(field) || scalar(key, field) !== undefined) continue;
    yield `${indent}${page.style.dim(printable(key))}\n`;
    yield* outlineOf(field, page, placeOf(place, key), `${indent}  `);
  }
}

/** A value of nested objects and arrays as text: fields in columns, arrays of flat objects as tables, the rest indented. */
export function* outlineOf(value: unknown, page: OutlineStyle, place = '', indent = '  '): Generator<string> {
  if (!Array.isArray(value)) yield* outline(value as object, page, indent, place);
  else if (value.length === 0) return;
  else if (value.every((item) => typeof item !== 'object')) yield* words(value, page, indent, place);
  else if (value.every((item) => isFlat(item as object))) yield* table(value as object[], page, indent, place);
  else
    for (const [index, item] of value.entries()) {
      yield `${indent}${page.style.dim(`${index}`)}\n`;
      yield* outline(item as object, page, `${indent}  `, place);
    }
}

/** Scalars beside each other on one line. */
function* words(items: readonly unknown[], page: OutlineStyle, indent: string, place: string): Generator<string> {
  let separator = indent;
  for (const item of items) {
    yield separator + printable(page.words?.(place, item) ?? scalar('', item) ?? '');
    separator = ' ';
  }
  yield '\n';
}

function* table(rows: readonly object[], page: OutlineStyle, indent: string, place: string): Generator<string> {
  const keys = new Set<string>();
  for (const row of rows) for (const key of Object.keys(row)) keys.add(key);
  const cells = lazyList(rows, (row) =>
    [...keys].map((key) => {
      const field = (row as Readonly<Record<string, unknown>>)[key];
      return page.words?.(placeOf(place, key), field) ?? scalar(key, field) ?? '';
    }),
  );
  yield* titledTable([...keys], cells, page, indent);
}
