/** The host that starts the image: mscoree of .NET Framework, or ijwhost of .NET Core 3.1 and later. */
export type { RuntimeHost as Host } from '@ijw/assembly/runtime-profiles';
