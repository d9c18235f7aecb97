import type { RuntimeId } from './runtime-profile.ts';

/** The refusals whose codes differ between runtimes. */
export type RefusalCase =
  /** A mixed image for another processor than the process. */
  | 'otherArchitecture'
  /** An IL-only image for another processor than the process. */
  | 'otherArchitectureOfIL'
  /** A native DLL is loaded as an assembly. */
  | 'nativeImage'
  /** A mixed image comes from a byte[] or a stream. */
  | 'mixedFromBytes'
  /** A mixed image that was built for CLR 1.1 or 2.0, in CLR 4 without `useLegacyV2RuntimeActivationPolicy`. */
  | 'olderRuntime'
  /** An image that was built for CLR 4, in CLR 2. */
  | 'newerRuntime'
  /** An assembly with ReferenceAssemblyAttribute is loaded for execution. */
  | 'referenceAssembly'
  /** A DLL that the image imports is not found. */
  | 'missingDependency'
  /** The image, or a DLL that it imports, is for another processor or is not an image: ERROR_BAD_EXE_FORMAT. */
  | 'badExecutable'
  /** A managed DllMain of another signature than `int32 (void*, uint32, void*)`. */
  | 'managedDllMainSignature'
  /** A managed DllMain that returns 0 at attach. */
  | 'managedDllMainFailed'
  /** Windows does not load the image for another reason. */
  | 'notLoaded';

/** The exception that a managed caller catches. An absent key is unknown. */
export interface RefusalCodes {
  /** `System.BadImageFormatException`. */
  readonly exception: string;
  /** Unsigned. */
  readonly hresult?: number;
  /** `{file}` is the path, `{assembly}` the display name, `{version}` the version string of the metadata root. */
  readonly message?: string;
  readonly source: string;
}

interface RefusalRow {
  readonly cases: readonly RefusalCase[];
  readonly runtimes: readonly RuntimeId[];
  /** `unknown`: these runtimes differ from their neighbours, and nothing says how. */
  readonly codes: RefusalCodes | 'unknown';
}

const BAD_IMAGE = 'System.BadImageFormatException';
const FILE_LOAD = 'System.IO.FileLoadException';
const FILE_NOT_FOUND = 'System.IO.FileNotFoundException';

const COULD_NOT_LOAD = "Could not load file or assembly '{file}'.";
const OR_DEPENDENCIES = "Could not load file or assembly '{file}' or one of its dependencies.";
const INCORRECT_FORMAT = 'An attempt was made to load a program with an incorrect format.';
const FIXUPS = 'Attempt to load an unverifiable executable with fixups (IAT with more than 2 sections or a TLS section.)';

const CORE_3_AND_5: readonly RuntimeId[] = ['netcoreapp3.1', 'net5.0'];
const SINCE_6: readonly RuntimeId[] = ['net6.0', 'net7.0', 'net8.0', 'net9.0', 'net10.0', 'net11.0'];
const SINCE_7: readonly RuntimeId[] = SINCE_6.slice(1);
const SINCE_9: readonly RuntimeId[] = SINCE_6.slice(3);

const OBSERVED = 'CoreCLR 6.0.13, 8.0.30, 9.0.19, 10.0.12 and 11.0.0 under Wine';
/** `PEImage::LoadLibrary` had one code for every error of Windows. */
const ONE_ANSWER = 'dotnet/runtime#45611, dotnet/coreclr#24220 (mended by dotnet/runtime#45997 in .NET 6)';

const REFERENCE_ASSEMBLY =
  'Reference assemblies should not be loaded for execution.  They can only be loaded in the Reflection-only loader context.';

const BOTH_ARCHITECTURES: readonly RefusalCase[] = ['otherArchitecture', 'otherArchitectureOfIL'];
/** The code is lost between the binder and the exception. */
const WITHOUT_REASON: RefusalCodes = {
  exception: FILE_LOAD,
  hresult: 0x80131621,
  message: "Could not load file or assembly '{assembly}'.",
  source: 'CoreCLR 6.0.13 (IL only) and 8.0.30 under Wine; dotnet/runtime#92281, dotnet/runtime#101271',
};

const REFUSALS: readonly RefusalRow[] = [
  {
    cases: BOTH_ARCHITECTURES,
    runtimes: ['net40'],
    codes: {
      exception: BAD_IMAGE,
      hresult: 0x8007000b,
      message: `${OR_DEPENDENCIES} ${INCORRECT_FORMAT}`,
      source: 'ForNeVeR/ManagedSpy#8, erfg12/memory.dll#98',
    },
  },
  {
    cases: BOTH_ARCHITECTURES,
    runtimes: CORE_3_AND_5,
    codes: {
      exception: BAD_IMAGE,
      hresult: 0x8007000b,
      message: `${COULD_NOT_LOAD} ${INCORRECT_FORMAT}`,
      source: 'cefsharp/CefSharp#3024; dotnet/coreclr src/binder/assembly.cpp, Assembly::Init',
    },
  },
  // The Windows loader maps a mixed image first, and its error is thrown.
  {
    cases: ['otherArchitecture'],
    runtimes: ['net6.0'],
    codes: { exception: BAD_IMAGE, hresult: 0x800700c1, source: 'CoreCLR 6.0.13 under Wine' },
  },
  { cases: ['otherArchitecture'], runtimes: ['net7.0'], codes: 'unknown' },
  { cases: ['otherArchitectureOfIL'], runtimes: ['net6.0', 'net7.0'], codes: WITHOUT_REASON },
  { cases: BOTH_ARCHITECTURES, runtimes: ['net8.0'], codes: WITHOUT_REASON },
  {
    cases: BOTH_ARCHITECTURES,
    runtimes: SINCE_9,
    codes: {
      exception: FILE_LOAD,
      hresult: 0x80132006,
      message: `${COULD_NOT_LOAD} The assembly architecture is not compatible with the current process architecture.`,
      source: 'CoreCLR 9.0.19, 10.0.12 and 11.0.0 under Wine; dotnet/runtime#91289',
    },
  },
  {
    cases: ['nativeImage'],
    runtimes: ['net40'],
    codes: {
      exception: BAD_IMAGE,
      hresult: 0x80131018,
      message: `${OR_DEPENDENCIES} The module was expected to contain an assembly manifest.`,
      source: 'dotnet/runtime#111597 (net48), IronLanguages/ironpython3#1242',
    },
  },
  {
    cases: ['nativeImage'],
    runtimes: CORE_3_AND_5,
    codes: { exception: BAD_IMAGE, hresult: 0x8007000b, source: 'dotnet/coreclr src/vm/peimage.cpp, PEImage::VerifyIsILOrNIAssembly' },
  },
  {
    cases: ['nativeImage'],
    runtimes: SINCE_6,
    codes: {
      exception: BAD_IMAGE,
      hresult: 0x8007000b,
      message: "Bad IL format. The format of the file '{file}' is invalid.",
      source: OBSERVED,
    },
  },
  {
    cases: ['mixedFromBytes'],
    runtimes: ['net40'],
    codes: {
      exception: FILE_LOAD,
      hresult: 0x80131019,
      message: `Could not load file or assembly '{assembly}' or one of its dependencies. ${FIXUPS} (Exception from HRESULT: 0x80131019)`,
      source: 'Fody/Fody#153, MichaelGrafnetter/DSInternals#123',
    },
  },
  {
    cases: ['mixedFromBytes'],
    runtimes: CORE_3_AND_5,
    codes: { exception: BAD_IMAGE, hresult: 0x8007000b, source: 'dotnet/runtime src/tests/Interop/IJW/LoadIjwFromModuleHandle' },
  },
  {
    cases: ['mixedFromBytes'],
    runtimes: ['net6.0'],
    codes: { exception: BAD_IMAGE, hresult: 0x8007000b, message: `${INCORRECT_FORMAT} (0x8007000B)`, source: 'CoreCLR 6.0.13 under Wine' },
  },
  {
    cases: ['mixedFromBytes'],
    runtimes: SINCE_7,
    codes: {
      exception: BAD_IMAGE,
      hresult: 0x8007000b,
      message: `Could not load file or assembly '<Unknown>'. ${INCORRECT_FORMAT}`,
      source: 'CoreCLR 8.0.30, 9.0.19, 10.0.12 and 11.0.0 under Wine',
    },
  },
  {
    cases: ['olderRuntime'],
    runtimes: ['net40'],
    codes: {
      exception: FILE_LOAD,
      message:
        "Mixed mode assembly is built against version '{version}' of the runtime and cannot be loaded in the 4.0 runtime without additional configuration information.",
      source: 'xunit/xunit#910, Taicanium/Ohana3DS-Transfigured#13',
    },
  },
  {
    cases: ['newerRuntime'],
    runtimes: ['net20'],
    codes: {
      exception: BAD_IMAGE,
      hresult: 0x8013101b,
      message:
        'This assembly is built by a runtime newer than the currently loaded runtime and cannot be loaded. (Exception from HRESULT: 0x8013101B)',
      source: 'synhershko/NAppUpdate#27, fluentmigrator/fluentmigrator#157',
    },
  },
  {
    cases: ['referenceAssembly'],
    runtimes: ['net40'],
    codes: {
      exception: BAD_IMAGE,
      hresult: 0x80131058,
      message: `Could not load file or assembly '{assembly}' or one of its dependencies. ${REFERENCE_ASSEMBLY} (Exception from HRESULT: 0x80131058)`,
      source: 'bazel-contrib/rules_dotnet#172',
    },
  },
  // The text was changed for .NET 7.
  {
    cases: ['referenceAssembly'],
    runtimes: ['netcoreapp3.1', 'net5.0', 'net6.0'],
    codes: {
      exception: BAD_IMAGE,
      hresult: 0x80131058,
      message: `Could not load file or assembly '{assembly}'. ${REFERENCE_ASSEMBLY} (0x80131058)`,
      source: 'CoreCLR 6.0.13 under Wine; dotnet/runtime#70074',
    },
  },
  {
    cases: ['managedDllMainSignature'],
    runtimes: ['net20', 'net40'],
    codes: { exception: 'System.MethodAccessException', hresult: 0x80131510, source: 'dotnet/coreclr release/1.0 src/vm, RunDllMain' },
  },
  {
    cases: ['managedDllMainFailed'],
    runtimes: ['net20', 'net40'],
    codes: { exception: 'System.InvalidProgramException', hresult: 0x8013153a, source: 'dotnet/coreclr release/1.0 src/vm, RunDllMain' },
  },
  {
    cases: ['missingDependency'],
    runtimes: ['net40'],
    codes: {
      exception: FILE_NOT_FOUND,
      hresult: 0x8007007e,
      message: `${OR_DEPENDENCIES} The specified module could not be found.`,
      source: 'mono/CppSharp#371, mchall/ImageQuality#3; dotnet/runtime#45611 says that it is propagated',
    },
  },
  {
    cases: ['missingDependency'],
    runtimes: CORE_3_AND_5,
    codes: { exception: BAD_IMAGE, hresult: 0x8007000b, message: `${COULD_NOT_LOAD} ${INCORRECT_FORMAT}`, source: ONE_ANSWER },
  },
  {
    cases: ['missingDependency'],
    runtimes: SINCE_6,
    codes: {
      exception: FILE_NOT_FOUND,
      hresult: 0x8007007e,
      message: `${COULD_NOT_LOAD} The specified module could not be found.`,
      source: OBSERVED,
    },
  },
  {
    cases: ['badExecutable'],
    runtimes: ['net40'],
    codes: {
      exception: BAD_IMAGE,
      hresult: 0x800700c1,
      message: `${OR_DEPENDENCIES}  is not a valid Win32 application. (Exception from HRESULT: 0x800700C1)`,
      source: 'hexfati/SharpDllLoader#2, sixthsense/sixthsense#28; dotnet/runtime#45611 says that it is propagated',
    },
  },
  {
    cases: ['badExecutable', 'notLoaded'],
    runtimes: CORE_3_AND_5,
    codes: { exception: BAD_IMAGE, hresult: 0x8007000b, message: `${COULD_NOT_LOAD} ${INCORRECT_FORMAT}`, source: ONE_ANSWER },
  },
];

/** The codes of a runtime for a case; `unknown` if the table says so, `undefined` if the case is not listed for the runtime. */
export const refusalCodes = (runtime: RuntimeId, refusal: RefusalCase): RefusalCodes | 'unknown' | undefined =>
  REFUSALS.find((row) => row.cases.includes(refusal) && row.runtimes.includes(runtime))?.codes;

/** A message with what it speaks of; places whose text is not known stay as they are. */
export const refusalMessage = (message: string, values: Readonly<Partial<Record<'file' | 'assembly' | 'version', string>>>): string =>
  message.replaceAll(/\{(file|assembly|version)\}/g, (place, name: 'file' | 'assembly' | 'version') => values[name] ?? place);
