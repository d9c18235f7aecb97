// The interpreter of arm64: exits, exact budgets, precise faults, exclusive accesses, flags, and what it tells of the system.
import { AddressSpace, PAGE_SIZE, PageRights } from '@ijw/machine';
import { describe, expect, it } from 'vitest';
import { Word } from '../src/instructions/arm64/interpreter/arm64-cpu.ts';
import { Arm64Interpreter, type ProcessorExit } from '../src/instructions/index.ts';

const WINDOW = 0x1_0000_0000;
const CODE = 0x1000_0000;
const DATA = 0x2000_0000;
const STACK = 0x3000_0000;
const GATE = 0x4000_0000;

interface Scene {
  readonly space: AddressSpace;
  readonly interpreter: Arm64Interpreter;
  readonly words: Int32Array;
  run(budget?: number): ProcessorExit;
}

/** Two pages of code, two of data, two of stack whose pointer is in the middle of the second. x1 is the data, x2 its second page, x3 a gate. */
function scene(code: readonly number[], at = 0): Scene {
  const space = new AddressSpace({ windowBase: WINDOW });
  for (const region of [CODE, DATA, STACK]) {
    space.reserve(2 * PAGE_SIZE, WINDOW + region);
    space.commit(WINDOW + region, 2 * PAGE_SIZE, PageRights.readWrite);
  }
  space.write(WINDOW + CODE + at, new Uint8Array(Uint32Array.from(code).buffer));
  space.protect(WINDOW + CODE, 2 * PAGE_SIZE, PageRights.readExecute);
  const interpreter = new Arm64Interpreter({ space, isGate: (address) => address === WINDOW + GATE });
  const { words } = interpreter.cpu;
  const set = (register: number, value: number): void => {
    words[register * 2] = value;
    words[register * 2 + 1] = 1;
  };
  set(1, DATA);
  set(2, DATA + PAGE_SIZE);
  set(3, GATE);
  set(32, STACK + PAGE_SIZE + 0x800);
  interpreter.ip = WINDOW + CODE + at;
  return { space, interpreter, words, run: (budget = 1000) => interpreter.run(budget) };
}

const registers = (words: Int32Array): number[] => [...words.subarray(0, 66)];
const ADD = 0x91000400; // add x0, x0, #1

describe('a run ends', () => {
  it('at a gate, with the registers of the call', () => {
    const { run, words, interpreter } = scene([ADD, 0xd63f0060]); // blr x3
    expect(run()).toEqual({ kind: 'gate', ip: WINDOW + GATE });
    expect(interpreter.ip).toBe(WINDOW + GATE);
    expect([words[Word.link], words[Word.link + 1]]).toEqual([CODE + 8, 1]);
    expect(interpreter.cpu.clock).toBe(2);
  });

  it('when its budget is used, after exactly that many instructions', () => {
    const { run, words, interpreter } = scene([ADD, ADD, ADD, ADD, 0x17fffffc]); // b -16
    expect(run(3)).toEqual({ kind: 'budget', ip: WINDOW + CODE + 12 });
    expect(words[0]).toBe(3);
    for (let step = 0; step < 2; step++) interpreter.run(1);
    expect([words[0], interpreter.ip]).toEqual([4, WINDOW + CODE]);
  });

  it('at an endless loop and at endless recursion', () => {
    expect(scene([0x14000000]).run(100_000)).toMatchObject({ kind: 'budget' });
    const { run } = scene([0xa9bf7bfd, 0x97ffffff]); // stp x29, x30, [sp, #-16]!; bl -4
    expect(run(100_000)).toMatchObject({ kind: 'fault', ip: WINDOW + CODE, fault: { address: WINDOW + STACK - 16, access: 'write' } });
  });

  it('at an instruction that is not run, and names it', () => {
    const { run } = scene([ADD, 0xdac10020]); // pacia x0, x1
    expect(run()).toEqual({ kind: 'unsupported', ip: WINDOW + CODE + 4, instruction: 'pacia x0, x1' });
  });

  it.each([
    ['brk #0', 0xd4200000, { kind: 'exception', exception: 'breakpoint' }],
    ['brk #0xf003', 0xd43e0060, { kind: 'exception', exception: 'fast-fail', vector: 0xf003 }],
    ['svc #0x10', 0xd4000201, { kind: 'exception', exception: 'system-call', vector: 0x10 }],
    ['udf #0', 0, { kind: 'exception', exception: 'invalid-opcode' }],
    ['a word that is not an instruction', 0xffffffff, { kind: 'exception', exception: 'invalid-opcode' }],
    ['ldaxr of an address that is not aligned', 0xc85ffc20, { kind: 'exception', exception: 'alignment' }],
  ])('of %s', (_, word, exit) => {
    const { run, words } = scene([word]);
    words[2] = DATA + 4;
    expect(run()).toMatchObject({ ...exit, ip: WINDOW + CODE });
  });

  it('of a jump to an address that is not aligned', () => {
    const { run, words } = scene([0xd61f0000]); // br x0
    words[0] = CODE + 2;
    words[1] = 1;
    expect(run()).toEqual({ kind: 'exception', exception: 'alignment', ip: WINDOW + CODE + 2 });
  });
});

describe('a fault leaves every register as it was', () => {
  it.each([
    ['a write to code', [0x10000004, 0xf9000080], { access: 'write', lacked: 'write' }], // adr x4, .; str x0, [x4]
    ['running data', [0xd61f0020], { access: 'execute', lacked: 'execute' }], // br x1
    ['page 0', [0xf94003e0, 0xf9400000], { access: 'read', lacked: 'region' }], // ldr x0, [sp]; ldr x0, [x0]
    ['a pair over the end of the data', [0x913fe042, 0xa8c11845], { access: 'read', lacked: 'region' }], // add x2, x2, #0xff8; ldp x5, x6, [x2], #16
    ['a push below the stack', [0xd1400bff, 0xa9bf7bfd], { access: 'write', lacked: 'region' }], // sub sp, sp, #0x2000; stp x29, x30, [sp, #-16]!
    ['an address plus 2^32', [0xd2c00024, 0x8b040021, 0xf9400020], { access: 'read', lacked: 'region' }], // mov x4, #2^32; add x1, x1, x4; ldr x0, [x1]
    ['sixteen bytes over the end of the data', [0x913fe042, 0x3dc00040], { access: 'read', lacked: 'region' }], // ldr q0, [x2]
  ] as const)('%s', (_name, code, fault) => {
    const whole = scene(code);
    const exit = whole.run(100_000);
    expect(exit).toMatchObject({ kind: 'fault', fault });
    // Single steps come to the same place with the same registers.
    const stepped = scene(code);
    let last: ProcessorExit = stepped.run(1);
    for (let count = 0; last.kind === 'budget' && count < 100_000; count++) last = stepped.run(1);
    expect(last).toEqual(exit);
    expect(registers(stepped.words)).toEqual(registers(whole.words));
  });

  it('a pair over a border of rights names the first byte that may not be written, and writes nothing', () => {
    const { run, space, words } = scene([0xa93f8040]); // stp x0, x0, [x2, #-8]: eight bytes in each page
    words[0] = -1;
    space.protect(WINDOW + DATA + PAGE_SIZE, PAGE_SIZE, PageRights.read);
    expect(run()).toMatchObject({ kind: 'fault', fault: { address: WINDOW + DATA + PAGE_SIZE, lacked: 'write' } });
    expect(space.readU64(WINDOW + DATA + PAGE_SIZE - 8)).toBe(0n);
  });
});

describe('on one thread', () => {
  it('a store succeeds where the monitor holds the address, once', () => {
    // ldaxr x0, [x1]; stlxr w5, x3, [x1]; stlxr w6, x3, [x1]
    const { run, words, space } = scene([0xc85ffc20, 0xc805fc23, 0xc806fc23]);
    run(3);
    expect([words[10], words[12], space.readU64(WINDOW + DATA)]).toEqual([0, 1, BigInt(WINDOW + GATE)]);
  });

  it('CLREX opens the monitor', () => {
    const { run, words } = scene([0xc85ffc20, 0xd5033f5f, 0xc805fc23]);
    run(3);
    expect(words[10]).toBe(1);
  });

  it('system registers are those of a program', () => {
    // mrs x0, nzcv after subs xzr, x1, x1; mrs x4, tpidr_el0; mrs x5, dczid_el0; mrs x6, cntvct_el0
    const { run, words, interpreter } = scene([0xeb01003f, 0xd53b4200, 0xd53bd044, 0xd53b00e5, 0xd53be046]);
    words[Word.threadPointer] = 0x1234;
    expect(run(5)).toMatchObject({ kind: 'budget' });
    expect([words[0], words[8], words[10], words[12]]).toEqual([0x6000_0000, 0x1234, 0x10, interpreter.cpu.clock]);
  });

  it('rounding other than to nearest is refused by name', () => {
    const { run } = scene([0xd2a01804, 0xd51b4404]); // mov x4, #0xc00000; msr fpcr, x4
    expect(run()).toMatchObject({ kind: 'unsupported', instruction: 'msr fpcr, x4' });
  });
});

describe('flags of FEAT_FlagM', () => {
  it.each([
    ['setf8 of 0x80: N and V', 0x3a00080d, 0x80, 0x9000_0000],
    ['setf16 of 0x10000: Z and V', 0x3a00480d, 0x10000, 0x5000_0000],
    ['rmif by 1, all flags', 0xba00840f, 0b1010, 0x5000_0000],
    ['cfinv', 0xd500401f, 0, 0x2000_0000],
  ])('%s', (_, word, value, flags) => {
    const { run, words, interpreter } = scene([word]);
    words[0] = value;
    interpreter.cpu.nzcv = 0;
    run(1);
    expect(interpreter.cpu.nzcv >>> 0).toBe(flags);
  });
});

describe('any word', () => {
  it('ends in an exit, and register 31 stays zero', () => {
    let state = 1;
    const random = (): number => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state;
    };
    const code = Array.from({ length: 1024 }, random);
    const { interpreter, words } = scene(code);
    const kinds = new Set<string>();
    for (let round = 0; round < 8; round++) {
      for (let at = 0; at < code.length; at++) {
        for (let word = 0; word < 66; word++)
          if (word !== Word.zero && word !== Word.zero + 1) words[word] = word & 1 ? random() & 1 : random();
        words[2] = DATA + (random() & 0xff0);
        interpreter.ip = WINDOW + CODE + at * 4;
        kinds.add(interpreter.run(1).kind);
      }
    }
    expect([words[Word.zero], words[Word.zero + 1]]).toEqual([0, 0]);
    expect([...kinds].sort()).toEqual(expect.arrayContaining(['budget', 'exception', 'fault', 'unsupported']));
  });
});
