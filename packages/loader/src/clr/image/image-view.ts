import { alignUp, hex, ifReadable } from '@ijw/binary';
import { type CliHeader, CorFlags, PEImage, readCliHeader, type SectionHeader } from '@ijw/pe';

/** IMAGE_COR20_HEADER. */
export const CLI_HEADER_SIZE = 72;

/** The input of the format rules: an image as the runtime holds it, mapped by the Windows loader or flat. */
export interface ImageView {
  readonly image: PEImage;
  readonly cli: CliHeader | undefined;
  /** The file's bounds are not checked again for mapped images. */
  readonly mapped: boolean;
}

/** An image that has a CLI header. */
export interface CheckedView extends ImageView {
  readonly cli: CliHeader;
}

export const hasCliHeader = (view: ImageView): view is CheckedView => view.cli !== undefined;

export const viewImage = (image: PEImage, mapped: boolean): ImageView => ({ image, cli: cliHeaderOf(image), mapped });

const seen = new WeakMap<PEImage, PEImage>();

/** PE/COFF: the optional header has sixteen data directories. */
const DIRECTORY_COUNT = 16;
const DIRECTORY_SIZE = 8;

/** The image with all of its data directories: `PEDecoder` reads them where they are, whatever NumberOfRvaAndSizes says; Windows goes by that. */
export function asRuntimeSees(image: PEImage): PEImage {
  if (image.dataDirectories.length >= DIRECTORY_COUNT) return image;
  const known = seen.get(image);
  if (known) return known;
  const made = withAllDirectories(image);
  seen.set(image, made);
  return made;
}

function withAllDirectories(image: PEImage): PEImage {
  const { signatureOffset, is64Bit, coffHeader, bytes, layout } = image;
  const optionalHeader = signatureOffset + NT_SIGNATURE_AND_COFF_HEADER;
  const directories = is64Bit ? 112 : 96;
  if (coffHeader.sizeOfOptionalHeader < directories + DIRECTORY_COUNT * DIRECTORY_SIZE) return image;
  const copy = bytes.slice();
  new DataView(copy.buffer).setUint32(optionalHeader + directories - 4, DIRECTORY_COUNT, true);
  return PEImage.parse(copy, { layout });
}

const NT_SIGNATURE_AND_COFF_HEADER = 24;

/** The CLI header, or `undefined` where the image has none that can be read. */
export const cliHeaderOf = (image: PEImage): CliHeader | undefined => ifReadable(() => readCliHeader(asRuntimeSees(image)));

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

/** `PEDecoder::CheckRva` with a size: inside one section without forbidden flags. A null of size 0 is valid. */
export function rvaProblem(view: ImageView, rva: number, size: number, forbidden: number, mayBeNull: boolean): string | undefined {
  if (rva === 0) return mayBeNull && size === 0 ? undefined : mayBeNull ? `has a size of ${size} and no RVA` : 'is not there';
  const section = sectionOf(view, rva);
  if (!section) return `is at ${hex(rva)}, outside the sections`;
  const start = rva - section.virtualAddress;
  if (start + size > section.virtualSize) return `reaches beyond the end of ${section.name}`;
  if (!view.mapped && start + size > section.sizeOfRawData) return `reaches beyond the file's bytes of ${section.name}`;
  if (section.characteristics & forbidden) return `is in ${section.name}, which is writable`;
  return undefined;
}
