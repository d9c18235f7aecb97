// How long an instruction takes in the interpreters of x64 and arm64, beside qemu: ten of the C functions of packages/machine/testdata/programs.c, compiled by gcc -O2 for both.
// Needs gcc, aarch64-linux-gnu-gcc, qemu-x86_64 and qemu-aarch64 (Debian: gcc, gcc-aarch64-linux-gnu, qemu-user).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PageRights } from '@ijw/machine';
import { Arm64Interpreter, X86Interpreter } from '@ijw/machine/instructions';
import { type ElfProgram, loadElf } from '../packages/machine/test/elf-program.ts';

const SOURCE = resolve('packages/machine/testdata/programs.c');
const FUNCTIONS = [
  'p01_bubble',
  'p02_quick',
  'p03_heap',
  'p04_radix',
  'p05_fnv',
  'p06_crc',
  'p07_adler',
  'p10_matrix',
  'p16_life',
  'p22_gcd',
] as const;
const SIZE = 300;
const RETURN = 0x3333_0000;
const STACK_SIZE = 0x10_0000;
/** Passes over all functions. */
const WARM = 3;
const MEASURED = 20;
const QEMU_PASSES = 400;

interface Target {
  readonly compiler: string;
  readonly qemu: string;
  /** Runs one function and gives the number of instructions. */
  readonly call: (program: ElfProgram, stack: number, address: number) => number;
}

const isGate = (address: number): boolean => address === RETURN;
const X64_WORD = { rsp: 8, rdi: 14 } as const;
const ARM64_WORD = { x0: 0, link: 60, sp: 64 } as const;

function x64(): Target['call'] {
  let interpreter: X86Interpreter | undefined;
  return ({ space }, stack, address) => {
    interpreter ??= new X86Interpreter({ space, is64Bit: true, isGate });
    const { words } = interpreter.cpu;
    const top = stack + STACK_SIZE - 0x108;
    space.writeU64(top, BigInt(RETURN));
    words[X64_WORD.rsp] = top;
    words[X64_WORD.rdi] = SIZE;
    interpreter.ip = address;
    const before = interpreter.cpu.clock;
    interpreter.run(1e9);
    return interpreter.cpu.clock - before;
  };
}

function arm64(): Target['call'] {
  let interpreter: Arm64Interpreter | undefined;
  return ({ space }, stack, address) => {
    interpreter ??= new Arm64Interpreter({ space, isGate });
    const { words } = interpreter.cpu;
    words[ARM64_WORD.x0] = SIZE;
    words[ARM64_WORD.link] = RETURN;
    words[ARM64_WORD.sp] = stack + STACK_SIZE - 0x100;
    interpreter.ip = address;
    const before = interpreter.cpu.clock;
    interpreter.run(1e9);
    return interpreter.cpu.clock - before;
  };
}

const TARGETS: Readonly<Record<string, Target>> = {
  x64: { compiler: 'gcc', qemu: 'qemu-x86_64', call: x64() },
  arm64: { compiler: 'aarch64-linux-gnu-gcc', qemu: 'qemu-aarch64', call: arm64() },
};

const folder = mkdtempSync(join(tmpdir(), 'ijw-bench-'));
const nanoseconds = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user * 1000;
};

/** Processor time of a pass under qemu, from the time that its own process counts. */
function qemuPass({ compiler, qemu }: Target): number {
  const main = join(folder, 'main.c');
  const program = join(folder, 'main');
  const calls = FUNCTIONS.map((name) => `h += ${name}(${SIZE});`).join(' ');
  writeFileSync(
    main,
    `#include <stdio.h>\n#include <time.h>\n#include "${SOURCE}"\nint main(void) { u64 h = 0; clock_t t = clock(); for (int i = 0; i < ${QEMU_PASSES}; i++) { ${calls} } printf("%ld %d", (long)(clock() - t) * (1000000 / CLOCKS_PER_SEC), (int)h); return 0; }\n`,
  );
  execFileSync(compiler, ['-O2', '-w', '-static', '-o', program, main]);
  return (Number(execFileSync(qemu, [program]).toString().split(' ')[0]) * 1000) / QEMU_PASSES;
}

for (const [name, target] of Object.entries(TARGETS)) {
  const file = join(folder, name);
  const options = [
    '-O2',
    '-w',
    '-static',
    '-nostdlib',
    '-ffreestanding',
    '-fno-tree-loop-distribute-patterns',
    '-DFREESTANDING',
    '-Wl,-e,0',
  ];
  execFileSync(target.compiler, [...options, '-Wl,-e,0,-z,max-page-size=0x10000', '-o', file, SOURCE, '-lgcc']);
  const program = loadElf(readFileSync(file));
  const stack = program.space.reserve(STACK_SIZE) as number;
  program.space.commit(stack, STACK_SIZE, PageRights.readWrite);
  const pass = (): number => FUNCTIONS.reduce((sum, each) => sum + target.call(program, stack, program.symbols.get(each) ?? 0), 0);
  let instructions = 0;
  for (let count = 0; count < WARM; count++) instructions = pass();
  const own = nanoseconds(() => {
    for (let count = 0; count < MEASURED; count++) pass();
  });
  const each = own / MEASURED / instructions;
  const theirs = qemuPass(target) / instructions;
  console.log(`${name.padEnd(6)} ${instructions} instructions a pass, ${each.toFixed(1)} ns each, ${target.qemu} ${theirs.toFixed(2)} ns`);
}
rmSync(folder, { recursive: true });
