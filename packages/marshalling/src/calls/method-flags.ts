/** MethodAttributes, ECMA-335 II.23.1.10: the bits that matter where managed code meets native code. */
export const MethodFlags = {
  UnmanagedExport: 0x0008,
  Static: 0x0010,
  PInvokeImpl: 0x2000,
} as const;

/** MethodImplAttributes, ECMA-335 II.23.1.11. */
export const MethodImplFlags = {
  CodeTypeMask: 0x0003,
  Native: 0x0001,
  Runtime: 0x0003,
  Unmanaged: 0x0004,
  PreserveSig: 0x0080,
  InternalCall: 0x1000,
} as const;

/** PInvokeAttributes, ECMA-335 II.23.1.8. */
export const PInvokeFlags = {
  NoMangle: 0x0001,
  CharSetMask: 0x0006,
  CharSetUnicode: 0x0004,
  CharSetAuto: 0x0006,
  BestFitMask: 0x0030,
  BestFitEnabled: 0x0010,
  BestFitDisabled: 0x0020,
  SupportsLastError: 0x0040,
  CallConvMask: 0x0700,
  ThrowOnUnmappableCharMask: 0x3000,
  ThrowOnUnmappableCharEnabled: 0x1000,
  ThrowOnUnmappableCharDisabled: 0x2000,
} as const;
