import { BadImageError } from '@ijw/binary';
import { faultText, isFault } from '@ijw/machine';
import { PEImage } from '@ijw/pe';
import type { GuestProcess, MappedModule } from '@ijw/windows';
import type { BootstrapThunks } from '../../hosts/bootstrap-thunks.ts';
import { clrRefusal, clrRefusals, fatalRefusal } from '../../load/clr-error.ts';
import { asRuntimeSees, CLI_HEADER_SIZE, cliHeaderOf } from '../image/image-view.ts';

/** The process, and the thunks that ijwhost has written over its images. */
interface ThunkedProcess {
  readonly process: GuestProcess;
  readonly bootstrap: BootstrapThunks;
}

interface CheckedFile {
  readonly image: PEImage;
  readonly module: MappedModule | undefined;
  readonly file: string | undefined;
}

/** The runtime looks at the mapped image, where ijwhost may have written thunks over what it looks at: then it is read again from there. @throws LoadRefusal */
export function imageToCheck({ process, bootstrap }: ThunkedProcess, { image, module, file }: CheckedFile): PEImage {
  if (!module) return asRuntimeSees(image);
  const cli = cliHeaderOf(image);
  const looksAt = [
    { rva: 0, size: image.optionalHeader.sizeOfHeaders },
    ...(cli ? [{ rva: asRuntimeSees(image).dataDirectories[14]?.rva ?? 0, size: CLI_HEADER_SIZE }, cli.metaData] : []),
  ];
  if (!looksAt.some(({ rva, size }) => bootstrap.hasWritten(module.base, rva, size))) return asRuntimeSees(image);
  const bytes = process.memory.read(module.base, module.size);
  if (isFault(bytes)) throw fatalRefusal('imageFault', `The mapped image cannot be read: ${faultText(bytes)}`);
  try {
    return PEImage.parse(bytes, { layout: 'mapped' });
  } catch (error) {
    if (!(error instanceof BadImageError)) throw error;
    const reason = `The headers of the mapped image have been written over: ${error.message}`;
    throw clrRefusal({ rule: error.code, reason, exception: clrRefusals.badIlFormat(file), place: { structure: error.reading } });
  }
}
