import { type CliHeader, CorFlags, imageKindOf, type MachineName, type PEImage } from '@ijw/pe';
import { ReadyToRunFlags, readReadyToRunHeader } from '@ijw/pe/ready-to-run';

/** Which processes an image can be loaded into. */
export interface ProcessPlatform {
  /** Architecture of the process on 64-bit Windows: `x64`; a machine's own name where no Windows runs on it. */
  readonly architecture: string;
  /** The image can be loaded into processes of every architecture. */
  readonly anyCpu: boolean;
  /** `AnyCPU: x64 process on 64-bit Windows`. */
  readonly text: string;
}

const ARCHITECTURES: Readonly<Partial<Record<MachineName, string>>> = { i386: 'x86', amd64: 'x64' };

const architectureName = (machine: MachineName): string => ARCHITECTURES[machine] ?? machine;

/** Both bits: the program runs as x86 where that is there. 32BITREQUIRED alone: it runs as x86 only (ECMA-335 II.25.3.3.1; dotnet/runtime `src/coreclr/inc/corhdr.h`). */
const BITS = CorFlags.REQUIRED_32BIT | CorFlags.PREFERRED_32BIT;

/**
 * The CLI header of compilers for .NET 1.0 and 1.1 says 2.0: 64-bit Windows runs such programs as x86 (Microsoft Learn, CorFlags.exe: "Apps must have a CLR header version
 * of 2.5 or greater to run natively").
 */
const isOfNet1 = ({ majorRuntimeVersion: major, minorRuntimeVersion: minor }: CliHeader): boolean =>
  major < 2 || (major === 2 && minor < 5);

const ANY_CPU = 'AnyCPU: x64 process on 64-bit Windows';

/**
 * The processes that the CLR loads an image into (dotnet/runtime `src/coreclr/binder/assemblyname.cpp`): IL-only PE32 for i386 is for all of them,
 * unless a flag says otherwise. @throws BadImageError where the ReadyToRun header cannot be read
 */
export function processPlatform(image: PEImage, header: CliHeader | undefined): ProcessPlatform {
  const architecture = architectureName(image.machine);
  const only = (detail?: string): ProcessPlatform => ({
    architecture,
    anyCpu: false,
    text: `${architecture} only${detail === undefined ? '' : ` (${detail})`}`,
  });
  const kind = imageKindOf(header);
  if (header === undefined || kind !== 'managed') return only(kind === 'mixed' ? 'mixed-mode' : 'native');
  if (header.managedNativeHeader.size !== 0) return precompiled(image, only, architecture);
  if (image.is64Bit || image.machine !== 'i386') return only();
  if ((header.flags & BITS) === 0 && isOfNet1(header))
    return { architecture: 'x86', anyCpu: true, text: 'AnyCPU of .NET 1: x86 process on 64-bit Windows' };
  switch (header.flags & BITS) {
    case BITS:
      return { architecture: 'x86', anyCpu: true, text: 'AnyCPU, prefers 32-bit: x86' };
    case CorFlags.REQUIRED_32BIT:
      return only();
    default:
      return { architecture: 'x64', anyCpu: true, text: ANY_CPU };
  }
}

/** The IL of a ReadyToRun image may be for all processes: in others than its own it is compiled again. */
function precompiled(image: PEImage, only: (detail: string) => ProcessPlatform, architecture: string): ProcessPlatform {
  const ready = readReadyToRunHeader(image);
  if (ready === undefined || ready.kind !== 'readyToRun') return only('NGEN');
  const where = image.machineOs === undefined ? '' : ` for ${image.machineOs}`;
  if (ready.flags & ReadyToRunFlags.PLATFORM_NEUTRAL_SOURCE)
    return { architecture: 'x64', anyCpu: true, text: `${ANY_CPU}, compiled${where} for ${architecture}` };
  return only(`ReadyToRun${where}`);
}
