/** ECMA-335 II.23.1, a table of flags a section; names as in the standard, in .NET's case. Values that are more than one bit are masks or stand under one. */

/** II.23.1.1 */
export const AssemblyHashAlgorithm = { None: 0x0000, Md5: 0x8003, Sha1: 0x8004, Sha256: 0x800c, Sha384: 0x800d, Sha512: 0x800e } as const;

/** II.23.1.2, and the runtime's corhdr.h for the content type and the processor. */
export const AssemblyFlags = {
  PublicKey: 0x0001,
  ProcessorArchitectureMask: 0x0070,
  Retargetable: 0x0100,
  ContentTypeMask: 0x0e00,
  WindowsRuntime: 0x0200,
  DisableJitCompileOptimizer: 0x4000,
  EnableJitCompileTracking: 0x8000,
} as const;

/** II.23.1.4 */
export const EventAttributes = { SpecialName: 0x0200, RTSpecialName: 0x0400 } as const;

/** II.23.1.5 */
export const FieldAttributes = {
  FieldAccessMask: 0x0007,
  CompilerControlled: 0x0000,
  Private: 0x0001,
  FamANDAssem: 0x0002,
  Assembly: 0x0003,
  Family: 0x0004,
  FamORAssem: 0x0005,
  Public: 0x0006,
  Static: 0x0010,
  InitOnly: 0x0020,
  Literal: 0x0040,
  NotSerialized: 0x0080,
  HasFieldRVA: 0x0100,
  SpecialName: 0x0200,
  RTSpecialName: 0x0400,
  HasFieldMarshal: 0x1000,
  PInvokeImpl: 0x2000,
  HasDefault: 0x8000,
} as const;

/** II.23.1.6 */
export const FileAttributes = { ContainsMetaData: 0x0000, ContainsNoMetaData: 0x0001 } as const;

/** II.23.1.7, and C# 13's `allows ref struct`. */
export const GenericParamAttributes = {
  VarianceMask: 0x0003,
  Covariant: 0x0001,
  Contravariant: 0x0002,
  SpecialConstraintMask: 0x001c,
  ReferenceTypeConstraint: 0x0004,
  NotNullableValueTypeConstraint: 0x0008,
  DefaultConstructorConstraint: 0x0010,
  AllowByRefLike: 0x0020,
} as const;

/** II.23.1.8 */
export const PInvokeAttributes = {
  NoMangle: 0x0001,
  CharSetMask: 0x0006,
  CharSetNotSpec: 0x0000,
  CharSetAnsi: 0x0002,
  CharSetUnicode: 0x0004,
  CharSetAuto: 0x0006,
  BestFitMask: 0x0030,
  BestFitEnabled: 0x0010,
  BestFitDisabled: 0x0020,
  SupportsLastError: 0x0040,
  CallConvMask: 0x0700,
  CallConvPlatformapi: 0x0100,
  CallConvCdecl: 0x0200,
  CallConvStdcall: 0x0300,
  CallConvThiscall: 0x0400,
  CallConvFastcall: 0x0500,
  ThrowOnUnmappableCharMask: 0x3000,
  ThrowOnUnmappableCharEnabled: 0x1000,
  ThrowOnUnmappableCharDisabled: 0x2000,
} as const;

/** II.23.1.9 */
export const ManifestResourceAttributes = { VisibilityMask: 0x0007, Public: 0x0001, Private: 0x0002 } as const;

/** II.23.1.10 */
export const MethodAttributes = {
  MemberAccessMask: 0x0007,
  CompilerControlled: 0x0000,
  Private: 0x0001,
  FamANDAssem: 0x0002,
  Assem: 0x0003,
  Family: 0x0004,
  FamORAssem: 0x0005,
  Public: 0x0006,
  UnmanagedExport: 0x0008,
  Static: 0x0010,
  Final: 0x0020,
  Virtual: 0x0040,
  HideBySig: 0x0080,
  VtableLayoutMask: 0x0100,
  NewSlot: 0x0100,
  Strict: 0x0200,
  Abstract: 0x0400,
  SpecialName: 0x0800,
  RTSpecialName: 0x1000,
  PInvokeImpl: 0x2000,
  HasSecurity: 0x4000,
  RequireSecObject: 0x8000,
} as const;

/** II.23.1.11, and the runtime's corhdr.h for the bits of the just-in-time compiler. */
export const MethodImplAttributes = {
  CodeTypeMask: 0x0003,
  IL: 0x0000,
  Native: 0x0001,
  OPTIL: 0x0002,
  Runtime: 0x0003,
  ManagedMask: 0x0004,
  Unmanaged: 0x0004,
  NoInlining: 0x0008,
  ForwardRef: 0x0010,
  Synchronized: 0x0020,
  NoOptimization: 0x0040,
  PreserveSig: 0x0080,
  AggressiveInlining: 0x0100,
  AggressiveOptimization: 0x0200,
  InternalCall: 0x1000,
  Async: 0x2000,
} as const;

/** II.23.1.12 */
export const MethodSemanticsAttributes = {
  Setter: 0x0001,
  Getter: 0x0002,
  Other: 0x0004,
  AddOn: 0x0008,
  RemoveOn: 0x0010,
  Fire: 0x0020,
} as const;

/** II.23.1.13 */
export const ParamAttributes = { In: 0x0001, Out: 0x0002, Optional: 0x0010, HasDefault: 0x1000, HasFieldMarshal: 0x2000 } as const;

/** II.23.1.14 */
export const PropertyAttributes = { SpecialName: 0x0200, RTSpecialName: 0x0400, HasDefault: 0x1000 } as const;

/** II.23.1.15 */
export const TypeAttributes = {
  VisibilityMask: 0x00000007,
  NotPublic: 0x00000000,
  Public: 0x00000001,
  NestedPublic: 0x00000002,
  NestedPrivate: 0x00000003,
  NestedFamily: 0x00000004,
  NestedAssembly: 0x00000005,
  NestedFamANDAssem: 0x00000006,
  NestedFamORAssem: 0x00000007,
  LayoutMask: 0x00000018,
  AutoLayout: 0x00000000,
  SequentialLayout: 0x00000008,
  ExplicitLayout: 0x00000010,
  ExtendedLayout: 0x00000018,
  ClassSemanticsMask: 0x00000020,
  Interface: 0x00000020,
  Abstract: 0x00000080,
  Sealed: 0x00000100,
  SpecialName: 0x00000400,
  RTSpecialName: 0x00000800,
  Import: 0x00001000,
  Serializable: 0x00002000,
  WindowsRuntime: 0x00004000,
  StringFormatMask: 0x00030000,
  AnsiClass: 0x00000000,
  UnicodeClass: 0x00010000,
  AutoClass: 0x00020000,
  CustomFormatClass: 0x00030000,
  HasSecurity: 0x00040000,
  BeforeFieldInit: 0x00100000,
  IsTypeForwarder: 0x00200000,
  CustomStringFormatMask: 0x00c00000,
} as const;
