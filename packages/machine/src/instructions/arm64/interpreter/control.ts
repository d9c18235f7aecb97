// Arm ARM C6.2: branches, exceptions, hints, barriers, and the system registers that a program may read.

import { ProcessorSignal } from '../../interpreter/processor-exit.ts';
import { bits, signedBits } from '../fields/bit-field.ts';
import { flagOperation } from './arithmetic.ts';
import { type Arm64Cpu, Word } from './arm64-cpu.ts';
import { type Arm64Operation, type Execute, isWide, type Prepare, unsupported } from './arm64-operation.ts';
import { HOLDS } from './conditions.ts';

const HIGH = 2 ** 32;

/** The address of the instruction behind an operation goes to the link register. */
function link(cpu: Arm64Cpu, { following }: Arm64Operation): void {
  const back = following + cpu.windowLow;
  cpu.words[Word.link] = back;
  cpu.words[Word.link + 1] = back >= HIGH ? cpu.windowHigh + 1 : cpu.windowHigh;
}

const take = (cpu: Arm64Cpu, { low, high }: Arm64Operation): void => cpu.jump(low >>> 0, high);

/** `low` and `high` are the address of the instruction before, and that of the target afterwards. */
function setTarget(op: Arm64Operation, distance: number): void {
  const sum = (op.low >>> 0) + distance;
  op.low = sum | 0;
  op.high += sum >= HIGH ? 1 : sum < 0 ? -1 : 0;
}

/** Each is a function of its own, so that none goes through another. */
const CONDITIONAL: readonly Execute[] = HOLDS.map(
  (holds): Execute =>
    (cpu, op) =>
      holds(cpu.words) && take(cpu, op),
);
const EQUAL: Execute = (cpu, op) => cpu.words[Word.nonzero] === 0 && take(cpu, op);
const NOT_EQUAL: Execute = (cpu, op) => cpu.words[Word.nonzero] !== 0 && take(cpu, op);

const COMPARE: Readonly<Record<string, readonly [Execute, Execute]>> = {
  cbz: [(cpu, op) => cpu.words[op.d] === 0 && take(cpu, op), (cpu, op) => (cpu.words[op.d]! | cpu.words[op.d + 1]!) === 0 && take(cpu, op)],
  cbnz: [
    (cpu, op) => cpu.words[op.d] !== 0 && take(cpu, op),
    (cpu, op) => (cpu.words[op.d]! | cpu.words[op.d + 1]!) !== 0 && take(cpu, op),
  ],
};

const branch: Prepare = (op, word, operation) => {
  // Rt is read here.
  if (op.vd === 31) op.d = Word.zero;
  switch (operation) {
    case 'b':
    case 'bl':
      setTarget(op, signedBits(word, 0, 26) * 4);
      if (operation === 'b') return take;
      return (cpu, linked) => {
        link(cpu, linked);
        take(cpu, linked);
      };
    case 'tbz':
    case 'tbnz': {
      setTarget(op, signedBits(word, 5, 14) * 4);
      op.d += isWide(word) ? 1 : 0;
      op.shift = bits(word, 19, 5);
      if (operation === 'tbz') return (cpu, tested) => ((cpu.words[tested.d]! >>> tested.shift) & 1) === 0 && take(cpu, tested);
      return (cpu, tested) => ((cpu.words[tested.d]! >>> tested.shift) & 1) === 1 && take(cpu, tested);
    }
    case 'b.cond':
      setTarget(op, signedBits(word, 5, 19) * 4);
      return [EQUAL, NOT_EQUAL][bits(word, 0, 4)] ?? CONDITIONAL[bits(word, 0, 4)]!;
    default:
      setTarget(op, signedBits(word, 5, 19) * 4);
      return COMPARE[operation]![isWide(word) ? 1 : 0];
  }
};

const jumpToRegister: Execute = (cpu, { n }) => cpu.jump(cpu.words[n]! >>> 0, cpu.words[n + 1]!);

/** BR, BLR and RET. Those that authenticate need keys. */
const branchRegister: Prepare = (_, __, operation) => {
  if (operation === 'br' || operation === 'ret') return jumpToRegister;
  if (operation !== 'blr') return unsupported;
  return (cpu, op) => {
    const [low, high] = [cpu.words[op.n]! >>> 0, cpu.words[op.n + 1]!];
    link(cpu, op);
    cpu.jump(low, high);
  };
};

/** Windows: BRK #0xf003 is `__fastfail`. */
const FAST_FAIL = 0xf003;

const exception: Prepare = (op, word, operation) => {
  op.low = bits(word, 5, 16);
  if (operation === 'svc')
    return (_, { low }) => {
      throw new ProcessorSignal('system-call', low);
    };
  if (operation === 'brk')
    return (_, { low }) => {
      throw new ProcessorSignal(low === FAST_FAIL ? 'fast-fail' : 'breakpoint', low);
    };
  return () => {
    throw new ProcessorSignal('invalid-opcode');
  };
};

const nothing: Execute = () => undefined;
const undefinedInstruction: Execute = () => {
  throw new ProcessorSignal('invalid-opcode');
};

/** Hints: those of pointer authentication do nothing where it is not there. */
const hint: Prepare = () => nothing;

const barrier: Prepare = (_, __, operation) =>
  operation === 'clrex'
    ? (cpu) => {
        cpu.exclusive = -1;
      }
    : nothing;

const flags: Prepare = (_, __, operation) => flagOperation(operation) ?? undefinedInstruction;

/** The fifteen bits o0, op1, CRn, CRm, op2 of system registers. */
const REGISTERS = {
  nzcv: 0x5a10,
  fpcr: 0x5a20,
  fpsr: 0x5a21,
  threadPointer: 0x5e82,
  counter: 0x5f02,
  frequency: 0x5f00,
  zeroBlock: 0x5807,
  cacheType: 0x5801,
} as const;
/** 24 MHz; DC ZVA is not to be used; caches of 64 bytes. */
const FREQUENCY = 24_000_000;
const NO_ZERO_BLOCK = 0x10;
const CACHE_TYPE = 0x8444c004 | 0;

const READ: Readonly<Record<number, (cpu: Arm64Cpu) => readonly [number, number]>> = {
  [REGISTERS.nzcv]: (cpu) => [cpu.nzcv, 0],
  [REGISTERS.fpcr]: () => [0, 0],
  [REGISTERS.fpsr]: (cpu) => [cpu.fpsr, 0],
  [REGISTERS.threadPointer]: ({ words }) => [words[Word.threadPointer]!, words[Word.threadPointer + 1]!],
  [REGISTERS.counter]: ({ clock }) => [clock | 0, Math.floor(clock / HIGH)],
  [REGISTERS.frequency]: () => [FREQUENCY, 0],
  [REGISTERS.zeroBlock]: () => [NO_ZERO_BLOCK, 0],
  [REGISTERS.cacheType]: () => [CACHE_TYPE, 0],
};

/** FPCR holds nothing but 0 here: rounding to nearest, no traps, denormals as they are. */
const WRITE: Readonly<Record<number, (cpu: Arm64Cpu, low: number, high: number) => void>> = {
  [REGISTERS.nzcv]: (cpu, low) => {
    cpu.nzcv = low;
  },
  [REGISTERS.fpcr]: (_, low) => {
    if (low !== 0) throw new ProcessorSignal('unsupported');
  },
  [REGISTERS.fpsr]: (cpu, low) => {
    cpu.fpsr = low;
  },
  [REGISTERS.threadPointer]: ({ words }, low, high) => {
    words[Word.threadPointer] = low;
    words[Word.threadPointer + 1] = high;
  },
};

const system: Prepare = (op, word, operation) => {
  const code = bits(word, 5, 15);
  const read = operation === 'mrs' ? READ[code] : undefined;
  if (read)
    return (cpu, { d }) => {
      const [low, high] = read(cpu);
      cpu.words[d] = low;
      cpu.words[d + 1] = high;
    };
  const write = operation === 'msr' ? WRITE[code] : undefined;
  if (!write) return unsupported;
  if (op.vd === 31) op.d = Word.zero;
  return (cpu, { d }) => write(cpu, cpu.words[d]!, cpu.words[d + 1]!);
};

export const CONTROL: Readonly<Record<string, Prepare>> = {
  branch,
  branchRegister,
  exception,
  hint,
  barrier,
  pstate: flags,
  system,
  reserved: () => undefinedInstruction,
};
