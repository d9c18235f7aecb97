/** A value as the calling conventions see it. Sizes and alignments are in bytes. */
export type AbiType =
  | { readonly kind: 'void' }
  /** Integers, enumerations, pointers and every value that is passed like one. */
  | { readonly kind: 'integer'; readonly size: 1 | 2 | 4 | 8; readonly signed: boolean }
  | { readonly kind: 'float'; readonly size: 4 | 8 }
  | AggregateType;

/** A structure that is passed by value. */
export interface AggregateType {
  readonly kind: 'aggregate';
  readonly size: number;
  readonly alignment: number;
  /** One to four floating-point values of one type and nothing else (AAPCS64 "homogeneous floating-point aggregate"). */
  readonly homogeneous?: { readonly elementSize: 4 | 8; readonly count: number };
}

/** The reason why no code can be generated for a signature. */
export interface Unsupported {
  readonly kind: 'unsupported';
  readonly reason: string;
  /** The runtime may know more: a type of an assembly that is missing here, or a layout that is not computed here. */
  readonly notKnown?: true;
  /** The type of another assembly whose size is not known, by its full name. */
  readonly elsewhere?: string;
}

export const unsupported = (reason: string): Unsupported => ({ kind: 'unsupported', reason });
export const notKnown = (reason: string, elsewhere?: string): Unsupported => ({
  kind: 'unsupported',
  reason,
  notKnown: true,
  ...(elsewhere !== undefined && { elsewhere }),
});

export const VOID: AbiType = { kind: 'void' };

export const pointerType = (pointerSize: 4 | 8): AbiType => ({ kind: 'integer', size: pointerSize, signed: false });

export const abiSize = (type: AbiType): number => (type.kind === 'void' ? 0 : type.size);
