import { hexDigits } from '@ijw/binary';
import type { ImagePlace } from '@ijw/windows';
import { type ClrException, ClrRefusal } from './load-refusal.ts';

/** corerror.h, winerror.h: the runtime's error codes. */
export const HResult = {
  COR_E_BADIMAGEFORMAT: 0x8007000b,
  ERROR_FILE_NOT_FOUND: 0x80070002,
  ERROR_MOD_NOT_FOUND: 0x8007007e,
  COR_E_ASSEMBLYEXPECTED: 0x80131018,
  COR_E_LOADING_REFERENCE_ASSEMBLY: 0x80131058,
  CLDB_E_FILE_OLDVER: 0x80131107,
  CLDB_E_FILE_CORRUPT: 0x8013110e,
  CLDB_E_INDEX_NOTFOUND: 0x80131124,
  CLDB_E_RECORD_NOTFOUND: 0x80131130,
  FUSION_E_INVALID_NAME: 0x80131047,
  CORSEC_E_INVALID_PUBLICKEY: 0x8013141e,
  COR_E_EXECUTIONENGINE: 0x80131506,
  COR_E_METHODACCESS: 0x80131510,
  COR_E_MISSINGFIELD: 0x80131511,
  COR_E_MISSINGMETHOD: 0x80131513,
  COR_E_NOTSUPPORTED: 0x80131515,
  COR_E_TYPELOAD: 0x80131522,
  COR_E_ENTRYPOINTNOTFOUND: 0x80131523,
  COR_E_DLLNOTFOUND: 0x80131524,
  COR_E_TYPEINITIALIZATION: 0x80131534,
  COR_E_INVALIDOPERATION: 0x80131509,
  COR_E_PLATFORMNOTSUPPORTED: 0x80131539,
  COR_E_INVALIDPROGRAM: 0x8013153a,
  CLR_E_BIND_ARCHITECTURE_MISMATCH: 0x80132006,
  /** StatusCode::InvalidConfigFile and its kind come from hostfxr, not from the runtime. */
  HOST_NO_RUNTIME_CONFIG: 0x800080a3,
  HOST_NO_RUNTIME: 0x80008083,
} as const;

/** The system's text for COR_E_BADIMAGEFORMAT, which is ERROR_BAD_FORMAT. */
const BAD_FORMAT_TEXT = 'An attempt was made to load a program with an incorrect format.';

const exception = (type: string, hresult: number, message: string, inner?: ClrException): ClrException => ({
  type: `System.${type}`,
  hresult,
  message,
  ...(inner && { inner }),
});

export const badImageFormat = (message: string, inner?: ClrException): ClrException =>
  exception('BadImageFormatException', HResult.COR_E_BADIMAGEFORMAT, message, inner);

export const typeLoadException = (message: string): ClrException => exception('TypeLoadException', HResult.COR_E_TYPELOAD, message);

export const clrException = exception;

export const withCode = (text: string, hresult: number): string => `${text} (0x${hexDigits(hresult, 8).toUpperCase()})`;

const COULD_NOT_LOAD = "Could not load file or assembly '";

const couldNotLoad = (what: string, text: string): string => `${COULD_NOT_LOAD}${what}'. ${text}`;

/** The table with a reference to a missing string or blob. */
export const indexNotFound = (): ClrException => exception('BadImageFormatException', HResult.CLDB_E_INDEX_NOTFOUND, INDEX_NOT_FOUND);

const INDEX_NOT_FOUND = withCode('Index not found.', HResult.CLDB_E_INDEX_NOTFOUND);

/** winerror.h: BAD_EXE_FORMAT, EXE_MARKED_INVALID, INVALID_ORDINAL, INVALID_DLL, FILE_CORRUPT, NOACCESS; and the CLR's own. */
const BAD_IMAGE_CODES: readonly number[] = [
  0x800700c1,
  0x800700c0,
  0x800700b6,
  0x80070482,
  0x80070570,
  0x800703e6,
  HResult.COR_E_BADIMAGEFORMAT,
  HResult.CLDB_E_INDEX_NOTFOUND,
];

const FILE_NOT_FOUND = 'IO.FileNotFoundException';

/** `EEFileLoadException::GetFileLoadKind` (vm/clrex.cpp), as far as the codes of the two loaders go. */
function fileLoadKind(hresult: number): string {
  if (hresult === HResult.ERROR_MOD_NOT_FOUND || hresult === HResult.ERROR_FILE_NOT_FOUND) return FILE_NOT_FOUND;
  return BAD_IMAGE_CODES.includes(hresult) ? 'BadImageFormatException' : 'IO.FileLoadException';
}

/** What a load says where its inner exception has another text. */
const WRAPPER_TEXTS: ReadonlyMap<number, string> = new Map([
  [HResult.COR_E_TYPELOAD, withCode('Could not find or load a type.', HResult.COR_E_TYPELOAD)],
  [HResult.COR_E_BADIMAGEFORMAT, BAD_FORMAT_TEXT],
  [HResult.COR_E_MISSINGFIELD, withCode('Field does not exist.', HResult.COR_E_MISSINGFIELD)],
  [HResult.COR_E_MISSINGMETHOD, withCode('Method does not exist.', HResult.COR_E_MISSINGMETHOD)],
]);

/** Every way in which the CLR refuses an image, with the exception it throws. `file` is a path, `assembly` a display name. */
export const clrRefusals = {
  /** `PEImage::CheckILFormat` failed (BFA_BAD_IL). */
  badIlFormat: (file: string | undefined): ClrException =>
    badImageFormat(file === undefined ? 'Bad IL format.' : `Bad IL format. The format of the file '${file}' is invalid.`),
  manifestExpected: (file: string | undefined): ClrException =>
    exception(
      'BadImageFormatException',
      HResult.COR_E_ASSEMBLYEXPECTED,
      couldNotLoad(file ?? '<Unknown>', 'The module was expected to contain an assembly manifest.'),
    ),
  badFormat: (file: string | undefined): ClrException => badImageFormat(couldNotLoad(file ?? '<Unknown>', BAD_FORMAT_TEXT)),
  architectureMismatch: (file: string | undefined): ClrException =>
    exception(
      'IO.FileLoadException',
      HResult.CLR_E_BIND_ARCHITECTURE_MISMATCH,
      couldNotLoad(file ?? '<Unknown>', 'The assembly architecture is not compatible with the current process architecture.'),
    ),
  collectible: (file: string | undefined): ClrException =>
    badImageFormat(
      `Cannot load a mixed assembly into a collectible AssemblyLoadContext.${file === undefined ? '' : ` The format of the file '${file}' is invalid.`}`,
    ),
  /** .NET has no reflection-only contexts. */
  reflectionOnly: (): ClrException =>
    exception(
      'PlatformNotSupportedException',
      HResult.COR_E_PLATFORMNOTSUPPORTED,
      'ReflectionOnly loading is not supported on this platform.',
    ),
  /** The Windows loader did not load the module. */
  moduleNotLoaded: (file: string, hresult: number, text: string): ClrException => {
    const type = fileLoadKind(hresult);
    // A FileNotFoundException has no code in its text.
    return exception(type, hresult, couldNotLoad(file, type === FILE_NOT_FOUND ? text : withCode(text, hresult)));
  },
  /** The tables do not fit into their stream. */
  corruptMetadata: (): ClrException =>
    exception('BadImageFormatException', HResult.CLDB_E_FILE_CORRUPT, withCode('File is corrupt.', HResult.CLDB_E_FILE_CORRUPT)),
  /** The tables stream has a version that the runtime does not read. */
  oldMetadata: (): ClrException =>
    exception('BadImageFormatException', HResult.CLDB_E_FILE_OLDVER, withCode('Old version error.', HResult.CLDB_E_FILE_OLDVER)),
  referenceAssembly: (assembly: string): ClrException => {
    const hresult = HResult.COR_E_LOADING_REFERENCE_ASSEMBLY;
    const inner = exception('BadImageFormatException', hresult, 'Cannot load a reference assembly for execution.');
    const text = withCode('Reference assemblies cannot be loaded for execution.', hresult);
    return exception('BadImageFormatException', hresult, couldNotLoad(assembly, text), inner);
  },
  /** The Assembly row names a string or a blob that is not there. */
  manifestIndexNotFound: (assembly: string): ClrException =>
    exception('BadImageFormatException', HResult.CLDB_E_INDEX_NOTFOUND, couldNotLoad(assembly, INDEX_NOT_FOUND)),
  /** What a token names is not in its heap. */
  tokenIndexNotFound: (assembly: string): ClrException =>
    exception('BadImageFormatException', HResult.CLDB_E_INDEX_NOTFOUND, couldNotLoad(assembly, INDEX_NOT_FOUND), indexNotFound()),
  /** `ThrowHR(COR_E_BADIMAGEFORMAT)` while the assembly was being loaded: wrapped once. */
  invalidToken: (assembly: string): ClrException =>
    badImageFormat(couldNotLoad(assembly, BAD_FORMAT_TEXT), badImageFormat(withCode(BAD_FORMAT_TEXT, HResult.COR_E_BADIMAGEFORMAT))),
  /** A TypeDef row names a string that is not there. */
  invalidTypeName: (): ClrException => badImageFormat('Invalid token.'),
  /** The same from `FindMethodThrowing`: not wrapped. */
  notAMethod: (): ClrException => badImageFormat(withCode(BAD_FORMAT_TEXT, HResult.COR_E_BADIMAGEFORMAT)),
  /** A referenced assembly has no file. */
  assemblyNotFound: (assembly: string): ClrException =>
    exception(FILE_NOT_FOUND, HResult.ERROR_FILE_NOT_FOUND, couldNotLoad(assembly, 'The system cannot find the file specified.')),
  /** The file of a referenced assembly is not an assembly. */
  assemblyUnreadable: (assembly: string, file: string): ClrException =>
    badImageFormat(couldNotLoad(assembly, BAD_FORMAT_TEXT), badImageFormat(`Bad IL format. The format of the file '${file}' is invalid.`)),
  /**
   * A type or a member that the fixups need is not there or does not load. What is thrown for it is wrapped under its own HRESULT, but for an exception that is
   * about the file of another assembly.
   */
  typeNotLoaded: (assembly: string, inner: ClrException): ClrException => {
    const { hresult } = inner;
    if (inner.message.startsWith(COULD_NOT_LOAD)) return inner;
    const text = WRAPPER_TEXTS.get(hresult) ?? inner.message;
    return exception(fileLoadKind(hresult), hresult, couldNotLoad(assembly, text), inner);
  },
  /** The assembly's name is empty or too long, or its flags say that it is not an ordinary assembly (binder/assemblyname.cpp). */
  invalidName: (file: string | undefined): ClrException =>
    exception(
      'IO.FileLoadException',
      HResult.FUSION_E_INVALID_NAME,
      couldNotLoad(file ?? '<Unknown>', withCode('The given assembly name was invalid.', HResult.FUSION_E_INVALID_NAME)),
    ),
  invalidPublicKey: (): ClrException =>
    exception(
      'Security.SecurityException',
      HResult.CORSEC_E_INVALID_PUBLICKEY,
      withCode('Invalid assembly public key.', HResult.CORSEC_E_INVALID_PUBLICKEY),
    ),
} as const;

export interface ClrRefusalInput {
  readonly rule: string;
  readonly reason: string;
  readonly exception: ClrException;
  readonly place?: ImagePlace;
}

export function clrRefusal({ rule, reason, exception: thrown, place }: ClrRefusalInput): ClrRefusal {
  return new ClrRefusal({ rule, hresult: thrown.hresult, reason, exception: thrown, ...(place && { place }) });
}

/** The runtime itself fails: no handler runs, and the process ends (COR_E_EXECUTIONENGINE). */
export function fatalRefusal(rule: string, reason: string, place?: ImagePlace): ClrRefusal {
  return new ClrRefusal({ rule, hresult: HResult.COR_E_EXECUTIONENGINE, reason, fatal: true, ...(place && { place }) });
}
