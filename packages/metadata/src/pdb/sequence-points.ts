import { type ByteReader, ByteWriter, UsageError } from '@ijw/binary';

/** Portable PDB specification, "Sequence Points Blob". A hidden point has no place in the source. */
export type SequencePoint =
  | { readonly kind: 'hidden'; readonly offset: number; readonly document: number }
  | {
      readonly kind: 'visible';
      /** IL offset, in bytes. */
      readonly offset: number;
      /** Rid of the Document row. */
      readonly document: number;
      /** Lines and columns count from 1. */
      readonly startLine: number;
      readonly startColumn: number;
      readonly endLine: number;
      readonly endColumn: number;
    };

export interface SequencePoints {
  /** Rid of the StandAloneSig row with the method's locals, 0 for none. */
  readonly localSignature: number;
  readonly points: readonly SequencePoint[];
}

/** The previous values that points are relative to while a blob is read or written. */
interface Position {
  offset: number;
  document: number;
  /** Of the last visible point; `undefined` before the first. */
  line: number | undefined;
  column: number;
}

const LINE_LIMIT = 0x20000000;
const COLUMN_LIMIT = 0x10000;

function checkedLine(reader: ByteReader, line: number): number {
  if (line < 0 || line >= LINE_LIMIT) throw reader.error('BAD_SEQUENCE_POINT', `Line ${line} is out of range`);
  return line;
}

function checkedColumn(reader: ByteReader, column: number): number {
  if (column < 0 || column >= COLUMN_LIMIT) throw reader.error('BAD_SEQUENCE_POINT', `Column ${column} is out of range`);
  return column;
}

function readPoint(reader: ByteReader, at: Position): SequencePoint {
  const { offset, document } = at;
  const lines = reader.compressedUnsigned();
  const columns = lines === 0 ? reader.compressedUnsigned() : reader.compressedSigned();
  if (lines === 0 && columns === 0) return { kind: 'hidden', offset, document };
  const first = at.line === undefined;
  const startLine = checkedLine(reader, first ? reader.compressedUnsigned() : at.line! + reader.compressedSigned());
  const startColumn = checkedColumn(reader, first ? reader.compressedUnsigned() : at.column + reader.compressedSigned());
  at.line = startLine;
  at.column = startColumn;
  const endLine = checkedLine(reader, startLine + lines);
  const endColumn = checkedColumn(reader, startColumn + columns);
  return { kind: 'visible', offset, document, startLine, startColumn, endLine, endColumn };
}

/**
 * Reads the blob of a MethodDebugInformation row. `document` is that row's Document column; 0 means that the method is in several documents and
 * the blob names the first. Every record takes a byte at least, so the blob bounds the number of points. Throws `BadImageError`.
 */
export function readSequencePoints(reader: ByteReader, document: number): SequencePoints {
  const localSignature = reader.compressedUnsigned();
  const at: Position = { offset: 0, document: document || reader.compressedUnsigned(), line: undefined, column: 0 };
  const points: SequencePoint[] = [];
  while (!reader.atEnd) {
    const delta = reader.compressedUnsigned();
    if (delta === 0 && points.length > 0) {
      at.document = reader.compressedUnsigned();
      continue;
    }
    at.offset += delta;
    if (at.offset > 0xffffffff) throw reader.error('BAD_SEQUENCE_POINT', 'An IL offset is out of range');
    points.push(readPoint(reader, at));
  }
  return { localSignature, points };
}

function writePoint(writer: ByteWriter, at: Position, point: SequencePoint): void {
  if (point.kind === 'hidden') {
    writer.compressedUnsigned(0).compressedUnsigned(0);
    return;
  }
  const lines = point.endLine - point.startLine;
  const columns = point.endColumn - point.startColumn;
  if (lines < 0 || (lines === 0 && columns <= 0)) throw new UsageError('A visible sequence point ends after its start');
  writer.compressedUnsigned(lines);
  if (lines === 0) writer.compressedUnsigned(columns);
  else writer.compressedSigned(columns);
  if (at.line === undefined) writer.compressedUnsigned(point.startLine).compressedUnsigned(point.startColumn);
  else writer.compressedSigned(point.startLine - at.line).compressedSigned(point.startColumn - at.column);
  at.line = point.startLine;
  at.column = point.startColumn;
}

/**
 * The twin of `readSequencePoints`: points in ascending order of offset. `document` is the Document column of the row: 0 makes the blob name the first
 * document itself.
 */
export function writeSequencePoints({ localSignature, points }: SequencePoints, document: number): Uint8Array {
  const writer = new ByteWriter().compressedUnsigned(localSignature);
  const at: Position = { offset: 0, document: document || (points[0]?.document ?? 0), line: undefined, column: 0 };
  if (document === 0) writer.compressedUnsigned(at.document);
  points.forEach((point, index) => {
    if (index > 0 && point.offset <= at.offset) throw new UsageError('Sequence points are in ascending order of offset');
    if (point.document !== at.document) {
      if (index === 0) throw new UsageError('The first sequence point is in the first document');
      writer.compressedUnsigned(0).compressedUnsigned(point.document);
    }
    writer.compressedUnsigned(point.offset - at.offset);
    at.offset = point.offset;
    at.document = point.document;
    writePoint(writer, at, point);
  });
  return writer.toBytes();
}
