import { hex, hexBytes, lazyList, printable } from '@ijw/binary';
import type { ChalkInstance } from 'chalk';
import { type Cell, clip, columns, headed, type Row } from './columns.ts';

/** Numbers that count things are decimal; addresses, sizes and flags are hexadecimal. */
const COUNTS = /^(count|age|number|index|hint|ordinal|build|productId|minor|major|codePage|language|id$)/i;

/** Enough bytes to tell values apart, and one more than is shown. */
const BYTES_SHOWN = 33;

function scalar(key: string, value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'bigint') return hex(value);
  if (typeof value === 'number') return value < 10 || COUNTS.test(key) ? String(value) : hex(value);
  if (value instanceof Uint8Array) return clip(hexBytes(value.subarray(0, BYTES_SHOWN)), 64);
  return undefined;
}

const isFlat = (value: object): boolean =>
  Object.entries(value).every(([key, field]) => field === undefined || scalar(key, field) !== undefined);

function* outline(value: object, style: ChalkInstance, indent: string): Generator<string> {
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  const fields = entries.flatMap(([key, field]): Row[] => {
    const text = scalar(key, field);
    return text === undefined ? [] : [[{ text: key, paint: style.dim }, text]];
  });
  yield* columns(fields, indent);
  for (const [key, field] of entries) {
    if (field === null || scalar(key, field) !== undefined) continue;
    yield `${indent}${style.dim(printable(key))}\n`;
    yield* outlineOf(field, style, `${indent}  `);
  }
}

/** A value of nested objects and arrays as text: fields in columns, arrays of flat objects as tables, the rest indented. */
export function* outlineOf(value: unknown, style: ChalkInstance, indent = '  '): Generator<string> {
  if (!Array.isArray(value)) yield* outline(value as object, style, indent);
  else if (value.length === 0) return;
  else if (value.every((item) => typeof item !== 'object')) yield* words(value, indent);
  else if (value.every((item) => isFlat(item as object))) yield* table(value as object[], style, indent);
  else
    for (const [index, item] of value.entries()) {
      yield `${indent}${style.dim(`${index}`)}\n`;
      yield* outline(item as object, style, `${indent}  `);
    }
}

/** Scalars beside each other on one line. */
function* words(items: readonly unknown[], indent: string): Generator<string> {
  let separator = indent;
  for (const item of items) {
    yield separator + printable(scalar('', item) ?? '');
    separator = ' ';
  }
  yield '\n';
}

function* table(rows: readonly object[], style: ChalkInstance, indent: string): Generator<string> {
  const keys = new Set<string>();
  for (const row of rows) for (const key of Object.keys(row)) keys.add(key);
  const head = [...keys].map((key): Cell => ({ text: key, paint: style.dim }));
  const cells = lazyList(rows, (row) => [...keys].map((key) => clip(scalar(key, (row as Record<string, unknown>)[key]) ?? '', 100)));
  yield* columns(headed(head, cells), indent);
}
