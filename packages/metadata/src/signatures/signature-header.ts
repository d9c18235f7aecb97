/** The low four bits of a signature's first byte: ECMA-335 II.23.2.3 (SIG in clr `corhdr.h`: `CorCallingConvention`). */
export const CallingConvention = {
  Default: 0x0,
  C: 0x1,
  StdCall: 0x2,
  ThisCall: 0x3,
  FastCall: 0x4,
  VarArg: 0x5,
  Field: 0x6,
  LocalSig: 0x7,
  Property: 0x8,
  /** The convention is told by modifiers of the return type (`CallConvCdecl`, …), or the platform's. */
  Unmanaged: 0x9,
  GenericInst: 0xa,
  NativeVarArg: 0xb,
} as const;

/** The bits above. */
export const SignatureFlags = {
  Generic: 0x10,
  HasThis: 0x20,
  ExplicitThis: 0x40,
} as const;

export type SignatureKind = 'method' | 'field' | 'locals' | 'property' | 'methodSpec' | 'unknown';

/** The kind of a signature, from its first byte. */
export function signatureKindOf(header: number): SignatureKind {
  switch (header & 0xf) {
    case CallingConvention.Field:
      return 'field';
    case CallingConvention.LocalSig:
      return 'locals';
    case CallingConvention.Property:
      return 'property';
    case CallingConvention.GenericInst:
      return 'methodSpec';
    default:
      return (header & 0xf) <= CallingConvention.Unmanaged ? 'method' : 'unknown';
  }
}

const conventionNames = ['default', 'unmanaged cdecl', 'unmanaged stdcall', 'unmanaged thiscall', 'unmanaged fastcall', 'vararg'];

/** The calling convention as IL writes it (II.15.3): `default`, `unmanaged cdecl`, …, `vararg`, `unmanaged`; `undefined` for no method's. */
export function callingConventionName(header: number): string | undefined {
  const convention = header & 0xf;
  return convention === CallingConvention.Unmanaged ? 'unmanaged' : conventionNames[convention];
}
