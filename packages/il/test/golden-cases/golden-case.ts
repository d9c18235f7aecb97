import type { DisassemblyOptions } from '@ijw/il';
import type { CliHeaderInput } from '@ijw/pe';
import type { DataSection, ILImage } from '../il-image.ts';

/** An image, and how it is disassembled. The name is that of the file with the text that comes out. */
export interface GoldenCase {
  readonly fill: (image: ILImage) => void;
  readonly options?: DisassemblyOptions;
  readonly cli?: CliHeaderInput;
  readonly sections?: readonly DataSection[];
}

export type GoldenCases = Readonly<Record<string, GoldenCase>>;

/** The blob of an attribute without arguments. */
export const NO_ARGUMENTS = Uint8Array.of(1, 0, 0, 0);
