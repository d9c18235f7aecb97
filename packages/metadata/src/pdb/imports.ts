import { type ByteReader, ByteWriter, UsageError } from '@ijw/binary';
import { type ImportKind, importKinds } from './import-kind.ts';

/** One import of a scope. Which of the fields are there follows from `kind` (`importKinds`). */
export interface Import {
  readonly kind: ImportKind;
  readonly alias?: string;
  readonly namespace?: string;
  /** Rid of an AssemblyRef row. */
  readonly assembly?: number;
  /** A TypeDefOrRefOrSpecEncoded value (ECMA-335 II.23.2.8). */
  readonly type?: number;
}

/** Strings of imports are separate blobs; this gives access to them. */
export interface ImportStrings {
  /** The UTF-8 text of the blob at a heap index. */
  get(index: number): string;
  /** Adds a text and returns its heap index. */
  add(text: string): number;
}

/** Many imports may name one long text; together they are not longer than this. */
const MAXIMUM_TEXT = 0x100000;

const kinds = new Map<number, ImportKind>(Object.entries(importKinds).map(([name, { value }]) => [value, name as ImportKind]));

/** Reads the Imports blob of an ImportScope row. Throws `BadImageError`. */
export function readImports(reader: ByteReader, strings: Pick<ImportStrings, 'get'>): Import[] {
  const imports: Import[] = [];
  let length = 0;
  const text = (index: number): string => {
    const value = strings.get(index);
    length += value.length;
    if (length > MAXIMUM_TEXT)
      throw reader.error('IMPORTS_TOO_LONG', `The texts of the imports are longer than ${MAXIMUM_TEXT} characters`);
    return value;
  };
  while (!reader.atEnd) {
    const start = reader.position;
    const value = reader.compressedUnsigned();
    const kind = kinds.get(value);
    if (!kind) throw reader.error('BAD_IMPORT', `${value} is not a kind of import`, start);
    const fields = importKinds[kind].fields.map((field) => {
      const raw = reader.compressedUnsigned();
      return [field, field === 'alias' || field === 'namespace' ? text(raw) : raw] as const;
    });
    imports.push({ kind, ...Object.fromEntries(fields) });
  }
  return imports;
}

/** The twin of `readImports`. */
export function writeImports(imports: readonly Import[], strings: Pick<ImportStrings, 'add'>): Uint8Array {
  const writer = new ByteWriter();
  for (const one of imports) {
    writer.compressedUnsigned(importKinds[one.kind].value);
    for (const field of importKinds[one.kind].fields) {
      const value = one[field];
      if (value === undefined) throw new UsageError(`An import of kind ${one.kind} needs its ${field}`);
      writer.compressedUnsigned(typeof value === 'string' ? strings.add(value) : value);
    }
  }
  return writer.toBytes();
}
