// Whole C functions in the interpreter of arm64: compiled by gcc at each optimisation, run from start to return, with the results of the same code under qemu (skipped without them).
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PageRights } from '@ijw/machine';
import { afterAll, describe, expect, it } from 'vitest';
import { Word } from '../src/instructions/arm64/interpreter/arm64-cpu.ts';
import { Arm64Interpreter } from '../src/instructions/index.ts';
import { type ElfProgram, loadElf } from './elf-program.ts';

const SOURCE = join(import.meta.dirname, '../testdata/programs.c');
const COMPILER = 'aarch64-linux-gnu-gcc';
const QEMU = 'qemu-aarch64';
const SIZE = 300;
const RETURN = 0x3333_0000;
const STACK_SIZE = 0x10_0000;
const BUDGET = 50_000_000;

const missing = [COMPILER, QEMU].filter((program) => spawnSync(program, ['--version']).status !== 0);
const folder = mkdtempSync(join(tmpdir(), 'ijw-arm64-programs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const names = [...readFileSync(SOURCE, 'utf8').matchAll(/^PROGRAM (p\d\d_\w+)\(/gm)].map(([, name = '']) => name);

/** What the functions return under qemu. Products and sums are contracted, as gcc does by default. */
function qemuResults(optimisation: string): string[] {
  const main = join(folder, `main${optimisation}.c`);
  const program = join(folder, `native${optimisation}`);
  const calls = names.map((name) => `printf("%llx\\n", ${name}(${SIZE}));`).join('\n');
  writeFileSync(main, `#include <stdio.h>\n#include "${SOURCE}"\nint main(void) { ${calls} return 0; }\n`);
  execFileSync(COMPILER, [optimisation, '-w', '-static', '-o', program, main]);
  return execFileSync(QEMU, [program]).toString().trim().split('\n');
}

function compile(optimisation: string): ElfProgram {
  const program = join(folder, `programs${optimisation}`);
  const options = ['-w', '-static', '-nostdlib', '-ffreestanding', '-fno-tree-loop-distribute-patterns', '-DFREESTANDING', '-Wl,-e,0'];
  execFileSync(COMPILER, [optimisation, ...options, '-o', program, SOURCE, '-lgcc']);
  return loadElf(readFileSync(program));
}

/** Calls a function with one argument and gives the 64 bits it returns, or how the run ended. */
function call({ space, symbols }: ElfProgram, name: string): string {
  const interpreter = new Arm64Interpreter({ space, isGate: (address) => address === RETURN });
  const { words } = interpreter.cpu;
  const stack = space.reserve(STACK_SIZE) as number;
  space.commit(stack, STACK_SIZE, PageRights.readWrite);
  words[Word.x0] = SIZE;
  words[Word.sp] = stack + STACK_SIZE - 0x100;
  words[Word.link] = RETURN;
  interpreter.ip = symbols.get(name) ?? 0;
  const exit = interpreter.run(BUDGET);
  space.release(stack);
  if (exit.kind !== 'gate') return JSON.stringify(exit);
  return ((BigInt(words[1]! >>> 0) << 32n) | BigInt(words[0]! >>> 0)).toString(16);
}

describe.skipIf(missing.length > 0)('C functions', () => {
  it.each(['-O0', '-O1', '-O2', '-O3'])('with %s return what they do under qemu', (optimisation) => {
    const program = compile(optimisation);
    const expected = qemuResults(optimisation);
    expect(names).toHaveLength(30);
    expect(names.map((name) => `${name} ${call(program, name)}`)).toEqual(names.map((name, index) => `${name} ${expected[index]}`));
  });
});

it.runIf(missing.length > 0)(`C functions are skipped: without ${missing.join(', ')}`, () => {
  expect(missing.length).toBeGreaterThan(0);
});
