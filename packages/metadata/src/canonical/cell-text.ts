import { BadImageError, hexBytes } from '@ijw/binary';
import type { Column } from '../tables/column.ts';
import type { TokenText } from './token-text.ts';

/** The text of one column's cell in a row. */
export type CellText = (rid: number) => string;

const bad = (raw: number): string => `!bad:${raw.toString(16).padStart(8, '0')}`;

/** What cannot be resolved is written as a value that says so; the other cells of the row are still there. */
const orBad =
  (column: Column, read: (raw: number) => string): CellText =>
  (rid) => {
    const raw = column.at(rid);
    try {
      return read(raw);
    } catch (error) {
      if (error instanceof BadImageError) return bad(raw);
      throw error;
    }
  };

/** The columns that hold signatures, by the kind of signature. */
function blobReader({ table, name }: Column, text: TokenText): (raw: number) => string {
  const { signatures, metadata } = text;
  if (table === 'TypeSpec') return (raw) => signatures.type(raw);
  if (table === 'LocalConstant') return (raw) => `x${hexBytes(metadata.blobs.get(raw))}`;
  if (name === 'Signature' || table === 'MethodSpec' || (table === 'Property' && name === 'Type')) return (raw) => signatures.any(raw);
  return (raw) => `x${hexBytes(metadata.blobs.get(raw))}`;
}

/** The reader of a column's cells as text: flags and numbers in hex, strings escaped, GUIDs, signatures, tokens by their text. */
export function cellText(column: Column, text: TokenText): CellText {
  const { kind } = column.kind;
  switch (kind) {
    case 'u16':
    case 'u32':
    case 'run':
      return (rid) => column.at(rid).toString(16);
    case 'string':
      return orBad(column, (raw) => text.string(raw));
    case 'guid':
      return orBad(column, (raw) => text.metadata.guids.get(raw) ?? '-');
    case 'blob':
      return orBad(column, blobReader(column, text));
    case 'table':
    case 'coded':
      return (rid) => {
        const token = column.tokenOrBad(rid);
        return token === -1 ? '!badtag' : text.of(token);
      };
  }
}
