import { BadImageError, hexBytes, hexDigits } from '@ijw/binary';
import type { Column } from '../tables/column.ts';
import type { LineBuffer } from './line-buffer.ts';
import type { TokenText } from './token-text.ts';

const LOW_BITS = 12;
const LOW_MASK = (1 << LOW_BITS) - 1;

const small: (string | undefined)[] = new Array(LOW_MASK + 1).fill(undefined);
const padded: (string | undefined)[] = new Array(LOW_MASK + 1).fill(undefined);

function smallText(value: number): string {
  small[value] ??= hexDigits(value);
  return small[value]!;
}

function paddedText(value: number): string {
  padded[value] ??= hexDigits(value, LOW_BITS / 4);
  return padded[value]!;
}

/** `value.toString(16)` of an unsigned 32-bit number, put together from texts made before: most cells of a table are numbers that fit 24 bits. */
function hexText(value: number): string {
  if (value <= LOW_MASK) return smallText(value);
  if (value < 1 << (2 * LOW_BITS)) return smallText(value >>> LOW_BITS) + paddedText(value & LOW_MASK);
  return hexDigits(value);
}

/** The text of one column's cell in a row. */
export type CellText = (rid: number) => string;

const bad = (raw: number): string => `!bad:${hexDigits(raw, 8)}`;

/** A cell that cannot be resolved is written as an error value; the other cells of the row are written. */
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

/** The reader of a column that holds signatures; `undefined` for any other. */
function signatureReader({ table, name }: Column, { signatures }: TokenText): ((blob: number) => string) | undefined {
  if (table === 'TypeSpec') return (blob) => signatures.type(blob);
  const holds = (name === 'Signature' && table !== 'LocalConstant') || table === 'MethodSpec' || (table === 'Property' && name === 'Type');
  return holds ? (blob) => signatures.any(blob) : undefined;
}

/** The reader of a column's cells as text: flags and numbers in hex, strings escaped, GUIDs, signatures, tokens by their text. */
export function cellText(column: Column, text: TokenText): CellText {
  const { kind } = column.kind;
  switch (kind) {
    case 'u16':
    case 'u32':
    case 'run':
      return (rid) => hexText(column.at(rid));
    case 'string':
      return orBad(column, (raw) => text.string(raw));
    case 'guid':
      return orBad(column, (raw) => text.metadata.guids.get(raw) ?? '-');
    case 'blob':
      return orBad(column, signatureReader(column, text) ?? ((raw) => `x${hexBytes(text.metadata.blobs.get(raw))}`));
    case 'table':
    case 'coded':
      return (rid) => {
        const token = column.tokenOrBad(rid);
        return token === -1 ? '!badtag' : text.of(token);
      };
  }
}

/** Writes one column's cell in a row. */
export type CellWriter = (rid: number, buffer: LineBuffer) => void;

/** Writes the text of `cellText`: numbers and bytes without an intermediate text. */
export function cellWriter(column: Column, text: TokenText): CellWriter {
  const { kind } = column.kind;
  if (kind === 'u16' || kind === 'u32' || kind === 'run') return (rid, buffer) => buffer.hex(column.at(rid));
  if (kind === 'blob' && signatureReader(column, text) === undefined) return blobWriter(column, text);
  const read = cellText(column, text);
  return (rid, buffer) => buffer.ascii(read(rid));
}

function blobWriter(column: Column, { metadata }: TokenText): CellWriter {
  return (rid, buffer) => {
    const raw = column.at(rid);
    let bytes: Uint8Array;
    try {
      bytes = metadata.blobs.get(raw);
    } catch (error) {
      if (!(error instanceof BadImageError)) throw error;
      buffer.ascii(bad(raw));
      return;
    }
    buffer.ascii('x').hexBytes(bytes);
  };
}
