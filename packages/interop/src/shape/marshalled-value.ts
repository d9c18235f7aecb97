import type { NativeType } from './native-type.ts';

export type TextEncoding = 'ansi' | 'utf16' | 'utf8' | 'bstr';

/** What has to be done to a managed value for its native one, and back. */
export type Conversion =
  /** The bits are the same. */
  | { readonly kind: 'none' }
  /** `true` is 1, or -1 in COM's VARIANT_BOOL. */
  | { readonly kind: 'boolean'; readonly trueValue: 1 | -1 }
  | { readonly kind: 'character'; readonly encoding: 'ansi' | 'utf16' }
  | { readonly kind: 'text'; readonly encoding: TextEncoding }
  | { readonly kind: 'buffer'; readonly encoding: 'ansi' | 'utf16' }
  | { readonly kind: 'reference'; readonly element: MarshalledValue }
  | { readonly kind: 'array'; readonly element: MarshalledValue }
  | { readonly kind: 'delegate' }
  | { readonly kind: 'safeHandle' };

/** A type on both sides of a call. */
export interface MarshalledValue {
  readonly native: NativeType;
  readonly conversion: Conversion;
}

export const NOTHING: Conversion = { kind: 'none' };
