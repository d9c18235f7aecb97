import {
  OBSERVED_RUNTIME,
  type RefusalCase,
  type RefusalCodes,
  RUNTIME_PROFILES,
  type RuntimeId,
  refusalCodes,
  refusalMessage,
} from '@ijw/assembly/runtime-profiles';
import { WindowsError } from '@ijw/windows';
import { HResult } from './clr-error.ts';
import type { ClrException, ClrRefusalDetails } from './load-refusal.ts';

/** What a managed caller catches, as far as it is known of the runtime. */
export interface CaughtException {
  /** `System.BadImageFormatException`. */
  readonly type: string;
  /** Unsigned. */
  readonly hresult?: number;
  readonly message?: string;
  readonly inner?: ClrException;
}

/** A refusal with the codes of one runtime. An absent key is unknown. */
export interface RuntimeRefusal {
  /** Unsigned. */
  readonly hresult?: number;
  readonly exception?: CaughtException;
  /** The codes of the observed runtime for the same image, if those of this runtime are unknown. */
  readonly observed?: { readonly runtime: RuntimeId; readonly hresult: number; readonly exception?: ClrException };
}

/** The refused image, as messages name it. */
export interface RefusedImage {
  readonly file: string | undefined;
  readonly mixed: boolean;
  /** The display name, and the version string of the metadata root, where they can be read. */
  readonly assembly: string | undefined;
  readonly version: string | undefined;
}

/** HRESULT_FROM_WIN32: the error of the Windows loader. */
const isWindowsError = (hresult: number): boolean => hresult >>> 16 === 0x8007 && hresult !== HResult.COR_E_BADIMAGEFORMAT;

function caseOf({ rule, hresult }: ClrRefusalDetails, { mixed }: RefusedImage): RefusalCase | undefined {
  switch (rule) {
    case 'architectureMismatch':
      return mixed ? 'otherArchitecture' : 'otherArchitectureOfIL';
    case 'noCliHeader':
      return 'nativeImage';
    case 'mixedFromBytes':
    case 'managedDllMainFailed':
    case 'managedDllMainSignature':
    case 'olderRuntime':
    case 'newerRuntime':
    case 'referenceAssembly':
      return rule;
  }
  if (!isWindowsError(hresult)) return undefined;
  if (hresult === HResult.ERROR_MOD_NOT_FOUND) return 'missingDependency';
  return hresult === WindowsError.BAD_EXE_FORMAT.hresult ? 'badExecutable' : 'notLoaded';
}

/**
 * The codes of a runtime for a load that ends with these details of the observed runtime. The Windows loader's own refusals are the same
 * under every runtime.
 */
export function refusalOf(runtime: RuntimeId, details: ClrRefusalDetails, image: RefusedImage): RuntimeRefusal {
  const { hresult, exception, fatal } = details;
  const own = { hresult, ...(exception && { exception }) };
  const isOfWindows = exception === undefined && !fatal && isWindowsError(hresult);
  if (runtime === OBSERVED_RUNTIME || isOfWindows) return own;
  const refusal = caseOf(details, image);
  const codes = refusal && refusalCodes(runtime, refusal);
  if (codes === undefined && RUNTIME_PROFILES[runtime].otherRefusals === 'asObserved') return own;
  if (codes === undefined || codes === 'unknown') return { observed: { runtime: OBSERVED_RUNTIME, ...own } };
  return caught(codes, details, image);
}

function caught(codes: RefusalCodes, { exception: own }: ClrRefusalDetails, { file, assembly, version }: RefusedImage): RuntimeRefusal {
  const { exception: type, hresult } = codes;
  const isTheSame = own?.type === type && own.hresult === hresult;
  const message = codes.message && refusalMessage(codes.message, { file, assembly, version });
  // Without a file the observed runtime has another message.
  if (isTheSame && own && message?.includes('{')) return { hresult, exception: own };
  return {
    ...(hresult !== undefined && { hresult }),
    exception: { type, ...(hresult !== undefined && { hresult }), ...(message && { message }) },
  };
}
