import type { Architecture } from '@ijw/machine';
import { arm64 } from './arm64.ts';
import type { ThunkPlatform } from './thunk-platform.ts';
import { x64 } from './x64.ts';
import { x86 } from './x86.ts';

const PLATFORMS: Readonly<Record<Architecture, ThunkPlatform>> = { x86, x64, arm64 };

export const thunkPlatformFor = (architecture: Architecture): ThunkPlatform => PLATFORMS[architecture];
