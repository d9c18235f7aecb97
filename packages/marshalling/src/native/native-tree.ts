/** A type as native code sees it. What a pointer leads to and the fields of a structure are looked up when they are asked for. */
export type NativeTree =
  | { readonly kind: 'void' }
  | { readonly kind: 'scalar'; readonly scalar: ScalarName }
  | { readonly kind: 'pointer'; readonly element: NativeTree }
  | { readonly kind: 'struct'; readonly struct: NativeStruct }
  /** In structures only. */
  | { readonly kind: 'array'; readonly element: NativeTree; readonly length: number }
  | NativeFunction;

/** A pointer to a function. */
export interface NativeFunction {
  readonly kind: 'function';
  /** `cdecl`, `stdcall`, `thiscall`, `fastcall`, or `platform` where the platform's default counts. */
  readonly convention: string;
  readonly returnType: NativeTree;
  readonly parameters: readonly NativeTree[];
}

/** Sizes in bytes; `pointer` for those as wide as an address. */
export const SCALARS = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  char16: 2,
  /** A byte of text: of the system's code page, or UTF-8. */
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
  readonly type: NativeTree;
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

export const scalar = (name: ScalarName): NativeTree => ({ kind: 'scalar', scalar: name });
export const VOID_TREE: NativeTree = { kind: 'void' };
export const ADDRESS: NativeTree = { kind: 'pointer', element: VOID_TREE };
export const pointerTo = (element: NativeTree): NativeTree => ({ kind: 'pointer', element });

/** A pointer whose target is looked up when it is first asked for. */
export function lazyPointer(find: () => NativeTree): NativeTree {
  let element: NativeTree | undefined;
  return {
    kind: 'pointer',
    get element() {
      element ??= find();
      return element;
    },
  };
}
