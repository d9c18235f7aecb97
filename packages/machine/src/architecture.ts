/** The processors that mixed-mode images exist for. */
export type Architecture = 'x86' | 'x64' | 'arm64';

const ARCHITECTURES: Readonly<Record<string, Architecture>> = { i386: 'x86', amd64: 'x64', arm64: 'arm64' };

/** The architecture a process must have to run an image of this machine (`PEImage.machine`), or `undefined` for every other machine. */
export const architectureOf = (machine: string): Architecture | undefined => ARCHITECTURES[machine];
