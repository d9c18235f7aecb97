import { alignUp, BadImageError } from '@ijw/binary';
import { type CliHeader, CorFlags, type PEImage, readCliHeader, type SectionHeader } from '@ijw/pe';

/** What the format rules look at: an image as the runtime holds it, mapped by the Windows loader or flat. */
export interface ImageView {
  readonly image: PEImage;
  readonly cli: CliHeader | undefined;
  /** Mapped images are not held to the file's bounds again. */
  readonly mapped: boolean;
}

export const viewImage = (image: PEImage, mapped: boolean): ImageView => ({ image, cli: cliHeaderOf(image), mapped });

/** The CLI header, or `undefined` where the image has none that can be read. */
export function cliHeaderOf(image: PEImage): CliHeader | undefined {
  try {
    return readCliHeader(image);
  } catch (error) {
    if (error instanceof BadImageError) return undefined;
    throw error;
  }
}

/** Not IL-only and no native image header of its own: what the CLR calls IJW. */
export const isMixed = (cli: CliHeader): boolean => (cli.flags & CorFlags.ILONLY) === 0 && !isReadyToRun(cli);

/** `PEDecoder::HasReadyToRunHeader`, as far as the CLI header shows it. */
export const isReadyToRun = (cli: CliHeader): boolean => (cli.flags & CorFlags.IL_LIBRARY) !== 0 && cli.managedNativeHeader.size !== 0;

/** `PEDecoder::RvaToSection`: sections reach to the end of their last page. */
export function sectionOf({ image }: ImageView, rva: number): SectionHeader | undefined {
  const alignment = Math.max(image.optionalHeader.sectionAlignment, 1);
  const found = image.sections.find((section) => rva < section.virtualAddress + alignUp(section.virtualSize, alignment));
  return found && rva >= found.virtualAddress ? found : undefined;
}

/** `PEDecoder::CheckRva` with a size: inside one section, whose flags are none of the forbidden ones. Nothing is wrong with an empty null. */
export function rvaProblem(view: ImageView, rva: number, size: number, forbidden: number, mayBeNull: boolean): string | undefined {
  if (rva === 0) return mayBeNull && size === 0 ? undefined : mayBeNull ? `has a size of ${size} and no RVA` : 'is not there';
  const section = sectionOf(view, rva);
  if (!section) return `is at 0x${rva.toString(16)}, which is in no section`;
  const start = rva - section.virtualAddress;
  if (start + size > section.virtualSize) return `reaches beyond the end of ${section.name}`;
  if (!view.mapped && start + size > section.sizeOfRawData) return `reaches beyond the file's bytes of ${section.name}`;
  if (section.characteristics & forbidden) return `is in ${section.name}, which is writable`;
  return undefined;
}
