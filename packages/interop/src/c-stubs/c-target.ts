import { UnsupportedError } from '@ijw/binary';
import type { StubInput, StubTarget } from '../generated/stub-target.ts';
import { type NativeBoundary, readNativeBoundary } from '../shape/native-boundary.ts';
import { cStubs } from './generate.ts';

/** The border of an image. @throws UnsupportedError for metadata that stands alone */
export function boundaryOf({ image, metadata, diagnostics }: StubInput): NativeBoundary {
  if (image === undefined) throw new UnsupportedError('Metadata alone has no native code; the whole image is wanted');
  return readNativeBoundary(image, metadata, diagnostics);
}

/** `--for c`. */
export const cTarget: StubTarget = { versions: [], generate: (input) => cStubs(boundaryOf(input)) };
