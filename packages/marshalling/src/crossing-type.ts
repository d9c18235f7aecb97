import type { AbiType } from './abi/abi-type.ts';
import type { CopyConstruction } from './forms/copy-construction.ts';
import type { NativeTree } from './native/native-tree.ts';

/** How text is encoded on the native side; `bstr` and `ansiBstr` carry their length in front. */
export type TextEncoding = 'ansi' | 'utf16' | 'utf8' | 'bstr' | 'ansiBstr';

/** The conversion of a managed value to its native value, and back. */
export type Conversion =
  /** The bits are the same. */
  | { readonly kind: 'none' }
  /** An address that is passed unchanged; managed code sees a number. */
  | { readonly kind: 'address' }
  /** `true` is 1, or -1 in VARIANT_BOOL; not 0 is true. */
  | { readonly kind: 'boolean'; readonly trueValue: 1 | -1 }
  | { readonly kind: 'character'; readonly encoding: 'ansi' | 'utf16' }
  | { readonly kind: 'text'; readonly encoding: TextEncoding }
  /** A StringBuilder: a buffer of its capacity, copied in and back. */
  | { readonly kind: 'buffer'; readonly encoding: 'ansi' | 'utf16' | 'utf8' }
  /** The address of the value, or of a converted copy. */
  | { readonly kind: 'reference'; readonly element: CrossingType }
  | { readonly kind: 'array'; readonly element: CrossingType }
  /** MarshalAs says LPStruct: the address of a value that managed code passes by value. */
  | { readonly kind: 'pointee'; readonly element: CrossingType }
  /** A function pointer is made of the delegate; what it is called with, where its type is known. */
  | { readonly kind: 'delegate'; readonly delegate?: NativeDelegate }
  | { readonly kind: 'safeHandle' }
  /** A DateTime is a double of days. */
  | { readonly kind: 'date' }
  | { readonly kind: 'decimal' }
  /** The structure stays where it is on the native stack, and managed code gets its address. */
  | { readonly kind: 'addressOfValue' }
  /** Each field is converted, or the conversion depends on the content; only the runtime does this. */
  | { readonly kind: 'runtime' };

/** How a value of one type crosses between managed and native code: the one model that lint, boundary, loader, verdicts and generators spell. */
export interface CrossingType {
  /** The managed type as C# writes it. */
  readonly managed: string;
  /** The native type, for generators. */
  readonly native: NativeTree;
  /** The native type in a word. */
  readonly nativeText: string;
  /** Kind, size and alignment, as the calling conventions see the native value. */
  readonly abi: AbiType;
  /** Both sides hold the same bits. */
  readonly blittable: boolean;
  readonly conversion: Conversion;
  /** The resources that are released after the call. */
  readonly cleanup?: string;
  /** The C++ type has a copy constructor; the work of the stub for it. */
  readonly copyConstruction?: CopyConstruction;
  /** The reason for this form. */
  readonly because: string;
}

/** A type of delegate as native code calls it. */
export interface NativeDelegate {
  /** An identifier that no other type of the module has. */
  readonly name: string;
  /** In metadata. */
  readonly fullName: string;
  /** By its UnmanagedFunctionPointerAttribute; `platform` where that leaves it open. */
  readonly convention: string;
  /** The result first; `undefined` where one of them has no native form. Read when first asked for. */
  readonly values: readonly CrossingParameter[] | undefined;
}

/** A parameter of a call, or with position 0 its result. */
export interface CrossingParameter extends CrossingType {
  readonly position: number;
  /** Empty where metadata has none. */
  readonly name: string;
  /** `ParamAttributes`: 1 in, 2 out. */
  readonly flags: number;
}
