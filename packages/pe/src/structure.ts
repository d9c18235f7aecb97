import type { ByteReader, ByteWriter } from '@ijw/binary';

/** A little-endian unsigned integer by its size, or a number of raw bytes. */
export type FieldKind = 'u8' | 'u16' | 'u32' | 'u64' | number;

export type FieldValue<K extends FieldKind> = K extends 'u64' ? bigint : K extends number ? Uint8Array : number;

export type FieldKinds = Readonly<Record<string, FieldKind>>;

export type StructureValue<F extends FieldKinds> = { -readonly [N in keyof F]: FieldValue<F[N]> };

/** A fixed layout: one declaration that reads, sizes and writes. */
export interface Structure<F extends FieldKinds> {
  readonly fields: F;
  /** In bytes. */
  readonly size: number;
  /** Offset of a field from the start of the structure. */
  offsetOf(name: keyof F & string): number;
  /** Reads the structure and moves past it; `BadImageError` `TRUNCATED` when it is not all there. */
  read(reader: ByteReader): StructureValue<F>;
  write(writer: ByteWriter, value: StructureValue<F>): void;
}

/** The value of a declared structure. */
export type StructureOf<S> = S extends Structure<infer F> ? StructureValue<F> : never;

const sizes = { u8: 1, u16: 2, u32: 4, u64: 8 } as const;

const sizeOf = (kind: FieldKind): number => (typeof kind === 'number' ? kind : sizes[kind]);

/** Reads a structure at `offset`; `dataView` and `buffer` are the same bytes. */
type Parse<F extends FieldKinds> = (dataView: DataView, offset: number, buffer: Uint8Array) => StructureValue<F>;

/**
 * Declares a structure by its fields, in order. `parse` is what binary-parser makes of the declaration: `tools/write-parsers.ts` writes it
 * into `generated/`, so that no code is made from strings at run time.
 */
export function structure<const F extends FieldKinds>(fields: F, parse: Parse<F>): Structure<F> {
  const entries = Object.entries<FieldKind>(fields);
  let size = 0;
  const offsets = new Map<string, number>();
  for (const [name, kind] of entries) {
    offsets.set(name, size);
    size += sizeOf(kind);
  }
  return {
    fields,
    size,
    offsetOf: (name) => offsets.get(name)!,
    read: (reader) => parse(reader.dataView, reader.take(size), reader.bytes),
    write(writer, value) {
      for (const [name, kind] of entries) writeField(writer, kind, value[name] as number | bigint | Uint8Array);
    },
  };
}

function writeField(writer: ByteWriter, kind: FieldKind, value: number | bigint | Uint8Array): void {
  if (value instanceof Uint8Array) {
    const length = typeof kind === 'number' ? kind : value.length;
    writer.bytes(value.subarray(0, length)).fill(Math.max(0, length - value.length));
  } else if (kind === 'u8') writer.u8(Number(value));
  else if (kind === 'u16') writer.u16(Number(value));
  else if (kind === 'u64') writer.u64(value);
  else writer.u32(Number(value));
}
