/** A size and an alignment, in bytes. */
export interface Extent {
  readonly size: number;
  /** A power of two that its address is a multiple of. */
  readonly alignment: number;
  /** Whether there are object references in it. */
  readonly references: boolean;
  /** An enumeration is laid out as the integer that it is. */
  readonly enumeration?: boolean;
}

/** A field with the place that an explicit layout gives it. */
export interface PlacedField extends Extent {
  readonly offset: number | undefined;
  /** Its type is a structure, not an enumeration. */
  readonly structure: boolean;
}

/** The extent of a type and the offsets of its fields, in the order in which they were given. */
export interface Placement extends Extent {
  readonly offsets: readonly number[];
}

/** The layout of a type in its ClassLayout row and flags. */
export interface LayoutRequest {
  readonly kind: 'auto' | 'sequential' | 'explicit';
  /** 0 where nothing is said. */
  readonly packing: number;
  readonly classSize: number;
}

const alignTo = (value: number, alignment: number): number => Math.ceil(value / alignment) * alignment;

/**
 * Where the order is the runtime's, larger fields come first, which leaves no gaps between primitive ones, and structures last (methodtablebuilder.cpp). It
 * is the runtime's also where a sequential layout was asked for, when there are object references.
 */
function inOrder(fields: readonly PlacedField[], kind: LayoutRequest['kind']): readonly PlacedField[] {
  if (kind === 'explicit' || (kind === 'sequential' && !fields.some(({ references }) => references))) return fields;
  return [...fields].sort((a, b) => Number(a.structure) - Number(b.structure) || b.alignment - a.alignment);
}

/**
 * The offsets of the instance fields of a value type, each a new object: ECMA-335 II.10.1.2, II.10.7, and what the runtime makes of it (src/coreclr/vm/classlayoutinfo.cpp): packing
 * lowers alignments; a class size that is given is not rounded up and counts only where it is larger than the fields; no type is empty.
 */
export function placeFields(fields: readonly PlacedField[], { kind, packing, classSize }: LayoutRequest): Placement {
  const starts = new Map<PlacedField, number>();
  let end = 0;
  let alignment = 1;
  for (const field of inOrder(fields, kind)) {
    const own = packing === 0 ? field.alignment : Math.min(field.alignment, packing);
    alignment = Math.max(alignment, own);
    const start = kind === 'explicit' ? (field.offset ?? 0) : alignTo(end, own);
    starts.set(field, start);
    end = Math.max(end, start + field.size);
  }
  const size = classSize === 0 ? alignTo(end, alignment) : Math.max(classSize, end);
  return {
    size: size || 1,
    alignment,
    references: fields.some(({ references }) => references),
    offsets: fields.map((field) => starts.get(field) ?? 0),
  };
}
