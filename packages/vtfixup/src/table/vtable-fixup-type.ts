// ECMA-335 II.25.3.3.3; COR_VTABLE_* of clr `corhdr.h`, which has two bits that the standard does not name.
import { hex } from '@ijw/binary';

/** The bits of a fixup record's Type. */
export const VTableFixupType = {
  /** COR_VTABLE_32BIT: slots are 4 bytes wide. */
  Bits32: 0x01,
  /** COR_VTABLE_64BIT: slots are 8 bytes wide. */
  Bits64: 0x02,
  /** COR_VTABLE_FROM_UNMANAGED: native code calls through the slot; on the .NET Framework it enters the application domain that loaded the module first. */
  FromUnmanaged: 0x04,
  /** COR_VTABLE_FROM_UNMANAGED_RETAIN_APPDOMAIN: the same, and it enters the caller's application domain. */
  FromUnmanagedRetainAppDomain: 0x08,
  /** COR_VTABLE_CALL_MOST_DERIVED: a virtual call; no runtime honours it. */
  CallMostDerived: 0x10,
} as const;

const ALL_BITS = Object.values(VTableFixupType).reduce((all, bit) => all | bit, 0);

/** Bits that nothing defines. */
export const unknownTypeBits = (type: number): number => type & ~ALL_BITS;

/**
 * The width of a record's slots in bytes. Readers disagree where neither or both size bits are set; this is ildasm's rule: the 32-bit flag gives 4,
 * everything else 8.
 */
export const slotWidth = (type: number): 4 | 8 => (type & VTableFixupType.Bits32 ? 4 : 8);

/** Exactly one of the two size bits is set, as the standard asks. */
export const hasOneWidth = (type: number): boolean => Boolean(type & VTableFixupType.Bits32) !== Boolean(type & VTableFixupType.Bits64);

/**
 * Native code enters through a thunk that changes the thread's mode. Without one of the two flags the slot gets the address that managed code calls: a
 * compiler uses it to save the two transitions of a call from managed code to a function that turns out to be managed.
 */
export const entersFromUnmanaged = (type: number): boolean =>
  (type & (VTableFixupType.FromUnmanaged | VTableFixupType.FromUnmanagedRetainAppDomain)) !== 0;

const keywords: readonly (readonly [number, string])[] = [
  [VTableFixupType.Bits32, 'int32'],
  [VTableFixupType.Bits64, 'int64'],
  [VTableFixupType.FromUnmanaged, 'fromunmanaged'],
  [VTableFixupType.FromUnmanagedRetainAppDomain, 'retainappdomain'],
  [VTableFixupType.CallMostDerived, 'callmostderived'],
];

/** A type as IL's `.vtfixup` writes it; bits without a keyword follow in hexadecimal. */
export function vtableFixupTypeText(type: number): string {
  const words = keywords.filter(([bit]) => type & bit).map(([, word]) => word);
  const unknown = unknownTypeBits(type);
  if (unknown) words.push(hex(unknown));
  return words.join(' ');
}
