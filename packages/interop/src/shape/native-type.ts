/** A type as native code sees it. */
export type NativeType =
  | { readonly kind: 'void' }
  | { readonly kind: 'scalar'; readonly scalar: ScalarName }
  | { readonly kind: 'pointer'; readonly element: NativeType }
  | { readonly kind: 'struct'; readonly struct: NativeStruct }
  /** In structures only. */
  | { readonly kind: 'array'; readonly element: NativeType; readonly length: number }
  /** A pointer to a function. */
  | {
      readonly kind: 'function';
      readonly convention: string;
      readonly returnType: NativeType;
      readonly parameters: readonly NativeType[];
    };

/** Sizes in bytes; `pointer` for those as wide as an address. */
export const SCALARS = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  char16: 2,
  /** A byte of text in the system's code page, or of UTF-8. */
  char8: 1,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float: 4,
  double: 8,
  intptr: 'pointer',
  uintptr: 'pointer',
} as const;

export type ScalarName = keyof typeof SCALARS;

export interface NativeField {
  readonly name: string;
  readonly type: NativeType;
  /** Given by an explicit layout. */
  readonly offset: number | undefined;
}

/** A structure in its native layout. */
export interface NativeStruct {
  /** An identifier that no other structure of the module has. */
  readonly name: string;
  /** In metadata. */
  readonly fullName: string;
  readonly explicit: boolean;
  /** 0 where nothing is said. */
  readonly packing: number;
  readonly classSize: number;
  /** `undefined` for a structure that is only known by name: pointers to it are all there can be. */
  readonly fields: readonly NativeField[] | undefined;
}

export interface NativeExtent {
  readonly size: number;
  readonly alignment: number;
}

export interface StructLayout extends NativeExtent {
  readonly offsets: readonly number[];
}

const alignTo = (value: number, alignment: number): number => Math.ceil(value / alignment) * alignment;

/** The size of a type; 0 for `void` and structures that are known by name only. */
export function nativeExtent(type: NativeType, pointerSize: 4 | 8): NativeExtent {
  switch (type.kind) {
    case 'void':
      return { size: 0, alignment: 1 };
    case 'scalar': {
      const size = SCALARS[type.scalar];
      const bytes = size === 'pointer' ? pointerSize : size;
      return { size: bytes, alignment: bytes };
    }
    case 'struct':
      return structLayout(type.struct, pointerSize);
    case 'array': {
      const { size, alignment } = nativeExtent(type.element, pointerSize);
      return { size: size * type.length, alignment };
    }
    default:
      return { size: pointerSize, alignment: pointerSize };
  }
}

/** Where the fields of a structure lie: ECMA-335 II.10.1.2 and II.10.7, as `TypeSizes` of @ijw/metadata has it for managed layouts. */
export function structLayout(struct: NativeStruct, pointerSize: 4 | 8): StructLayout {
  const offsets: number[] = [];
  let end = 0;
  let alignment = 1;
  for (const { type, offset } of struct.fields ?? []) {
    const extent = nativeExtent(type, pointerSize);
    const own = struct.packing === 0 ? extent.alignment : Math.min(extent.alignment, struct.packing);
    alignment = Math.max(alignment, own);
    const start = struct.explicit ? (offset ?? 0) : alignTo(end, own);
    offsets.push(start);
    end = Math.max(end, start + extent.size);
  }
  const size = struct.classSize === 0 ? alignTo(end, alignment) : Math.max(struct.classSize, end);
  return { size: size || (struct.fields === undefined ? 0 : 1), alignment, offsets };
}
