import type { Architecture } from '@ijw/machine';
import { placeCallArm64 } from './arm64.ts';
import type { CallPlacement } from './call-placement.ts';
import type { CallShape } from './call-shape.ts';
import { placeCallX64 } from './x64.ts';
import { placeCallX86 } from './x86.ts';

const ENGINES: Readonly<Record<Architecture, (shape: CallShape) => CallPlacement>> = {
  x86: placeCallX86,
  x64: placeCallX64,
  arm64: placeCallArm64,
};

/** Computes the locations of the arguments and the result of a native call. */
export const placeCall = (architecture: Architecture, shape: CallShape): CallPlacement => ENGINES[architecture](shape);
