import { UnsupportedError } from '@ijw/binary';
import type { PEImage } from '@ijw/pe';
import { arm64 } from './arm64.ts';
import type { Platform } from './platform.ts';

import { x64, x86 } from './x86.ts';

const platforms: Readonly<Partial<Record<string, Platform>>> = { i386: x86, amd64: x64, arm64, arm64ec: x64, arm64x: arm64 };

/** The platform of an image; `undefined` for a machine whose code this package cannot read. */
export const platformOf = (image: PEImage): Platform | undefined => platforms[image.machine];

/** @throws UnsupportedError when this package cannot read the machine's code */
export function requirePlatform(image: PEImage): Platform {
  const platform = platformOf(image);
  if (platform === undefined) throw new UnsupportedError(`Code for ${image.machine} cannot be read`);
  return platform;
}
