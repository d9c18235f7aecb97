/** How much room something takes, in bytes. */
export interface Extent {
  readonly size: number;
  /** A power of two that its address is a multiple of. */
  readonly alignment: number;
}

/** A field with the place that an explicit layout gives it. */
export interface PlacedField extends Extent {
  readonly offset: number | undefined;
}

/** What the ClassLayout row and the flags of a type say. */
export interface LayoutRequest {
  readonly kind: 'auto' | 'sequential' | 'explicit';
  /** 0 where nothing is said. */
  readonly packing: number;
  readonly classSize: number;
}

const alignTo = (value: number, alignment: number): number => Math.ceil(value / alignment) * alignment;

/** The runtime puts larger fields first (methodtablebuilder.cpp), which leaves no gaps between primitive ones. */
const inOrder = (fields: readonly PlacedField[], kind: LayoutRequest['kind']): readonly PlacedField[] =>
  kind === 'auto' ? [...fields].sort((a, b) => b.alignment - a.alignment) : fields;

/**
 * The extent of a value type with these instance fields: ECMA-335 II.10.1.2, II.10.7, and what the runtime makes of it (src/coreclr/vm/classlayoutinfo.cpp): packing
 * lowers alignments; a class size that is given is not rounded up and counts only where it is larger than the fields; no type is empty.
 */
export function placeFields(fields: readonly PlacedField[], { kind, packing, classSize }: LayoutRequest): Extent {
  let end = 0;
  let alignment = 1;
  for (const field of inOrder(fields, kind)) {
    const own = packing === 0 ? field.alignment : Math.min(field.alignment, packing);
    alignment = Math.max(alignment, own);
    const start = kind === 'explicit' ? (field.offset ?? 0) : alignTo(end, own);
    end = Math.max(end, start + field.size);
  }
  const size = classSize === 0 ? alignTo(end, alignment) : Math.max(classSize, end);
  return { size: size || 1, alignment };
}
