import { hex, hexBytes } from '@ijw/binary';
import type { ChalkInstance } from 'chalk';
import { type Cell, clip, columns } from './columns.ts';

/** Numbers that count things are decimal; addresses, sizes and flags are hexadecimal. */
const COUNTS = /^(count|age|number|index|hint|ordinal|build|productId|minor|major|codePage|language|id$)/i;

function scalar(key: string, value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'bigint') return hex(value);
  if (typeof value === 'number') return value < 10 || COUNTS.test(key) ? String(value) : hex(value);
  if (value instanceof Uint8Array) return clip(hexBytes(value), 64);
  return undefined;
}

const isFlat = (value: object): boolean =>
  Object.entries(value).every(([key, field]) => field === undefined || scalar(key, field) !== undefined);

function outline(value: object, style: ChalkInstance, indent: string): string {
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  const fields = entries.flatMap(([key, field]): Cell[][] => {
    const text = scalar(key, field);
    return text === undefined ? [] : [[{ text: key, paint: style.dim }, { text }]];
  });
  const nested = entries.filter(([key, field]) => scalar(key, field) === undefined && field !== null);
  return (
    columns(fields, indent) + nested.map(([key, field]) => `${indent}${style.dim(key)}\n${outlineOf(field, style, `${indent}  `)}`).join('')
  );
}

/** A value of nested objects and arrays as text: fields in columns, arrays of flat objects as tables, the rest indented. */
export function outlineOf(value: unknown, style: ChalkInstance, indent = '  '): string {
  if (!Array.isArray(value)) return outline(value as object, style, indent);
  if (value.length === 0) return '';
  if (value.every((item) => typeof item !== 'object')) return `${indent}${value.map((item) => scalar('', item)).join(' ')}\n`;
  if (value.every((item) => isFlat(item as object))) return table(value as object[], style, indent);
  return value.map((item, index) => `${indent}${style.dim(`${index}`)}\n${outline(item as object, style, `${indent}  `)}`).join('');
}

function table(rows: readonly object[], style: ChalkInstance, indent: string): string {
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const head = keys.map((key): Cell => ({ text: key, paint: style.dim }));
  const body = rows.map((row) => keys.map((key): Cell => ({ text: clip(scalar(key, (row as Record<string, unknown>)[key]) ?? '', 100) })));
  return columns([head, ...body], indent);
}
