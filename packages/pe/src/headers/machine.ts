import { Lazy } from '@ijw/binary';

// PE/COFF "Machine Types"; IMAGE_FILE_MACHINE_* of winnt.h.

/** IMAGE_FILE_MACHINE_*: the processor an image is for. */
export const Machine = {
  UNKNOWN: 0x0,
  TARGET_HOST: 0x1,
  I386: 0x14c,
  R3000BE: 0x160,
  R3000: 0x162,
  R4000: 0x166,
  R10000: 0x168,
  WCEMIPSV2: 0x169,
  ALPHA: 0x184,
  SH3: 0x1a2,
  SH3DSP: 0x1a3,
  SH3E: 0x1a4,
  SH4: 0x1a6,
  SH5: 0x1a8,
  ARM: 0x1c0,
  THUMB: 0x1c2,
  ARMNT: 0x1c4,
  AM33: 0x1d3,
  POWERPC: 0x1f0,
  POWERPCFP: 0x1f1,
  POWERPCBE: 0x1f2,
  IA64: 0x200,
  MIPS16: 0x266,
  MOTOROLA68000: 0x268,
  ALPHA64: 0x284,
  PARISC: 0x290,
  MIPSFPU: 0x366,
  MIPSFPU16: 0x466,
  TRICORE: 0x520,
  MPPC_601: 0x601,
  CEF: 0xcef,
  EBC: 0xebc,
  CHPE_X86: 0x3a64,
  RISCV32: 0x5032,
  RISCV64: 0x5064,
  RISCV128: 0x5128,
  LOONGARCH32: 0x6232,
  LOONGARCH64: 0x6264,
  AMD64: 0x8664,
  M32R: 0x9041,
  ARM64EC: 0xa641,
  ARM64X: 0xa64e,
  ARM64: 0xaa64,
  CEE: 0xc0ee,
} as const;

export type MachineName = Lowercase<Exclude<keyof typeof Machine, 'ARMNT'>>;

/** The operating systems a ReadyToRun image can be for, other than Windows. */
export type MachineOs = 'apple' | 'freebsd' | 'linux' | 'netbsd' | 'sun';

/**
 * dotnet/runtime `src/coreclr/inc/pedecoder.h`: IMAGE_FILE_MACHINE_NATIVE_OS_OVERRIDE. crossgen2 stores Machine XOR one of
 * these, so that Windows does not take the image for one of its own.
 */
export const MachineOsMask: Readonly<Record<MachineOs, number>> = {
  apple: 0x4644,
  freebsd: 0xadc4,
  linux: 0x7b79,
  netbsd: 0x1993,
  sun: 0x1992,
};

/** The machines that crossgen2 compiles for. */
const readyToRunMachines: readonly number[] = [
  Machine.I386,
  Machine.AMD64,
  Machine.ARMNT,
  Machine.ARM64,
  Machine.LOONGARCH64,
  Machine.RISCV64,
];

export interface MachineIdentity {
  /** The machine without the operating system's mask. */
  readonly machine: number;
  /** A lower-case name; `unknown` for a number that no list has. ARMNT (Thumb-2, all that Windows and .NET use) is `arm` too. */
  readonly name: MachineName;
  readonly os?: MachineOs;
}

const names = new Lazy(
  (): ReadonlyMap<number, MachineName> =>
    new Map([
      ...Object.entries(Machine).map(([name, value]) => [value, name.toLowerCase() as MachineName] as const),
      [Machine.ARMNT, 'arm'],
    ]),
);

const nameOf = (machine: number): MachineName | undefined => names.value.get(machine);

/** The meaning of the Machine field of a COFF header. */
export function identifyMachine(machine: number): MachineIdentity {
  const name = nameOf(machine);
  if (name !== undefined) return { machine, name };
  for (const [os, mask] of Object.entries(MachineOsMask) as [MachineOs, number][]) {
    const plain = machine ^ mask;
    if (readyToRunMachines.includes(plain)) return { machine: plain, name: nameOf(plain)!, os };
  }
  return { machine, name: 'unknown' };
}
