import { ByteWriter, hex, lazyFor } from '@ijw/binary';
import type { Rva } from '../address.ts';
import type { ImagePart, ImagePlan, PartPlace } from '../builder/image-plan.ts';
import type { PEImage } from '../pe-image.ts';

/** PE/COFF "The TLS Directory": IMAGE_TLS_DIRECTORY. Addresses are virtual addresses at the preferred base, not RVAs. */
export interface TlsDirectory {
  readonly startAddressOfRawData: bigint;
  readonly endAddressOfRawData: bigint;
  readonly addressOfIndex: bigint;
  readonly addressOfCallBacks: bigint;
  readonly sizeOfZeroFill: number;
  /** Bits 20 to 23: the alignment, as in a section header. */
  readonly characteristics: number;
  /** The functions of the callback array, in order, up to its null entry. */
  readonly callbacks: readonly Rva[];
}

const READING = 'the TLS directory';

/** Windows reads up to the null entry; so does this reader, within the image. */
function readCallbacks(image: PEImage, address: bigint): Rva[] {
  const callbacks: Rva[] = [];
  const start = address === 0n ? undefined : image.vaToRva(address);
  if (start === undefined) return callbacks;
  image.diagnostics.attempt(() => {
    const limit = image.bytes.length / image.pointerSize;
    const reader = image.readerAt(start, undefined, 'the TLS callbacks');
    for (let index = 0; index < limit; index++) {
      const callback = image.is64Bit ? reader.u64() : BigInt(reader.u32());
      if (callback === 0n) return;
      const rva = image.vaToRva(callback);
      if (rva === undefined) throw reader.error('BAD_TLS_CALLBACK', `${hex(callback)} is not an address of this image`);
      callbacks.push(rva);
    }
  });
  return callbacks;
}

/** The TLS directory; `undefined` when the image has none. Throws `BadImageError` when it is not all there. */
export const readTlsDirectory = lazyFor((image: PEImage): TlsDirectory | undefined => {
  const directory = image.directory('tls');
  if (directory === undefined || directory.rva === 0) return undefined;
  const reader = image.readerAt(directory.rva, 4 * image.pointerSize + 8, READING);
  const pointer = (): bigint => (image.is64Bit ? reader.u64() : BigInt(reader.u32()));
  const startAddressOfRawData = pointer();
  const endAddressOfRawData = pointer();
  const addressOfIndex = pointer();
  const addressOfCallBacks = pointer();
  const sizeOfZeroFill = reader.u32();
  const characteristics = reader.u32();
  const callbacks = readCallbacks(image, addressOfCallBacks);
  return { startAddressOfRawData, endAddressOfRawData, addressOfIndex, addressOfCallBacks, sizeOfZeroFill, characteristics, callbacks };
});

export interface TlsDirectoryInput {
  /** The template that each thread gets a copy of. */
  readonly rawData?: { readonly start: PartPlace; readonly end: PartPlace };
  readonly index: PartPlace;
  readonly callbacks?: readonly PartPlace[];
  readonly sizeOfZeroFill?: number;
  readonly characteristics?: number;
}

/** The twin: the directory with its callback array behind it. The builder of the image relocates its pointers. */
export function tlsDirectoryPart(input: TlsDirectoryInput, pointerSize: 4 | 8): ImagePart {
  const header = 4 * pointerSize + 8;
  const callbacks = input.callbacks;
  const part: ImagePart = {
    alignment: pointerSize,
    directorySize: header,
    size: header + (callbacks === undefined ? 0 : (callbacks.length + 1) * pointerSize),
    write: (plan: ImagePlan) => {
      const writer = new ByteWriter();
      const address = (place: PartPlace | undefined): void => {
        const value = place === undefined ? 0n : plan.vaOf(place);
        if (pointerSize === 8) writer.u64(value);
        else writer.u32(Number(value));
      };
      address(input.rawData?.start);
      address(input.rawData?.end);
      address(input.index);
      address(callbacks && { part, offset: header });
      writer.u32(input.sizeOfZeroFill ?? 0).u32(input.characteristics ?? 0);
      if (callbacks !== undefined) for (const callback of [...callbacks, undefined]) address(callback);
      return writer.toBytes();
    },
  };
  return part;
}
