import type { PEImage } from './pe-image.ts';

/** A reader that keeps what it read of an image for as long as the image lives, so that its findings are recorded once. Errors are not kept. */
export function perImage<T>(read: (image: PEImage) => T): (image: PEImage) => T {
  const known = new WeakMap<PEImage, { readonly value: T }>();
  return (image) => {
    let found = known.get(image);
    if (found === undefined) {
      found = { value: read(image) };
      known.set(image, found);
    }
    return found.value;
  };
}
