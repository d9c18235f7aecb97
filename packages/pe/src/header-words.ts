import { bitNames, hex } from '@ijw/binary';
import { CorFlags } from './cli-header/cli-header.ts';
import { DebugType, readDebugDirectory } from './debug/debug-directory.ts';
import { UnwindFlags } from './exceptions/x64-unwind.ts';
import { CoffCharacteristics } from './headers/coff-header.ts';
import { identifyMachine } from './headers/machine.ts';
import { DllCharacteristics, Subsystem } from './headers/optional-header.ts';
import { SectionCharacteristics } from './headers/section-header.ts';
import { GUARD_STRIDE_SHIFT } from './load-config/guard-tables.ts';
import { GuardFlags } from './load-config/load-config.ts';
import type { PEImage } from './pe-image.ts';
import { ReadyToRunFlags, ReadyToRunSectionType } from './ready-to-run/ready-to-run-header.ts';
import { relocationTypeName } from './relocations/base-relocations.ts';
import { ResourceType } from './resources/resource-directory.ts';

type Names = Readonly<Record<string, number>>;

/** LOAD_LIBRARY_SEARCH_* of libloaderapi.h, the bits of DependentLoadFlags. */
const LoadLibraryFlags: Names = {
  SEARCH_DLL_LOAD_DIR: 0x100,
  SEARCH_APPLICATION_DIR: 0x200,
  SEARCH_USER_DIRS: 0x400,
  SEARCH_SYSTEM32: 0x800,
  SEARCH_DEFAULT_DIRS: 0x1000,
  SAFE_CURRENT_DIRS: 0x2000,
};

/** IMAGE_DLLCHARACTERISTICS_EX_* of winnt.h. */
const ExtendedDllCharacteristics: Names = {
  CET_COMPAT: 0x01,
  CET_COMPAT_STRICT_MODE: 0x02,
  CET_SET_CONTEXT_IP_VALIDATION_RELAXED_MODE: 0x04,
  CET_DYNAMIC_APIS_ALLOW_IN_PROC: 0x08,
  FORWARD_CFI_COMPAT: 0x40,
  HOTPATCH_COMPATIBLE: 0x80,
};

/** VS_FF_*, VOS_* and VFT_* of verrsrc.h. */
const FileFlags: Names = { DEBUG: 0x01, PRERELEASE: 0x02, PATCHED: 0x04, PRIVATEBUILD: 0x08, INFOINFERRED: 0x10, SPECIALBUILD: 0x20 };
const FileOs: Names = {
  UNKNOWN: 0,
  WINDOWS16: 1,
  PM16: 2,
  PM32: 3,
  WINDOWS32: 4,
  DOS: 0x10000,
  DOS_WINDOWS16: 0x10001,
  DOS_WINDOWS32: 0x10004,
  OS216: 0x20000,
  OS216_PM16: 0x20002,
  OS232: 0x30000,
  OS232_PM32: 0x30003,
  NT: 0x40000,
  NT_WINDOWS32: 0x40004,
};
const FileType: Names = { UNKNOWN: 0, APP: 1, DLL: 2, DRV: 3, FONT: 4, VXD: 5, STATIC_LIB: 7 };

/** PE/COFF "Optional Header Standard Fields". */
const Magic: Names = { PE32: 0x10b, 'PE32+': 0x20b, ROM: 0x107 };

/** PE/COFF "The Attribute Certificate Table": WIN_CERT_TYPE_* and WIN_CERT_REVISION_*. */
const CertificateType: Names = { X509: 1, PKCS_SIGNED_DATA: 2, RESERVED_1: 3, TS_STACK_SIGNED: 4 };
const CertificateRevision: Names = { '1.0': 0x100, '2.0': 0x200 };

/** The fields of `headersDocument` that hold one of several values, by their place in it. */
const VALUES: Readonly<Record<string, Names>> = {
  'optional.magic': Magic,
  'optional.subsystem': Subsystem,
  'debug.type': DebugType,
  'resources.type': ResourceType,
  'certificates.entries.type': CertificateType,
  'certificates.entries.revision': CertificateRevision,
  'readyToRun.sections.type': ReadyToRunSectionType,
  'readyToRun.components.core.sections.type': ReadyToRunSectionType,
  'resources.version.fixed.fileOs': FileOs,
  'resources.version.fixed.fileType': FileType,
};

/** The fields that hold bits. */
const BITS: Readonly<Record<string, Names>> = {
  'coff.characteristics': CoffCharacteristics,
  'optional.dllCharacteristics': DllCharacteristics,
  'cli.flags': CorFlags,
  'debug.data.value': ExtendedDllCharacteristics,
  'loadConfig.dependentLoadFlags': LoadLibraryFlags,
  'exceptions.functions.chain.flags': UnwindFlags,
  'readyToRun.flags': ReadyToRunFlags,
  'readyToRun.components.core.flags': ReadyToRunFlags,
  'resources.version.fixed.fileFlagsMask': FileFlags,
  'resources.version.fixed.fileFlags': FileFlags,
};

const { MEM_READ, MEM_WRITE, MEM_EXECUTE, ...OTHER_SECTION_BITS } = SectionCharacteristics;

/** `r-x CNT_CODE`: the rights of the pages, then what else is set. */
function sectionFlags(flags: number): string {
  const rights = (flags & MEM_READ ? 'r' : '-') + (flags & MEM_WRITE ? 'w' : '-') + (flags & MEM_EXECUTE ? 'x' : '-');
  return `${rights} ${bitNames(flags & ~(MEM_READ | MEM_WRITE | MEM_EXECUTE), OTHER_SECTION_BITS)}`.trimEnd();
}

/** The bits of GuardFlags, then its upper four bits in words. */
function guardFlags(flags: number): string {
  const stride = flags >>> GUARD_STRIDE_SHIFT;
  const bits = bitNames(flags & ((1 << GUARD_STRIDE_SHIFT) - 1), GuardFlags) || 'none';
  return stride === 0 ? bits : `${bits}, ${stride === 1 ? '1 byte follows' : `${stride} bytes follow`} each RVA of the guard tables`;
}

function machineName(value: number): string {
  const { name, os } = identifyMachine(value);
  return os === undefined ? name : `${name} (${os})`;
}

/** `2023-05-01 12:34:56 UTC`; PE/COFF: seconds since 1970. */
function dateText(seconds: number, isHash: boolean): string {
  if (seconds === 0 || seconds === 0xffffffff) return 'none';
  if (isHash) return `${hex(seconds, 8)}, a hash: the build is reproducible`;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

const nameOf = (value: number, names: Names): string | undefined => Object.keys(names).find((name) => names[name] === value);

/** PE/COFF "Debug Type", IMAGE_DEBUG_TYPE_REPRO: time stamps are made from a hash of the content. */
const isReproducible = (image: PEImage): boolean =>
  image.diagnostics.attempt(() => readDebugDirectory(image))?.some(({ type }) => type === DebugType.REPRO) ?? false;

/**
 * The words for the numbers of `headersDocument` and `certificatesDocument`, by their place: keys with dots, list items without their number. A place that ends with a dot
 * asks for a key: `relocations.types.` for the type 3. `undefined` for what is shown as it is.
 */
export function headerWords(image: PEImage): (place: string, value: unknown) => string | undefined {
  let isHash: boolean | undefined;
  return (place, value) => {
    if (place === 'relocations.types.') return relocationTypeName(Number(value), image.machine);
    if (typeof value !== 'number') return undefined;
    if (place === 'coff.machine') return machineName(value);
    if (place === 'sections.flags') return sectionFlags(value);
    if (place === 'loadConfig.guardFlags') return guardFlags(value);
    if (place.startsWith('relocations.types.')) return String(value);
    if (place.endsWith('.timeDateStamp')) {
      isHash ??= isReproducible(image);
      return dateText(value, isHash);
    }
    const bits = BITS[place];
    if (bits !== undefined) return bitNames(value, bits) || 'none';
    const values = VALUES[place];
    return values && nameOf(value, values);
  };
}
