/// <reference path="./binary-parser.d.ts" />
import type { ByteReader, ByteWriter } from '@ijw/binary';
import { Parser } from 'binary-parser';

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

function declareField(parser: Parser, name: string, kind: FieldKind): Parser {
  switch (kind) {
    case 'u8':
      return parser.uint8(name);
    case 'u16':
      return parser.uint16(name);
    case 'u32':
      return parser.uint32(name);
    case 'u64':
      return parser.uint64(name);
    default:
      return parser.buffer(name, { length: kind });
  }
}

/**
 * Declares a structure by its fields, in order. The parser is compiled by binary-parser at the first read, so that a structure that no
 * one reads costs nothing at start-up.
 */
export function structure<const F extends FieldKinds>(fields: F): Structure<F> {
  const entries = Object.entries<FieldKind>(fields);
  let size = 0;
  const offsets = new Map<string, number>();
  for (const [name, kind] of entries) {
    offsets.set(name, size);
    size += sizeOf(kind);
  }
  let parser: Parser | undefined;
  const compile = (): Parser => {
    // A class of its own: V8 gives its instances room for the fields of the first ones.
    let compiled = new Parser().endianness('little').create(class {});
    for (const [name, kind] of entries) compiled = declareField(compiled, name, kind);
    return compiled;
  };
  return {
    fields,
    size,
    offsetOf: (name) => offsets.get(name)!,
    read(reader) {
      const start = reader.take(size);
      parser ??= compile();
      return parser.parse(start === 0 ? reader.bytes : reader.bytes.subarray(start, start + size)) as StructureValue<F>;
    },
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
