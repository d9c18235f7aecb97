import { processPlatform } from '@ijw/assembly/runtime-profiles';
import { type Architecture, architectureOf } from '@ijw/machine';
import { CorFlags } from '@ijw/pe';
import { clrRefusal, clrRefusals } from '../../load/clr-error.ts';
import type { CheckedView } from '../image/image-view.ts';

const BITS = CorFlags.REQUIRED_32BIT | CorFlags.PREFERRED_32BIT;

/**
 * The binder's test (`TranslatePEToArchitectureType`, `IsValidArchitecture`): 32BITREQUIRED alone on PE32+ and unknown machines are a bad format;
 * any other image must be for the process, unless it is IL-only PE32 for i386, which is for every process.
 */
export function checkArchitecture(view: CheckedView, process: Architecture, file: string | undefined): void {
  const { image, cli } = view;
  const { flags } = cli;
  const architecture = architectureOf(image.machine);
  const place = { structure: 'CLI header', field: 'Flags' };
  if (image.is64Bit && (flags & BITS) === CorFlags.REQUIRED_32BIT) {
    const reason = 'The image is PE32+ and requires a 32-bit process';
    throw clrRefusal({ rule: '32BitRequiredOnPe32Plus', reason, exception: clrRefusals.badFormat(file), place });
  }
  if (processPlatform(image, cli).anyCpu) return;
  // The 32-bit machines are ones of PE32 alone.
  const isKnown = image.machine === 'arm' || image.machine === 'i386' ? !image.is64Bit : architecture !== undefined;
  if (!isKnown || image.machineOs !== undefined) {
    const reason = `The image is for ${image.machineOs ?? ''} ${image.machine}, which no host exists for`.replace('  ', ' ');
    throw clrRefusal({
      rule: 'unknownMachine',
      reason,
      exception: clrRefusals.badFormat(file),
      place: { structure: 'COFF header', field: 'Machine' },
    });
  }
  if (architecture === process) return;
  const reason = `The image is for ${image.machine}, the process is ${process}`;
  throw clrRefusal({
    rule: 'architectureMismatch',
    reason,
    exception: clrRefusals.architectureMismatch(file),
    place: { structure: 'COFF header', field: 'Machine' },
  });
}
