import type { Metadata } from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import { readExportDirectory } from '@ijw/pe/exports';
import { methodsWithCode } from '../body/method-body-source.ts';
import { SectionWindows } from '../body/section-window.ts';
import { type NativeBody, readNativeBody } from './native-body.ts';
import { NativeBounds, type NativeRange } from './native-bounds.ts';
import { loadNativeDecoder } from './platform/native-decoder.ts';
import type { NativeDecoder, NativeInstruction } from './platform/native-instruction.ts';

/** The content at an RVA: the name of an import for its slot in the import address table, a method, a string; `undefined` where nothing is known. */
export type DescribeRva = (rva: number, use: 'memory' | 'target') => string | undefined;

export interface NativeDisassemblerOptions {
  readonly metadata?: Metadata;
  /** From unwind data. */
  readonly ranges?: Iterable<NativeRange>;
  /** Other RVAs at which something starts. */
  readonly starts?: Iterable<number>;
  readonly describe?: DescribeRva;
}

/** The RVAs at which something is known to start: the entry point, exports, methods. */
function* knownStarts(image: PEImage, metadata: Metadata | undefined): Generator<number, void> {
  yield image.optionalHeader.addressOfEntryPoint;
  const exports = image.diagnostics.attempt(() => readExportDirectory(image));
  for (const { rva } of exports?.symbols ?? []) if (rva !== undefined) yield rva;
  if (metadata !== undefined) for (const { rva } of methodsWithCode(metadata)) yield rva;
}

/** Disassembles functions of machine code in an image. */
export class NativeDisassembler {
  readonly #imageBase: bigint;
  readonly #decoder: NativeDecoder;
  readonly #windows: SectionWindows;
  readonly #bounds: NativeBounds;
  readonly #describe: DescribeRva | undefined;

  private constructor(image: PEImage, decoder: NativeDecoder, options: NativeDisassemblerOptions) {
    this.#imageBase = image.optionalHeader.imageBase;
    this.#decoder = decoder;
    this.#windows = new SectionWindows(image);
    const starts = [...knownStarts(image, options.metadata), ...(options.starts ?? [])];
    this.#bounds = new NativeBounds({ starts, ...(options.ranges && { ranges: options.ranges }) });
    this.#describe = options.describe;
  }

  /** Loads the decoder of the image's machine. Throws `UnsupportedError` for a machine without a decoder (see `canDecodeNative`). */
  static async load(image: PEImage, options: NativeDisassemblerOptions = {}): Promise<NativeDisassembler> {
    return new NativeDisassembler(image, await loadNativeDecoder(image.machine, image.optionalHeader.imageBase), options);
  }

  /** The function at an RVA. Throws `BadImageError` where no bytes are. */
  body(rva: number): NativeBody {
    const { bytes, rva: windowRva } = this.#windows.at(rva, 'a native method body');
    return readNativeBody({ bytes, windowRva, imageBase: this.#imageBase, rva, ...this.#bounds.of(rva) }, this.#decoder);
  }

  /** The operand in memory or the branch target, as `describe` names it. */
  comment({ memory, target }: NativeInstruction): string | undefined {
    const named = memory === undefined ? undefined : this.#describe?.(memory, 'memory');
    return named ?? (target === undefined ? undefined : this.#describe?.(target, 'target'));
  }
}
