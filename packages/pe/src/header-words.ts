import { bitNames, hex } from '@ijw/binary';
import { CorFlags } from './cli-header/cli-header.ts';
import { DebugType, readDebugDirectory } from './debug/debug-directory.ts';
import { CoffCharacteristics } from './headers/coff-header.ts';
import { identifyMachine } from './headers/machine.ts';
import { DllCharacteristics, Subsystem } from './headers/optional-header.ts';
import { SectionCharacteristics } from './headers/section-header.ts';
import type { PEImage } from './pe-image.ts';
import { relocationTypeName } from './relocations/base-relocations.ts';
import { ResourceType } from './resources/resource-directory.ts';

type Names = Readonly<Record<string, number>>;

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
};

/** The fields that hold bits. */
const BITS: Readonly<Record<string, Names>> = {
  'coff.characteristics': CoffCharacteristics,
  'optional.dllCharacteristics': DllCharacteristics,
  'cli.flags': CorFlags,
};

const { MEM_READ, MEM_WRITE, MEM_EXECUTE, ...OTHER_SECTION_BITS } = SectionCharacteristics;

/** `r-x CNT_CODE`: the rights of the pages, then what else is set. */
function sectionFlags(flags: number): string {
  const rights = (flags & MEM_READ ? 'r' : '-') + (flags & MEM_WRITE ? 'w' : '-') + (flags & MEM_EXECUTE ? 'x' : '-');
  return `${rights} ${bitNames(flags & ~(MEM_READ | MEM_WRITE | MEM_EXECUTE), OTHER_SECTION_BITS)}`.trimEnd();
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
 * What the numbers of `headersDocument` and `certificatesDocument` mean, by their place: keys with dots, list items without their number. A place that ends with a dot
 * asks for a key: `relocations.types.` for the type 3. `undefined` for what is shown as it is.
 */
export function headerWords(image: PEImage): (place: string, value: unknown) => string | undefined {
  let isHash: boolean | undefined;
  return (place, value) => {
    if (place === 'relocations.types.') return relocationTypeName(Number(value), image.machine);
    if (typeof value !== 'number') return undefined;
    if (place === 'coff.machine') return machineName(value);
    if (place === 'sections.flags') return sectionFlags(value);
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
