/** The systems that a deployment can be for. `win10` is Windows 10 and 11. */
export const operatingSystems = ['win10', 'win7', 'nanoserver', 'linux', 'macos'] as const;

export type OperatingSystem = (typeof operatingSystems)[number];

export const SYSTEM_NAMES: Readonly<Record<OperatingSystem, string>> = {
  win10: 'Windows 10 and 11',
  win7: 'Windows 7',
  nanoserver: 'Nano Server',
  linux: 'Linux',
  macos: 'macOS',
};

export const isWindows = (os: OperatingSystem): boolean => os !== 'linux' && os !== 'macos';

/** What a process can map, and on which machines there is such a process. */
export interface ProcessRow {
  readonly system: 'windows' | 'linux' | 'macos';
  readonly process: string;
  /** Machines of images, `arm64ec` and `arm64x` among them. */
  readonly loads: readonly string[];
  /** Where the process runs beside machines of its own kind. */
  readonly emulated: string | undefined;
  readonly source: string;
}

export const PROCESS_ROWS: readonly ProcessRow[] = [
  {
    system: 'windows',
    process: 'x86',
    loads: ['x86'],
    emulated: 'on 64-bit Windows under WOW64, on Arm emulated',
    source: 'Windows documentation, "Running 32-bit Applications"',
  },
  {
    system: 'windows',
    process: 'x64',
    loads: ['x64', 'arm64ec', 'arm64x'],
    emulated: 'on Windows 11 on Arm; ARM64EC and ARM64X images load there alone',
    source: 'Windows documentation, "Arm64EC", "Arm64X PE files"',
  },
  {
    system: 'windows',
    process: 'arm64',
    loads: ['arm64', 'arm64x'],
    emulated: undefined,
    source: 'Windows documentation, "Arm64X PE files"',
  },
  {
    system: 'windows',
    process: 'arm',
    loads: ['arm', 'armnt'],
    emulated: 'on Windows 10 on Arm',
    source: 'Windows documentation, "Windows on Arm"',
  },
  { system: 'linux', process: 'x64', loads: ['x64'], emulated: undefined, source: 'System V ABI' },
  { system: 'linux', process: 'x86', loads: ['x86'], emulated: undefined, source: 'System V ABI' },
  { system: 'linux', process: 'arm64', loads: ['arm64'], emulated: undefined, source: 'System V ABI' },
  { system: 'linux', process: 'arm', loads: ['arm'], emulated: undefined, source: 'System V ABI' },
  {
    system: 'macos',
    process: 'x64',
    loads: ['x64'],
    emulated: 'on Apple silicon under Rosetta 2',
    source: 'Apple, "About the Rosetta translation environment"',
  },
  { system: 'macos', process: 'arm64', loads: ['arm64'], emulated: undefined, source: 'Apple, "Building a universal macOS binary"' },
];

export const systemFamily = (os: OperatingSystem): ProcessRow['system'] => (os === 'linux' || os === 'macos' ? os : 'windows');

export const processRow = (os: OperatingSystem, process: string): ProcessRow | undefined =>
  PROCESS_ROWS.find((row) => row.system === systemFamily(os) && row.process === process);
