import type { Architecture } from '../architecture.ts';
import { arm64 } from './arm64.ts';
import type { Platform } from './platform.ts';
import { x64 } from './x64.ts';
import { x86 } from './x86.ts';

const PLATFORMS: Readonly<Record<Architecture, Platform>> = { x86, x64, arm64 };

export const platformFor = (architecture: Architecture): Platform => PLATFORMS[architecture];
