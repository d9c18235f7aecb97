/** The processors that .NET's mixed-mode hosts exist for. */
export type Architecture = 'x86' | 'x64' | 'arm64';

/** Which host brings the image to life: mscoree of .NET Framework, or ijwhost of .NET Core 3.1 and later. */
export type Host = 'framework' | 'core';

const ARCHITECTURES: Readonly<Record<string, Architecture>> = { i386: 'x86', amd64: 'x64', arm64: 'arm64' };

/** The architecture a process must have to load an image of this machine (`PEImage.machine`), or `undefined` where no host exists. */
export const architectureOf = (machine: string): Architecture | undefined => ARCHITECTURES[machine];
