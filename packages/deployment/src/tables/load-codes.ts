import type { RuntimeId } from '@ijw/assembly/runtime-profiles';

/** A code that people have of a load, and what it means. */
export interface LoadCode {
  /** Unsigned: an HRESULT, an NTSTATUS, the code of a C++ or delay-load exception. */
  readonly code: number;
  /** Of the header that defines it, or of the host. */
  readonly name: string;
  /** The exception of a managed caller, without `System.`. */
  readonly exception?: string;
  /** The text of the system. */
  readonly text: string;
  /** What has happened, as a sentence. */
  readonly meaning: string;
  /** Where it differs: what it means on these runtimes. */
  readonly byRuntime?: readonly { readonly runtimes: readonly RuntimeId[]; readonly meaning: string }[];
  /** The findings that end with it. */
  readonly findings: readonly string[];
  readonly source: string;
}

const WINERROR = 'winerror.h';
const CORERROR = 'dotnet/runtime src/coreclr/pal/prebuilt/inc/corerror.h';
const NTSTATUS = 'ntstatus.h';
const HOST = 'dotnet/runtime docs/design/features/host-error-codes.md';

const CORE_3_AND_5: readonly RuntimeId[] = ['netcoreapp3.1', 'net5.0'];
const FRAMEWORK: readonly RuntimeId[] = ['net20', 'net40'];

export const LOAD_CODES: readonly LoadCode[] = [
  {
    code: 0x8007007e,
    name: 'ERROR_MOD_NOT_FOUND',
    exception: 'IO.FileNotFoundException',
    text: 'The specified module could not be found.',
    meaning:
      'The file, or a DLL that it imports directly or through others, was not found. The message names the file that was asked for, not the one that is missing.',
    byRuntime: [
      {
        runtimes: CORE_3_AND_5,
        meaning:
          'These runtimes say BadImageFormatException 0x8007000B for a mixed image instead; the code itself comes from P/Invokes and native code.',
      },
    ],
    findings: ['DR301', 'DR305', 'DR306', 'DR308', 'DR401', 'DR405'],
    source: WINERROR,
  },
  {
    code: 0x8007007f,
    name: 'ERROR_PROC_NOT_FOUND',
    exception: 'IO.FileLoadException',
    text: 'The specified procedure could not be found.',
    meaning: 'A DLL was found, but it lacks a function that the image imports: it is another version than the one that was linked.',
    findings: ['DR304', 'DR403'],
    source: WINERROR,
  },
  {
    code: 0x800700b6,
    name: 'ERROR_INVALID_ORDINAL',
    exception: 'BadImageFormatException',
    text: 'The operating system cannot run .',
    meaning: 'A DLL lacks an ordinal that the image imports.',
    findings: ['DR304'],
    source: WINERROR,
  },
  {
    code: 0x800700c1,
    name: 'ERROR_BAD_EXE_FORMAT',
    exception: 'BadImageFormatException',
    text: ' is not a valid Win32 application.',
    meaning: 'The file, or a DLL that it imports, is for another machine than the process or is not a PE image.',
    byRuntime: [{ runtimes: CORE_3_AND_5, meaning: 'These runtimes say 0x8007000B instead.' }],
    findings: ['DR302', 'DR303', 'DR402', 'DR201', 'DR102'],
    source: WINERROR,
  },
  {
    code: 0x8007000b,
    name: 'COR_E_BADIMAGEFORMAT',
    exception: 'BadImageFormatException',
    text: 'An attempt was made to load a program with an incorrect format.',
    meaning:
      'The image is for another machine than the process, is not an assembly, breaks a rule of the format, or is mixed and comes from a byte[] or a single file.',
    byRuntime: [
      {
        runtimes: CORE_3_AND_5,
        meaning: 'Also what Windows does not load for any reason: a missing DLL, ijwhost.dll among them (dotnet/runtime#45611).',
      },
      { runtimes: FRAMEWORK, meaning: 'An image for another machine; a native DLL is 0x80131018 instead.' },
    ],
    findings: ['DR101', 'DR201', 'DR404', 'DR604', 'DR702', 'DR901', 'DR902', 'DR903', 'DR904', 'DR401'],
    source: CORERROR,
  },
  {
    code: 0x80070002,
    name: 'COR_E_FILENOTFOUND',
    exception: 'IO.FileNotFoundException',
    text: 'The system cannot find the file specified.',
    meaning: 'An assembly that is referred to was not found in the folder of the program, its deps.json or the framework.',
    findings: ['DR601', 'DR503', 'DR504', 'DR608', 'DR609'],
    source: WINERROR,
  },
  {
    code: 0x80070003,
    name: 'ERROR_PATH_NOT_FOUND',
    exception: 'IO.DirectoryNotFoundException',
    text: 'The system cannot find the path specified.',
    meaning: 'A folder of the path does not exist.',
    findings: [],
    source: WINERROR,
  },
  {
    code: 0x80070005,
    name: 'E_ACCESSDENIED',
    exception: 'UnauthorizedAccessException',
    text: 'Access is denied.',
    meaning: 'The file may not be read or run: rights of the folder, an application policy, or a virus scanner.',
    findings: [],
    source: WINERROR,
  },
  {
    code: 0x8007045a,
    name: 'ERROR_DLL_INIT_FAILED',
    exception: 'IO.FileLoadException',
    text: 'A dynamic link library (DLL) initialization routine failed.',
    meaning:
      'DllMain of the image, or of a DLL that it imports, returned FALSE. With ijwhost.dll: the records of the VTableFixups lead outside the image.',
    findings: ['DR101'],
    source: WINERROR,
  },
  {
    code: 0x800701e7,
    name: 'ERROR_INVALID_ADDRESS',
    exception: 'IO.FileLoadException',
    text: 'Attempt to access invalid address.',
    meaning: 'The preferred base of an image without relocations is taken.',
    findings: ['DR101'],
    source: WINERROR,
  },
  {
    code: 0x800703e6,
    name: 'ERROR_NOACCESS',
    exception: 'BadImageFormatException',
    text: 'Invalid access to memory location.',
    meaning: 'The image could not be mapped or its DllMain ended with an access violation.',
    findings: ['DR101'],
    source: WINERROR,
  },
  {
    code: 0x800736b1,
    name: 'ERROR_SXS_CANT_GEN_ACTCTX',
    exception: 'IO.FileLoadException',
    text: 'The application has failed to start because its side-by-side configuration is incorrect.',
    meaning: 'The manifest of the image names a side-by-side assembly that is not installed: the Visual C++ 2005 or 2008 redistributable.',
    findings: ['DR305', 'DR311'],
    source: WINERROR,
  },
  {
    code: 0x800711c7,
    name: 'ERROR_SYSTEM_INTEGRITY_POLICY_VIOLATION',
    exception: 'IO.FileLoadException',
    text: 'An Application Control policy has blocked this file.',
    meaning: 'A policy of the machine does not let the file run.',
    findings: [],
    source: WINERROR,
  },
  {
    code: 0x80132006,
    name: 'CLR_E_BIND_ARCHITECTURE_MISMATCH',
    exception: 'IO.FileLoadException',
    text: 'The assembly architecture is not compatible with the current process architecture.',
    meaning: 'The assembly is for another machine than the process.',
    byRuntime: [
      {
        runtimes: ['net8.0', 'net7.0', 'net6.0'],
        meaning: 'These runtimes lose the code on the way: FileLoadException 0x80131621 (dotnet/runtime#92281).',
      },
      { runtimes: [...FRAMEWORK, ...CORE_3_AND_5], meaning: 'These runtimes say BadImageFormatException 0x8007000B instead.' },
    ],
    findings: ['DR201'],
    source: CORERROR,
  },
  {
    code: 0x80131621,
    name: 'COR_E_FILELOAD',
    exception: 'IO.FileLoadException',
    text: 'Could not load the specified file.',
    meaning: 'An assembly was found and not loaded. .NET 6 to 8 say this for an assembly of another machine than the process.',
    findings: ['DR201'],
    source: CORERROR,
  },
  {
    code: 0x80131040,
    name: 'FUSION_E_REF_DEF_MISMATCH',
    exception: 'IO.FileLoadException',
    text: "The located assembly's manifest definition does not match the assembly reference.",
    meaning: 'A file of the name was found, but its version, culture or public key is another than the one that is referred to.',
    findings: ['DR602', 'DR603', 'DR605'],
    source: CORERROR,
  },
  {
    code: 0x80131018,
    name: 'COR_E_ASSEMBLYEXPECTED',
    exception: 'BadImageFormatException',
    text: 'The module was expected to contain an assembly manifest.',
    meaning: '.NET Framework was asked to load a native DLL, or a module, as an assembly.',
    findings: ['DR604'],
    source: CORERROR,
  },
  {
    code: 0x80131019,
    name: 'COR_E_LOADING_REFERENCE_ASSEMBLY_FIXUPS',
    exception: 'IO.FileLoadException',
    text: 'Attempt to load an unverifiable executable with fixups (IAT with more than 2 sections or a TLS section.)',
    meaning: '.NET Framework was asked to load a mixed assembly from a byte[].',
    findings: ['DR901'],
    source: CORERROR,
  },
  {
    code: 0x8013101b,
    name: 'COR_E_NEWER_RUNTIME',
    exception: 'BadImageFormatException',
    text: 'This assembly is built by a runtime newer than the currently loaded runtime and cannot be loaded.',
    meaning: 'An assembly of .NET Framework 4 in a process with CLR 2.',
    findings: ['DR101'],
    source: CORERROR,
  },
  {
    code: 0x80131047,
    name: 'FUSION_E_INVALID_NAME',
    exception: 'IO.FileLoadException',
    text: 'The given assembly name was invalid.',
    meaning: 'The name of the assembly is empty, too long, or has characters that names do not have.',
    findings: ['DR101'],
    source: CORERROR,
  },
  {
    code: 0x80131053,
    name: 'FUSION_E_APP_DOMAIN_LOCKED',
    exception: 'IO.FileLoadException',
    text: 'The requested assembly version conflicts with what is already bound in the app domain or specified in the manifest.',
    meaning: 'Another version of the assembly was loaded already.',
    findings: ['DR602'],
    source: CORERROR,
  },
  {
    code: 0x80131058,
    name: 'COR_E_LOADING_REFERENCE_ASSEMBLY',
    exception: 'BadImageFormatException',
    text: 'Reference assemblies should not be loaded for execution.',
    meaning: 'The file is a reference assembly, of a ref folder, not the implementation.',
    findings: [],
    source: CORERROR,
  },
  {
    code: 0x80131522,
    name: 'COR_E_TYPELOAD',
    exception: 'TypeLoadException',
    text: 'Could not find or load a type.',
    meaning: 'An assembly lacks a type, or a type or native method of the image breaks a rule.',
    findings: ['DR606', 'DR101'],
    source: CORERROR,
  },
  {
    code: 0x80131523,
    name: 'COR_E_ENTRYPOINTNOTFOUND',
    exception: 'EntryPointNotFoundException',
    text: 'Unable to find an entry point.',
    meaning: 'The library of a P/Invoke was loaded, but does not export the function.',
    findings: ['DR704'],
    source: CORERROR,
  },
  {
    code: 0x80131524,
    name: 'COR_E_DLLNOTFOUND',
    exception: 'DllNotFoundException',
    text: 'Unable to load a library or one of its dependencies.',
    meaning: 'The library of a P/Invoke, or one that it needs, was not found or not loaded.',
    findings: ['DR701', 'DR703', 'DR705', 'DR706', 'DR707', 'DR708', 'DR301'],
    source: CORERROR,
  },
  {
    code: 0x80131534,
    name: 'COR_E_TYPEINITIALIZATION',
    exception: 'TypeInitializationException',
    text: 'The type initializer threw an exception.',
    meaning:
      'A static constructor failed, that of <Module> in a C++/CLI image; the inner exception says why, often a library that was not found.',
    findings: ['DR701', 'DR301'],
    source: CORERROR,
  },
  {
    code: 0x80131513,
    name: 'COR_E_MISSINGMETHOD',
    exception: 'MissingMethodException',
    text: 'Method does not exist.',
    meaning: 'An assembly of the name is there, but it is another version without the method.',
    findings: ['DR602', 'DR606'],
    source: CORERROR,
  },
  {
    code: 0x80131506,
    name: 'COR_E_EXECUTIONENGINE',
    exception: 'ExecutionEngineException',
    text: 'Internal CLR error.',
    meaning:
      'The runtime broke: a native method without PreserveSig, an address of a method that is not code, or memory that native code damaged. Nothing catches it.',
    findings: ['DR101'],
    source: CORERROR,
  },
  {
    code: 0x8013153a,
    name: 'COR_E_INVALIDPROGRAM',
    exception: 'InvalidProgramException',
    text: 'Common Language Runtime detected an invalid program.',
    meaning: 'The IL of a method breaks a rule, or an instance method is entered through a slot for native callers.',
    findings: [],
    source: CORERROR,
  },
  {
    code: 0x80131539,
    name: 'COR_E_PLATFORMNOTSUPPORTED',
    exception: 'PlatformNotSupportedException',
    text: 'Operation is not supported on this platform.',
    meaning: 'A reference assembly or a facade of another system was deployed: take the asset of runtimes/RID/lib.',
    findings: [],
    source: CORERROR,
  },
  {
    code: 0x8013141a,
    name: 'CORSEC_E_INVALID_STRONGNAME',
    exception: 'Security.SecurityException',
    text: 'Strong name validation failed.',
    meaning: 'The assembly was changed after it was signed, or is delay-signed.',
    findings: [],
    source: CORERROR,
  },
  {
    code: 0x800080a3,
    name: 'HostInvalidState',
    text: 'Failed to start the .NET runtime. Error code: 0x800080a3',
    meaning: 'Native code called a C++/CLI image and hostfxr could not start a runtime for it: NAME.runtimeconfig.json is missing.',
    findings: ['DR501'],
    source: HOST,
  },
  {
    code: 0x80008083,
    name: 'CoreHostLibMissingFailure',
    text: 'A library of the host was not found.',
    meaning:
      'hostfxr or hostpolicy was not found: .NET is not installed for this machine, or a framework-dependent program lost its runtimeconfig.json.',
    findings: ['DR508'],
    source: HOST,
  },
  {
    code: 0x80008093,
    name: 'InvalidConfigFile',
    text: 'A configuration file is invalid.',
    meaning:
      'NAME.runtimeconfig.json or NAME.deps.json is not valid, or a component that native code loads has the configuration of a self-contained program.',
    findings: ['DR502', 'DR505'],
    source: HOST,
  },
  {
    code: 0x80008096,
    name: 'FrameworkMissingFailure',
    text: 'You must install or update .NET to run this application.',
    meaning: 'The framework that NAME.runtimeconfig.json names is not installed in that version.',
    findings: ['DR503', 'DR504'],
    source: HOST,
  },
  {
    code: 0x8000809c,
    name: 'FrameworkCompatFailure',
    text: 'The frameworks of the application do not fit each other.',
    meaning: 'Two frameworks, or a component and the runtime that runs already, ask for versions that do not go together.',
    findings: [],
    source: HOST,
  },
  {
    code: 0x8000809a,
    name: 'AppPathFindFailure',
    text: 'The application to execute does not exist.',
    meaning: 'The assembly that the program starts, NAME.dll, is not beside it.',
    findings: ['DR509'],
    source: 'CoreCLR 10.0.12 on Linux',
  },
  {
    code: 0x80008081,
    name: 'InvalidArgFailure',
    text: 'The application to execute does not exist.',
    meaning: 'The host did not find the assembly that it starts, or was called with wrong arguments.',
    findings: ['DR509'],
    source: HOST,
  },
  {
    code: 0x80008082,
    name: 'CoreHostLibLoadFailure',
    text: 'A library of the host was not loaded.',
    meaning: 'hostfxr or hostpolicy is for another machine than the program.',
    findings: ['DR201'],
    source: HOST,
  },
  {
    code: 0x80008089,
    name: 'CoreClrInitFailure',
    text: 'Failed to create CoreCLR.',
    meaning: 'The runtime in the folder could not be started: System.Private.CoreLib does not belong to coreclr, or memory is missing.',
    findings: [],
    source: HOST,
  },
  {
    code: 0x8000808c,
    name: 'ResolverResolveFailure',
    text: 'An assembly specified in the application dependencies manifest was not found.',
    meaning: 'NAME.deps.json lists a file that is not in the folder.',
    findings: ['DR510'],
    source: HOST,
  },
  {
    code: 0x8000809f,
    name: 'BundleExtractionFailure',
    text: 'A file of a single-file program could not be unpacked.',
    meaning: 'The bundle is damaged, or the folder for its files cannot be written (DOTNET_BUNDLE_EXTRACT_BASE_DIR).',
    findings: [],
    source: HOST,
  },
  {
    code: 0xe06d7363,
    name: 'C++ exception',
    text: 'An exception of Microsoft C++ was not caught.',
    meaning:
      'ijwhost.dll throws it into native code that calls a C++/CLI image whose runtime cannot be started; the code before it in the error output says why.',
    findings: ['DR501', 'DR502'],
    source: 'dotnet/runtime src/native/corehost/ijwhost',
  },
  {
    code: 0xc06d007e,
    name: 'delay load: ERROR_MOD_NOT_FOUND',
    text: 'A delay-loaded DLL was not found.',
    meaning: 'Code called the first function of a delay-loaded DLL that is not there.',
    findings: ['DR310'],
    source: 'delayimp.h, VcppException',
  },
  {
    code: 0xc06d007f,
    name: 'delay load: ERROR_PROC_NOT_FOUND',
    text: 'A delay-loaded DLL lacks a function.',
    meaning: 'Code called a function that the delay-loaded DLL does not export.',
    findings: ['DR310'],
    source: 'delayimp.h, VcppException',
  },
  {
    code: 0xc0000135,
    name: 'STATUS_DLL_NOT_FOUND',
    text: 'The code execution cannot proceed because a DLL was not found.',
    meaning: 'A program was started whose imports, directly or through others, are not all there.',
    findings: ['DR301', 'DR305', 'DR401'],
    source: NTSTATUS,
  },
  {
    code: 0xc0000139,
    name: 'STATUS_ENTRYPOINT_NOT_FOUND',
    text: 'The procedure entry point could not be located in the dynamic link library.',
    meaning: 'A program was started that imports a function which a DLL lacks.',
    findings: ['DR304'],
    source: NTSTATUS,
  },
  {
    code: 0xc000007b,
    name: 'STATUS_INVALID_IMAGE_FORMAT',
    text: 'The application was unable to start correctly (0xc000007b).',
    meaning: 'A program was started that imports a DLL for another machine, often an x86 library of Visual C++ in an x64 process.',
    findings: ['DR302', 'DR303', 'DR402'],
    source: NTSTATUS,
  },
  {
    code: 0xc0000142,
    name: 'STATUS_DLL_INIT_FAILED',
    text: 'The application was unable to start correctly (0xc0000142).',
    meaning: 'DllMain of a DLL returned FALSE while a program was started.',
    findings: [],
    source: NTSTATUS,
  },
  {
    code: 0xc0000005,
    name: 'STATUS_ACCESS_VIOLATION',
    text: 'Access violation.',
    meaning:
      'Native code touched memory that is not there: a slot that was called before the runtime filled it, or a wrong signature of a P/Invoke.',
    findings: ['DR404'],
    source: NTSTATUS,
  },
  {
    code: 0xe0434352,
    name: 'CLR exception',
    text: 'A managed exception was not caught.',
    meaning: 'The process ended with a managed exception; its text is in the error output or the event log.',
    findings: [],
    source: 'dotnet/runtime src/coreclr/inc/corexcep.h',
  },
];

/** FACILITY_WIN32 of HRESULT_FROM_WIN32 (winerror.h). */
const FROM_WIN32 = 0x80070000;

/** What a user types: `0x8007007E`, `-2147024770`, `126`, `ERROR_MOD_NOT_FOUND`, `DllNotFoundException`. Several codes where an exception has several. */
export function loadCodes(text: string): readonly LoadCode[] {
  const trimmed = text.trim();
  const number = /^(?:0x[0-9a-f]{1,8}|-?\d{1,10})$/i.test(trimmed) ? Number(trimmed) : undefined;
  if (number !== undefined) {
    const unsigned = number >>> 0;
    return LOAD_CODES.filter(({ code }) => code === unsigned || (number > 0 && number < 0x10000 && code === FROM_WIN32 + number));
  }
  const name = trimmed.toLowerCase().replace(/^system\./, '');
  return LOAD_CODES.filter((row) => row.name.toLowerCase() === name || isException(row, name));
}

const isException = ({ exception }: LoadCode, name: string): boolean => {
  const own = exception?.toLowerCase();
  return own !== undefined && (own === name || own.endsWith(`.${name}`));
};
