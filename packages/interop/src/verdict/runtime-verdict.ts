// Texts and conditions of CoreCLR 10: its message tables (`src/coreclr/dlls/mscorrc/mscorrc.rc`, `Strings.resx` of System.Private.CoreLib) and
// `src/coreclr/vm/dllimport.cpp`, `src/coreclr/vm/prestub.cpp`.

import { marshallingProblems } from '@ijw/marshalling';

/** What the runtime looks at: what .NET 5 and later added, and `marshalling`, values that it passes in no form. */
export type VerdictTopic =
  | 'functionPointer'
  | 'callingConvention'
  | 'unmanagedCallersOnly'
  | 'suppressGCTransition'
  | 'genericParameter'
  | 'disabledMarshalling'
  | 'marshalling';

/** When it happens. */
export type VerdictMoment =
  /** The type that declares the method is loaded: nothing of it can be used. */
  | 'typeLoad'
  /** A function pointer or a delegate is made of the method. */
  | 'addressTaken'
  /** The method is called, from either side; its stub is made then. */
  | 'call'
  /** The instruction runs. */
  | 'instruction'
  /** Native code that the method called calls back into managed code. */
  | 'callback';

/** The effect in the runtime of a violated rule. */
export interface RuntimeVerdict {
  readonly topic: VerdictTopic;
  /** `failFast` ends the process; `undefined` is a call that the runtime does not check; `ignored`: the request has no effect. */
  readonly outcome: 'throws' | 'failFast' | 'undefined' | 'ignored';
  /** Full name of the exception's type, where one is thrown. */
  readonly exception?: string;
  readonly when: VerdictMoment;
  /** The runtime's own text where it throws or fails fast. */
  readonly message: string;
  /** Offset of the instruction in the method's code, where one is meant. */
  readonly ilOffset?: number;
  /** Only the runtimes of Linux and macOS do this. */
  readonly system?: 'unix';
}

export const INVALID_PROGRAM = 'System.InvalidProgramException';
export const NOT_SUPPORTED = 'System.NotSupportedException';
export const TYPE_LOAD = 'System.TypeLoadException';
export const MARSHAL_DIRECTIVE = 'System.Runtime.InteropServices.MarshalDirectiveException';

/** The verdicts. */
export const verdictMessages = {
  nonStatic: 'Non-static methods with UnmanagedCallersOnlyAttribute are invalid.',
  generic: 'Generic methods with UnmanagedCallersOnlyAttribute are invalid.',
  nonBlittable: 'Non-blittable parameter types are invalid for UnmanagedCallersOnly methods.',
  delegateTarget: 'Methods with UnmanagedCallersOnlyAttribute cannot be used as delegate target.',
  calledFromManaged: 'Invalid Program: attempted to call a UnmanagedCallersOnly method from managed code.',
  multipleConventions: 'Multiple unmanaged calling conventions are specified. Only a single calling convention is supported.',
  ...marshallingProblems,
  genericPlatformInvoke: 'Generic method or method in generic class is internal call, PInvoke, or is defined in a COM Import class.',
  comVariant: "Invalid managed/unmanaged type combination (Marshaling to and from COM VARIANTs isn't supported).",
  comInterface: "Invalid managed/unmanaged type combination (Marshaling to and from COM interface pointers isn't supported).",
  varArgsNotSupported: 'Vararg calling convention not supported.',
  setLastError: "Setting SetLastError to 'true' is not supported when runtime marshalling is disabled.",
  preserveSig: 'Setting PreserveSig to false for a P/Invoke is not supported when runtime marshalling is disabled.',
  varArgs: 'Using a variable argument list in a P/Invoke is not supported when runtime marshalling is disabled.',
  lcid: 'The LCIDConversionAttribute is not supported when runtime marshalling is disabled.',
} as const;
