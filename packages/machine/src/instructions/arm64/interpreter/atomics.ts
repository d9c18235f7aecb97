// Arm ARM C6.2: exclusive, ordered and atomic accesses, plain on one thread.

import { ProcessorSignal } from '../../interpreter/processor-exit.ts';
import { bit, bits, signedBits } from '../fields/bit-field.ts';
import { type Arm64Cpu, Word } from './arm64-cpu.ts';
import { type Execute, type Prepare, source, stackOr, target, unsupported } from './arm64-operation.ts';
import { doubleUnit, type MemoryUnit, unitOfSize, unitRegister, wordUnit } from './memory-units.ts';

/** Atomic, exclusive and ordered accesses are aligned (B2.5.2); without FEAT_LSE2 it does not help that they stay in 16 bytes. */
function aligned(cpu: Arm64Cpu, base: number, bytes: number, access: 'read' | 'write'): number {
  const at = cpu.locate(base, 0, access);
  if (at % bytes !== 0) throw new ProcessorSignal('alignment');
  return at;
}

const loadExclusive =
  ({ bytes, load }: MemoryUnit, count: number): Execute =>
  (cpu, { n, d, a }) => {
    const at = aligned(cpu, n, bytes * count, 'read');
    if (count === 2) cpu.readable(at, bytes * 2);
    load(cpu, at, d);
    if (count === 2) load(cpu, at + bytes, a);
    cpu.exclusive = at;
  };

/** The status is 0 where the monitor still holds the address. */
const storeExclusive =
  ({ bytes, store }: MemoryUnit, count: number): Execute =>
  (cpu, { n, m, d, a }) => {
    const { words } = cpu;
    const at = aligned(cpu, n, bytes * count, 'write');
    const isHeld = cpu.exclusive === at;
    if (isHeld) {
      cpu.writable(at, bytes * count);
      store(cpu, at, d);
      if (count === 2) store(cpu, at + bytes, a);
    }
    cpu.exclusive = -1;
    words[m] = isHeld ? 0 : 1;
    words[m + 1] = 0;
  };

const exclusive: Prepare = (op, word, operation) => {
  const isLoad = operation.startsWith('ld');
  const count = operation.endsWith('p') ? 2 : 1;
  const unit = unitOfSize(word);
  op.n = stackOr(op.vn);
  op.m = target(op.vm);
  op.d = unitRegister(unit, op.vd, isLoad, op.d);
  op.a = unitRegister(unit, op.va, isLoad, target(op.va));
  return isLoad ? loadExclusive(unit, count) : storeExclusive(unit, count);
};

/** LDAR, STLR, LDAPUR and the like. */
const ordered: Prepare = (op, word, operation) => {
  const isLoad = operation.startsWith('ld');
  const isUnscaled = bits(word, 24, 6) === 0x19;
  const unit = unitOfSize(word);
  op.n = stackOr(op.vn);
  op.d = unitRegister(unit, op.vd, isLoad, op.d);
  if (!isUnscaled) {
    const move = isLoad ? unit.load : unit.store;
    return (cpu, { n, d }) => move(cpu, aligned(cpu, n, unit.bytes, isLoad ? 'read' : 'write'), d);
  }
  op.low = signedBits(word, 12, 9);
  const move = isLoad ? extendedLoad(unit, bits(word, 22, 2)) : unit.store;
  return (cpu, { n, d, low }) => move(cpu, cpu.locate(n, low, isLoad ? 'read' : 'write'), d);
};

/** LDAPURSB and its kin: with a sign to 64 bits (opc 2) or 32. */
function extendedLoad({ bytes, load }: MemoryUnit, operation: number): MemoryUnit['load'] {
  if (operation < 2) return load;
  const shift = 32 - bytes * 8;
  return (cpu, at, register) => {
    load(cpu, at, register);
    const value = (cpu.words[register]! << shift) >> shift;
    cpu.words[register] = value;
    cpu.words[register + 1] = operation === 2 ? value >> 31 : 0;
  };
}

type Change = (old: bigint, value: bigint, width: number) => bigint;
const signed = (value: bigint, width: number): bigint => BigInt.asIntN(width, value);

/** By the names that the instructions have without `ld` and what orders them. */
const CHANGES: Readonly<Record<string, Change>> = {
  add: (old, value) => old + value,
  clr: (old, value) => old & ~value,
  eor: (old, value) => old ^ value,
  set: (old, value) => old | value,
  smax: (old, value, width) => (signed(old, width) > signed(value, width) ? old : value),
  smin: (old, value, width) => (signed(old, width) < signed(value, width) ? old : value),
  umax: (old, value, width) => CHANGES.smax(old, value, width + 1),
  umin: (old, value, width) => CHANGES.smin(old, value, width + 1),
};

function read(cpu: Arm64Cpu, at: number, bytes: number): bigint {
  if (bytes === 8) {
    const low = cpu.load64(at);
    return (BigInt(cpu.high >>> 0) << 32n) | BigInt(low >>> 0);
  }
  return BigInt(bytes === 4 ? cpu.load32(at) >>> 0 : bytes === 2 ? cpu.load16(at) : cpu.load8(at));
}

function write(cpu: Arm64Cpu, at: number, bytes: number, value: bigint): void {
  const low = Number(BigInt.asIntN(32, value));
  if (bytes === 8) cpu.store64(at, low, Number(BigInt.asIntN(32, value >> 32n)));
  else if (bytes === 4) cpu.store32(at, low);
  else if (bytes === 2) cpu.store16(at, low);
  else cpu.store8(at, low);
}

const valueIn = ({ words }: Arm64Cpu, register: number, bytes: number): bigint =>
  BigInt.asUintN(bytes * 8, (BigInt(words[register + 1]! >>> 0) << 32n) | BigInt(words[register]! >>> 0));

function setValue({ words }: Arm64Cpu, register: number, value: bigint): void {
  words[register] = Number(BigInt.asIntN(32, value));
  words[register + 1] = Number(value >> 32n);
}

/** LDADD and its kin, SWP, LDAPR. */
const atomic: Prepare = (op, word, operation) => {
  const { bytes } = unitOfSize(word);
  op.n = stackOr(op.vn);
  op.m = source(op.vm);
  const name = /^(swp|ldapr|ld(add|clr|eor|set|[su]max|[su]min))/.exec(operation);
  if (!name) return unsupported;
  if (name[1] === 'ldapr') return (cpu, { n, d }) => setValue(cpu, d, read(cpu, aligned(cpu, n, bytes, 'read'), bytes));
  const change = CHANGES[name[2] ?? ''] ?? ((_, value) => value);
  return (cpu, { n, m, d }) => {
    const at = aligned(cpu, n, bytes, 'write');
    cpu.writable(at, bytes);
    const old = read(cpu, at, bytes);
    write(cpu, at, bytes, BigInt.asUintN(bytes * 8, change(old, valueIn(cpu, m, bytes), bytes * 8)));
    setValue(cpu, d, old);
  };
};

/** CAS of one register; CASP of two. */
const compareAndSwap: Prepare = (op, word, operation) => {
  op.n = stackOr(op.vn);
  if (operation.startsWith('casp')) return comparePair(bit(word, 30) === 1 ? doubleUnit : wordUnit);
  const { bytes } = unitOfSize(word);
  const written = target(op.vm);
  op.m = source(op.vm);
  op.d = source(op.vd);
  return (cpu, { n, m, d }) => {
    const at = aligned(cpu, n, bytes, 'write');
    cpu.writable(at, bytes);
    const old = read(cpu, at, bytes);
    if (old === valueIn(cpu, m, bytes)) write(cpu, at, bytes, valueIn(cpu, d, bytes));
    setValue(cpu, written, old);
  };
};

const comparePair =
  ({ bytes }: MemoryUnit): Execute =>
  (cpu, { n, vm, vd }) => {
    const at = aligned(cpu, n, bytes * 2, 'write');
    cpu.writable(at, bytes * 2);
    const old = [read(cpu, at, bytes), read(cpu, at + bytes, bytes)] as const;
    const isSame = old.every((value, index) => value === valueIn(cpu, source(vm + index), bytes));
    if (isSame) for (const index of [0, 1]) write(cpu, at + bytes * index, bytes, valueIn(cpu, source(vd + index), bytes));
    for (const [index, value] of old.entries()) setValue(cpu, vm + index === 31 ? Word.discard : target(vm + index), value);
  };

export const ATOMICS: Readonly<Record<string, Prepare>> = { exclusive, ordered, atomic, compareAndSwap };
