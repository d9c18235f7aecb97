// Whole C functions in the interpreter of x86 and x64: compiled by mingw at each optimisation, run from start to return, with the results of the native compiler (skipped without mingw).
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AddressSpace, PageRights } from '@ijw/machine';
import { PEImage, SectionCharacteristics } from '@ijw/pe';
import { readExportDirectory } from '@ijw/pe/exports';
import { afterAll, describe, expect, it } from 'vitest';
import { X86Interpreter } from '../src/instructions/index.ts';
import { Word } from '../src/instructions/x86/interpreter/x86-state.ts';

const SOURCE = join(import.meta.dirname, '../testdata/programs.c');
const COMPILERS = { 32: 'i686-w64-mingw32-gcc', 64: 'x86_64-w64-mingw32-gcc' } as const;
const SIZE = 300;
const RETURN = 0x3333_0000;
const STACK_SIZE = 0x10_0000;
const BUDGET = 50_000_000;

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;
const missing = ['gcc', COMPILERS[32], COMPILERS[64]].filter((program) => !has(program));
const folder = mkdtempSync(join(tmpdir(), 'ijw-programs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const names = [...readFileSync(SOURCE, 'utf8').matchAll(/^PROGRAM (p\d\d_\w+)\(/gm)].map(([, name = '']) => name);

/** What the functions return on this machine. */
function nativeResults(): string[] {
  const main = join(folder, 'main.c');
  const calls = names.map((name) => `printf("%llx\\n", ${name}(${SIZE}));`).join('\n');
  writeFileSync(main, `#include <stdio.h>\n#include "${SOURCE}"\nint main(void) { ${calls} return 0; }\n`);
  execFileSync('gcc', ['-O1', '-w', '-ffp-contract=off', '-o', join(folder, 'native'), main]);
  return execFileSync(join(folder, 'native')).toString().trim().split('\n');
}

interface Program {
  readonly space: AddressSpace;
  readonly image: PEImage;
  readonly base: number;
  readonly is64Bit: boolean;
}

function compile(bits: 32 | 64, optimisation: string): PEImage {
  const dll = join(folder, `programs${bits}${optimisation}.dll`);
  const base = bits === 64 ? '0x180000000' : '0x10000000';
  execFileSync(COMPILERS[bits], [
    optimisation,
    '-w',
    '-shared',
    '-nostdlib',
    '-ffreestanding',
    '-fno-tree-loop-distribute-patterns',
    '-ffp-contract=off',
    `-Wl,--image-base=${base},--disable-dynamicbase,-e,0`,
    '-o',
    dll,
    SOURCE,
    '-lgcc',
  ]);
  return PEImage.parse(readFileSync(dll));
}

function load(image: PEImage): Program {
  const is64Bit = image.machine === 'amd64';
  const base = Number(image.optionalHeader.imageBase);
  const space = new AddressSpace({ windowBase: is64Bit ? 2 ** 32 : 0 });
  space.reserve(image.optionalHeader.sizeOfImage, base);
  space.commit(base, image.optionalHeader.sizeOfImage, PageRights.readWrite);
  for (const { virtualAddress, sizeOfRawData, characteristics } of image.sections) {
    if (sizeOfRawData > 0) space.write(base + virtualAddress, image.bytesAt(virtualAddress, sizeOfRawData));
    if (characteristics & SectionCharacteristics.MEM_EXECUTE)
      space.protect(base + virtualAddress, Math.max(1, sizeOfRawData), PageRights.readExecute);
  }
  return { space, image, base, is64Bit };
}

/** Calls an exported function with one argument and gives the 64 bits it returns, or how the run ended. */
function call({ space, image, base, is64Bit }: Program, name: string): string {
  const window = is64Bit ? 2 ** 32 : 0;
  const interpreter = new X86Interpreter({ space, is64Bit, isGate: (address) => address === window + RETURN });
  const { words } = interpreter.cpu;
  const stack = space.reserve(STACK_SIZE) as number;
  space.commit(stack, STACK_SIZE, PageRights.readWrite);
  const top = stack + STACK_SIZE - 0x100 - (is64Bit ? 8 : 4);
  if (is64Bit) space.writeU64(top, BigInt(window + RETURN));
  else {
    space.writeU32(top, RETURN);
    space.writeU32(top + 4, SIZE);
  }
  words[Word.rcx] = SIZE;
  words[Word.rsp] = top | 0;
  words[Word.rsp + 1] = window / 2 ** 32;
  interpreter.ip = base + (readExportDirectory(image)?.symbols.find((symbol) => symbol.name === name)?.rva ?? 0);
  const exit = interpreter.run(BUDGET);
  space.release(stack);
  if (exit.kind !== 'gate') return JSON.stringify(exit);
  const [low, high] = [words[Word.rax]! >>> 0, words[is64Bit ? Word.rax + 1 : Word.rdx]! >>> 0];
  return ((BigInt(high) << 32n) | BigInt(low)).toString(16);
}

describe.skipIf(missing.length > 0)('C functions', () => {
  const native = missing.length > 0 ? [] : nativeResults();

  it.each([32, 64].flatMap((bits) => ['-O0', '-O1', '-O2', '-O3'].map((optimisation) => [bits as 32 | 64, optimisation] as const)))(
    'of %s bits with %s return what native ones do',
    (bits, optimisation) => {
      const program = load(compile(bits, optimisation));
      expect(names).toHaveLength(30);
      expect(names.map((name) => `${name} ${call(program, name)}`)).toEqual(names.map((name, index) => `${name} ${native[index]}`));
    },
  );
});

it.runIf(missing.length > 0)(`C functions are skipped: without ${missing.join(', ')}`, () => {
  expect(missing.length).toBeGreaterThan(0);
});
