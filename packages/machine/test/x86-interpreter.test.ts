// The interpreter of x86 and x64: exits, exact budgets, precise faults, the thread block, and what it tells of the processor.
import { AddressSpace, PAGE_SIZE, PageRights } from '@ijw/machine';
import { describe, expect, it } from 'vitest';
import { type ProcessorExit, X86Interpreter } from '../src/instructions/index.ts';
import { Word } from '../src/instructions/x86/interpreter/x86-state.ts';

const WINDOW = 0x1_0000_0000;
const CODE = 0x1000_0000;
const DATA = 0x2000_0000;
const STACK = 0x3000_0000;
const GATE = 0x4000_0000;

interface Scene {
  readonly space: AddressSpace;
  readonly interpreter: X86Interpreter;
  readonly words: Int32Array;
  /** The window's addresses: those of x64 have an upper half. */
  readonly base: number;
  run(budget?: number): ProcessorExit;
}

/** Two pages of code, two of data, two of stack whose pointer is in the middle of the second; memory around them is free. */
function scene(hex: string, is64Bit = true, at = 0): Scene {
  const base = is64Bit ? WINDOW : 0;
  const space = new AddressSpace({ windowBase: base });
  for (const region of [CODE, DATA, STACK]) {
    space.reserve(2 * PAGE_SIZE, base + region);
    space.commit(base + region, 2 * PAGE_SIZE, PageRights.readWrite);
  }
  space.write(base + CODE + at, Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex')));
  space.protect(base + CODE, 2 * PAGE_SIZE, PageRights.readExecute);
  const interpreter = new X86Interpreter({ space, is64Bit, isGate: (address) => address === base + GATE });
  const { words } = interpreter.cpu;
  const set = (word: number, value: number): void => {
    words[word] = value | 0;
    words[word + 1] = is64Bit ? 1 : 0;
  };
  set(Word.rsp, STACK + PAGE_SIZE + 0x800);
  set(Word.rsi, DATA);
  set(Word.rdi, DATA + PAGE_SIZE);
  interpreter.ip = base + CODE + at;
  return { space, interpreter, words, base, run: (budget = 1000) => interpreter.run(budget) };
}

const registers = (words: Int32Array): number[] => [...words.subarray(0, 32)];

describe('a run ends', () => {
  it('at a gate, with the registers of the call', () => {
    const { run, words, interpreter, space, base } = scene('48b80000004001000000 ffd0');
    expect(run()).toEqual({ kind: 'gate', ip: base + GATE });
    expect(interpreter.ip).toBe(base + GATE);
    expect(space.readU64(base + (words[Word.rsp]! >>> 0))).toBe(BigInt(base + CODE + 12));
  });

  it('when its budget is used, after exactly that many instructions', () => {
    const { run, words, interpreter, base } = scene('ffc0 ffc0 ffc0 ffc0 ebf6');
    expect(run(3)).toEqual({ kind: 'budget', ip: base + CODE + 6 });
    expect(words[Word.rax]).toBe(3);
    for (let step = 0; step < 2; step++) interpreter.run(1);
    expect([words[Word.rax], interpreter.ip]).toEqual([4, base + CODE]);
    expect(interpreter.cpu.clock).toBe(5);
  });

  it('at an endless loop and at endless recursion', () => {
    expect(scene('ebfe').run(100_000)).toMatchObject({ kind: 'budget' });
    const { run, base } = scene('e8fbffffff');
    expect(run(100_000)).toMatchObject({
      kind: 'fault',
      ip: base + CODE,
      fault: { address: base + STACK - 8, access: 'write', lacked: 'region' },
    });
  });

  it('at an instruction that is not run, and names it', () => {
    const { run, base } = scene('90 c5f877');
    expect(run()).toEqual({ kind: 'unsupported', ip: base + CODE + 1, instruction: 'vzeroupper' });
  });

  it.each([
    ['cc', { kind: 'exception', exception: 'breakpoint' }],
    ['0f0b', { kind: 'exception', exception: 'invalid-opcode' }],
    ['cd29', { kind: 'exception', exception: 'fast-fail', vector: 0x29 }],
    ['cd2e', { kind: 'exception', exception: 'interrupt', vector: 0x2e }],
    ['31c9 f7f1', { kind: 'exception', exception: 'divide-error' }],
    ['f4', { kind: 'exception', exception: 'general-protection' }],
    ['d6', { kind: 'exception', exception: 'invalid-opcode' }],
    ['0f2806', { kind: 'budget' }],
    ['0f284601', { kind: 'exception', exception: 'general-protection' }],
  ])('of %s as %o', (hex, exit) => {
    expect(scene(hex).run(hex === '0f2806' ? 1 : 10)).toMatchObject(exit);
  });
});

describe('a fault leaves every register as it was', () => {
  it.each([
    ['a write to code', 'c60500000000 01', { access: 'write', lacked: 'write' }],
    ['running data', 'ffe6', { access: 'execute', lacked: 'execute' }],
    ['page 0 by an absolute address', '8b042510000000', { access: 'read', lacked: 'region' }],
    ['a push below the stack', '4881ec00180000 50', { access: 'write', lacked: 'region' }],
    ['a call below the stack', '4881ec00180000 e800000000', { access: 'write', lacked: 'region' }],
    ['the end of the window', '48c7c6ffffffff 48c1ee1f 488b06', { access: 'read', lacked: 'region' }],
    ['an address plus 2^32', '48b9000000000100000048 01ce 8b06', { access: 'read', lacked: 'region' }],
    ['the host area', '48be0000010001000000 8b06', { access: 'read', lacked: 'region' }],
    ['sixteen bytes over the end of the data', '0f1087f80f0000', { access: 'read', lacked: 'region' }],
  ])('%s', (_name, hex, fault) => {
    const whole = scene(hex);
    const exit = whole.run();
    expect(exit).toMatchObject({ kind: 'fault', fault });
    // Single steps come to the same place with the same registers.
    const stepped = scene(hex);
    let last: ProcessorExit = stepped.run(1);
    for (let count = 0; last.kind === 'budget' && count < 10; count++) last = stepped.run(1);
    expect(last).toEqual(exit);
    expect(registers(stepped.words)).toEqual(registers(whole.words));
  });

  it('a read over a border of rights names the first byte that may not be read', () => {
    const { run, base, space } = scene('0f104718');
    space.protect(base + DATA + PAGE_SIZE, PAGE_SIZE, PageRights.none);
    expect(run()).toMatchObject({ kind: 'fault', fault: { address: base + DATA + PAGE_SIZE + 0x18, lacked: 'read' } });
    const straddling = scene('0f1086f80f0000');
    straddling.space.protect(base + DATA + PAGE_SIZE, PAGE_SIZE, PageRights.none);
    expect(straddling.run()).toMatchObject({ kind: 'fault', fault: { address: base + DATA + PAGE_SIZE, lacked: 'read' } });
  });

  it.each([
    ['cmpsd', 'a7', 0x20],
    ['repe cmpsd', 'f3a7', 0x20],
    ['repne cmpsb', 'f2a6', 0x20],
    ['repe cmpsb', 'f3a6', 0x10],
  ])('of two operands that %s may not read, it names the one that the recorded processor reads first', (_, hex, offset) => {
    const { run, words, base } = scene(hex);
    words[Word.rcx] = 5;
    words[Word.rsi] = DATA + 2 * PAGE_SIZE + 0x10;
    words[Word.rdi] = DATA + 2 * PAGE_SIZE + 0x20;
    expect(run()).toMatchObject({ kind: 'fault', fault: { address: base + DATA + 2 * PAGE_SIZE + offset } });
  });

  it('a repeated string instruction keeps what was done', () => {
    const { run, words, base, space } = scene('b9 00200000 f3a4');
    words[Word.rdi] = DATA + PAGE_SIZE + 0x800;
    for (let index = 0; index < 0x800; index++) space.writeU8(base + DATA + index, index & 0xff);
    expect(run(10_000)).toMatchObject({
      kind: 'fault',
      ip: base + CODE + 5,
      fault: { address: base + DATA + 2 * PAGE_SIZE, access: 'write' },
    });
    expect([words[Word.rcx], words[Word.rdi], words[Word.rsi]]).toEqual([0x1800, DATA + 2 * PAGE_SIZE, DATA + 0x800]);
    expect(space.readU8(base + DATA + 2 * PAGE_SIZE - 1)).toBe(0xff);
  });

  it('a repeated string instruction stops where the budget ends and goes on there', () => {
    const { run, words, base, interpreter } = scene('b9 00010000 f3a4 90');
    expect(run(0x41)).toEqual({ kind: 'budget', ip: base + CODE + 5 });
    expect(words[Word.rcx]).toBe(0xc0);
    expect(run(0xc0)).toEqual({ kind: 'budget', ip: base + CODE + 7 });
    expect([words[Word.rcx], interpreter.cpu.clock]).toEqual([0, 0x101]);
  });

  it('an instruction across the end of the code says where it cannot be read', () => {
    const { run, base } = scene('b8112233', true, 2 * PAGE_SIZE - 4);
    expect(run()).toMatchObject({ kind: 'fault', ip: base + CODE + 2 * PAGE_SIZE - 4, fault: { access: 'execute', lacked: 'region' } });
  });

  it('a jump into the middle of an instruction runs what is there', () => {
    const { run, words } = scene('eb01 b8 ffc0 cc 0000');
    expect(run()).toMatchObject({ kind: 'exception', exception: 'breakpoint' });
    expect(words[Word.rax]).toBe(1);
  });

  it('a forged return goes where it says', () => {
    const { run, base } = scene('68 00000020 c3', false);
    expect(run()).toMatchObject({ kind: 'fault', ip: base + DATA, fault: { access: 'execute', lacked: 'execute' } });
  });
});

it('runs other code where executable pages were written', () => {
  const { run, words, space, base, interpreter } = scene('ffc0 cc');
  run();
  space.protect(base + CODE, PAGE_SIZE, PageRights.readWrite);
  space.write(base + CODE, Uint8Array.of(0xff, 0xc8));
  space.protect(base + CODE, PAGE_SIZE, PageRights.readExecute);
  interpreter.ip = base + CODE;
  run();
  expect(words[Word.rax]).toBe(0);
});

describe('the thread block', () => {
  it('is addressed by GS on x64 and by FS on x86', () => {
    const wide = scene('65488b042530000000 cc');
    wide.words[Word.gsBase] = DATA;
    wide.words[Word.gsBase + 1] = 1;
    wide.space.writeU64(wide.base + DATA + 0x30, 0x1122334455667788n);
    expect(wide.run()).toMatchObject({ exception: 'breakpoint' });
    expect([wide.words[Word.rax]! >>> 0, wide.words[Word.rax + 1]]).toEqual([0x55667788, 0x11223344]);
    const narrow = scene('64a118000000 cc', false);
    narrow.words[Word.fsBase] = DATA;
    narrow.space.writeU32(DATA + 0x18, 0xcafebabe);
    narrow.run();
    expect(narrow.words[Word.rax]! >>> 0).toBe(0xcafebabe);
  });
});

describe('the processor', () => {
  it('has SSE4.2 and no AVX', () => {
    const { run, words } = scene('b801000000 0fa2 cc');
    run();
    const features = words[Word.rcx]! >>> 0;
    expect([features & (1 << 20), features & (1 << 28), features & (1 << 27)]).toEqual([1 << 20, 0, 0]);
    expect(scene('0f01d0').run()).toMatchObject({ exception: 'invalid-opcode' });
  });

  it('counts time in instructions', () => {
    const { run, words } = scene('90 90 0f31 cc');
    run();
    expect([words[Word.rax], words[Word.rdx]]).toEqual([3, 0]);
  });
});

it('F3 90 is PAUSE, but with REX.B an exchange with r8', () => {
  const { run, words } = scene('f390 f34190');
  words[Word.rax] = 1;
  words[Word.r8] = 2;
  run(1);
  expect([words[Word.rax], words[Word.r8]]).toEqual([1, 2]);
  run(1);
  expect([words[Word.rax], words[Word.r8]]).toEqual([2, 1]);
});
