import type { PEImage } from '../pe-image.ts';
import { type CliHeader, CorFlags, readCliHeader } from './cli-header.ts';

/** The kind of an image, by the CLR's rule: `mixed` is one with a CLI header that is neither ILONLY nor precompiled (ReadyToRun, NGEN). */
export type ImageKind = 'native' | 'managed' | 'mixed';

/** dotnet/runtime `src/coreclr/vm/peimage.inl`: PEImage::IsILOnly, HasReadyToRunHeader. @throws BadImageError when the CLI header is not all there */
export const imageKind = (image: PEImage): ImageKind => imageKindOf(readCliHeader(image));

export function imageKindOf(header: CliHeader | undefined): ImageKind {
  if (header === undefined) return 'native';
  return header.flags & CorFlags.ILONLY || header.managedNativeHeader.size !== 0 ? 'managed' : 'mixed';
}
