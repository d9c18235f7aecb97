import { type LayoutRequest, type PlacedField, placeFields } from '@ijw/metadata/layout';
import { type NativeStruct, type NativeTree, SCALARS } from './native-tree.ts';

export interface NativeExtent {
  readonly size: number;
  readonly alignment: number;
}

export interface StructLayout extends NativeExtent {
  /** Of the fields, in their order. */
  readonly offsets: readonly number[];
}

/** The size of a type; 0 for `void` and structures that are known by name only. */
export function nativeExtent(type: NativeTree, pointerSize: 4 | 8): NativeExtent {
  switch (type.kind) {
    case 'void':
      return { size: 0, alignment: 1 };
    case 'scalar': {
      const size = SCALARS[type.scalar];
      const bytes = size === 'pointer' ? pointerSize : size;
      return { size: bytes, alignment: bytes };
    }
    case 'struct': {
      const { size, alignment } = structLayout(type.struct, pointerSize);
      return { size, alignment };
    }
    case 'array': {
      const { size, alignment } = nativeExtent(type.element, pointerSize);
      return { size: size * type.length, alignment };
    }
    default:
      return { size: pointerSize, alignment: pointerSize };
  }
}

const layouts = { 4: new WeakMap<NativeStruct, StructLayout>(), 8: new WeakMap<NativeStruct, StructLayout>() } as const;

/** Where the fields of a structure lie: ECMA-335 II.10.1.2 and II.10.7. Each structure is laid out once. */
export function structLayout(struct: NativeStruct, pointerSize: 4 | 8): StructLayout {
  const known = layouts[pointerSize].get(struct);
  if (known) return known;
  const layout = layOut(struct, pointerSize);
  layouts[pointerSize].set(struct, layout);
  return layout;
}

function layOut(struct: NativeStruct, pointerSize: 4 | 8): StructLayout {
  if (struct.fields === undefined) return { size: 0, alignment: 1, offsets: [] };
  const request: LayoutRequest = {
    kind: struct.explicit ? 'explicit' : 'sequential',
    packing: struct.packing,
    classSize: struct.classSize,
  };
  const fields = struct.fields.map(
    ({ type, offset }): PlacedField => ({ ...nativeExtent(type, pointerSize), references: false, structure: false, offset }),
  );
  const { size, alignment, offsets } = placeFields(fields, request);
  return { size, alignment, offsets };
}
