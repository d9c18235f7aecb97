// Texts and conditions of CoreCLR 10: its message tables (`src/coreclr/dlls/mscorrc/mscorrc.rc`, `Strings.resx` of System.Private.CoreLib) and
// `src/coreclr/vm/dllimport.cpp`, `src/coreclr/vm/prestub.cpp`.

/** What the runtime looks at: the first six rows of what .NET 5 and later added. */
export type VerdictTopic =
  | 'functionPointer'
  | 'callingConvention'
  | 'unmanagedCallersOnly'
  | 'suppressGCTransition'
  | 'genericParameter'
  | 'disabledMarshalling';

/** When it happens. */
export type VerdictMoment =
  /** A function pointer or a delegate is made of the method. */
  | 'addressTaken'
  /** The method is called, from either side; its stub is made then. */
  | 'call'
  /** The instruction runs. */
  | 'instruction'
  /** Native code that the method called calls back into managed code. */
  | 'callback';

/** What the runtime does with a method that breaks a rule. */
export interface RuntimeVerdict {
  readonly topic: VerdictTopic;
  /** `failFast` ends the process; `undefined` is a call that the runtime does not check; `ignored`: what was asked for has no effect. */
  readonly outcome: 'throws' | 'failFast' | 'undefined' | 'ignored';
  /** Full name of the exception's type, where one is thrown. */
  readonly exception?: string;
  readonly when: VerdictMoment;
  /** The runtime's own text where it throws or fails fast. */
  readonly message: string;
  /** Offset of the instruction in the method's code, where one is meant. */
  readonly ilOffset?: number;
}

export const INVALID_PROGRAM = 'System.InvalidProgramException';
export const NOT_SUPPORTED = 'System.NotSupportedException';
export const MARSHAL_DIRECTIVE = 'System.Runtime.InteropServices.MarshalDirectiveException';

/** What the runtime says. */
export const verdictMessages = {
  nonStatic: 'Non-static methods with UnmanagedCallersOnlyAttribute are invalid.',
  generic: 'Generic methods with UnmanagedCallersOnlyAttribute are invalid.',
  nonBlittable: 'Non-blittable parameter types are invalid for UnmanagedCallersOnly methods.',
  delegateTarget: 'Methods with UnmanagedCallersOnlyAttribute cannot be used as delegate target.',
  calledFromManaged: 'Invalid Program: attempted to call a UnmanagedCallersOnly method from managed code.',
  multipleConventions: 'Multiple unmanaged calling conventions are specified. Only a single calling convention is supported.',
  genericType: 'Non-blittable generic types cannot be marshaled.',
  managedType: 'Cannot marshal managed types when the runtime marshalling system is disabled.',
  setLastError: "Setting SetLastError to 'true' is not supported when runtime marshalling is disabled.",
  preserveSig: 'Setting PreserveSig to false for a P/Invoke is not supported when runtime marshalling is disabled.',
  varArgs: 'Using a variable argument list in a P/Invoke is not supported when runtime marshalling is disabled.',
  lcid: 'The LCIDConversionAttribute is not supported when runtime marshalling is disabled.',
} as const;
