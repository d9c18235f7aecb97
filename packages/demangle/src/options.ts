/**
 * How the text is spelled:
 * - `llvm` (default): as llvm-undname prints;
 * - `undname`: as Microsoft's undname prints, character for character;
 * - `short`: names and parameter types, as profilers show frames: `v8::HandleScope::HandleScope(v8::Isolate*)`.
 */
export type TextStyle = 'llvm' | 'undname' | 'short';

/** Parts of the text that can be left out. */
export interface TextParts {
  /** `public:`, `protected:`, `private:` */
  readonly access: boolean;
  /** `static`, `virtual`, `extern "C"`, `[thunk]:` */
  readonly memberKind: boolean;
  /** Returned types of functions, not of pointers to functions. */
  readonly returnType: boolean;
  /** Types of variables. */
  readonly variableType: boolean;
  /** `__cdecl` and the like. */
  readonly callingConvention: boolean;
  /** `const`, `&` and the like after the parameters. */
  readonly thisQualifiers: boolean;
  readonly arguments: boolean;
  /** `noexcept`, `throw(…)` */
  readonly exceptions: boolean;
  /** `class`, `struct`, `union`, `enum` */
  readonly tagKeywords: boolean;
  /** `__ptr64` */
  readonly pointer64: boolean;
  /** Keywords of Microsoft's language: calling conventions, `__ptr64`, `__restrict`, `__unaligned`. */
  readonly msKeywords: boolean;
  /** The two underscores before those keywords. */
  readonly leadingUnderscores: boolean;
}

export interface DemangleOptions {
  readonly style?: TextStyle;
  /** Parts to leave out or, with `true`, to write though the style does not. */
  readonly parts?: Partial<TextParts>;
  /** Only the qualified name. */
  readonly nameOnly?: boolean;
}

const all: TextParts = {
  access: true,
  memberKind: true,
  returnType: true,
  variableType: true,
  callingConvention: true,
  thisQualifiers: true,
  arguments: true,
  exceptions: true,
  tagKeywords: true,
  pointer64: true,
  msKeywords: true,
  leadingUnderscores: true,
};

const styleParts: Readonly<Record<TextStyle, TextParts>> = {
  undname: all,
  llvm: { ...all, pointer64: false },
  short: {
    ...all,
    access: false,
    memberKind: false,
    returnType: false,
    variableType: false,
    callingConvention: false,
    thisQualifiers: false,
    exceptions: false,
    tagKeywords: false,
    pointer64: false,
    msKeywords: false,
  },
};

const nothingButName: Partial<TextParts> = {
  access: false,
  memberKind: false,
  returnType: false,
  variableType: false,
  callingConvention: false,
  thisQualifiers: false,
  arguments: false,
  exceptions: false,
};

/** The parts that options ask for. */
export function partsOf(options: DemangleOptions): TextParts {
  const parts = styleParts[options.style ?? 'llvm'];
  if (!options.nameOnly && options.parts === undefined) return parts;
  return { ...parts, ...(options.nameOnly && nothingButName), ...options.parts };
}

/** The flags of `UnDecorateSymbolName` (dbghelp.h). */
export const UndnameFlag = {
  noLeadingUnderscores: 0x0001,
  noMsKeywords: 0x0002,
  noFunctionReturns: 0x0004,
  noAllocationModel: 0x0008,
  noAllocationLanguage: 0x0010,
  noMsThisType: 0x0020,
  noCvThisType: 0x0040,
  noThisType: 0x0060,
  noAccessSpecifiers: 0x0080,
  noThrowSignatures: 0x0100,
  noMemberType: 0x0200,
  noReturnUdtModel: 0x0400,
  decode32Bit: 0x0800,
  nameOnly: 0x1000,
  noArguments: 0x2000,
  noSpecialSymbols: 0x4000,
  noTagKeywords: 0x8000,
  noPointer64: 0x20000,
} as const;

const flagParts: readonly (readonly [flag: number, parts: Partial<TextParts>])[] = [
  [UndnameFlag.noLeadingUnderscores, { leadingUnderscores: false }],
  [UndnameFlag.noMsKeywords, { msKeywords: false }],
  [UndnameFlag.noFunctionReturns, { returnType: false }],
  [UndnameFlag.noAllocationLanguage, { callingConvention: false }],
  [UndnameFlag.noMsThisType | UndnameFlag.noCvThisType, { thisQualifiers: false }],
  [UndnameFlag.noAccessSpecifiers, { access: false }],
  [UndnameFlag.noThrowSignatures, { exceptions: false }],
  [UndnameFlag.noMemberType, { memberKind: false }],
  [UndnameFlag.noArguments, { arguments: false }],
  [UndnameFlag.noTagKeywords, { tagKeywords: false }],
  [UndnameFlag.noPointer64, { pointer64: false }],
];

/**
 * Options for the flags of `UnDecorateSymbolName`. Those for 16-bit memory models and 32-bit decoding have nothing left to change.
 */
export function optionsOfUndnameFlags(flags: number): DemangleOptions {
  const parts: Partial<TextParts> = {};
  for (const [flag, without] of flagParts) if ((flags & flag) !== 0) Object.assign(parts, without);
  return { style: 'undname', parts, nameOnly: (flags & UndnameFlag.nameOnly) !== 0 };
}
