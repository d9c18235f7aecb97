// Arm ARM C4.1.90: loads and stores of one register and of pairs, in every way to address.

import { bit, bits, signedBits } from '../fields/bit-field.ts';
import type { Arm64Cpu } from './arm64-cpu.ts';
import { type Arm64Operation, type Execute, type Prepare, stackOr, target, unsupported } from './arm64-operation.ts';
import {
  doubleUnit,
  type MemoryUnit,
  type Move,
  memoryUnit,
  quadUnit,
  signedWordUnit,
  singleUnit,
  unitRegister,
  vectorDoubleUnit,
  wordUnit,
} from './memory-units.ts';
import { extend64, optionOf } from './shifted-register.ts';

/** How an access finds its address; the base may be moved. */
type Addressing = 'offset' | 'postIndex' | 'preIndex';

const isLoadOf = (operation: string): boolean => operation.startsWith('ld');

/** The registers of a general load or store: `d` is what `move` takes. */
function setRegisters(op: Arm64Operation, unit: MemoryUnit, isLoad: boolean): void {
  op.n = stackOr(op.vn);
  op.d = unitRegister(unit, op.vd, isLoad, op.d);
}

/** An access at base + distance. */
function atDistance(move: Move, isLoad: boolean, addressing: Addressing): Execute {
  if (addressing === 'offset')
    return isLoad
      ? (cpu, { n, d, low }) => move(cpu, cpu.locate(n, low, 'read'), d)
      : (cpu, { n, d, low }) => move(cpu, cpu.locate(n, low, 'write'), d);
  const access = isLoad ? 'read' : 'write';
  const before = addressing === 'preIndex' ? 1 : 0;
  return (cpu, { n, d, low }) => {
    move(cpu, cpu.locate(n, low * before, access), d);
    cpu.move(n, low);
  };
}

const single =
  (addressing: Addressing, distance: (word: number, bytes: number) => number): Prepare =>
  (op, word, operation) => {
    const unit = memoryUnit(word);
    // Prefetching does nothing.
    if (!unit) return () => undefined;
    const isLoad = isLoadOf(operation);
    setRegisters(op, unit, isLoad);
    op.low = distance(word, unit.bytes);
    return atDistance(isLoad ? unit.load : unit.store, isLoad, addressing);
  };

const unscaledDistance = (word: number): number => signedBits(word, 12, 9);

/** `[Xn, Wm, UXTW #2]`: the index is extended and shifted. */
const registerOffset: Prepare = (op, word, operation) => {
  const unit = memoryUnit(word);
  if (!unit) return () => undefined;
  const isLoad = isLoadOf(operation);
  setRegisters(op, unit, isLoad);
  op.low = optionOf(word);
  op.shift = bit(word, 12) ? 31 - Math.clz32(unit.bytes) : 0;
  const move = isLoad ? unit.load : unit.store;
  const access = isLoad ? 'read' : 'write';
  return (cpu, { n, m, d, low, shift }) => {
    const index = extend64(cpu, m, low, shift);
    move(cpu, cpu.locateWide(n, index, cpu.high, access), d);
  };
};

/** LDR (literal): `low` and `high` are the address of the instruction before. */
const literal: Prepare = (op, word, operation) => {
  if (operation === 'prfm') return () => undefined;
  const isVector = bit(word, 26) === 1;
  const size = bits(word, 30, 2);
  const unit = (isVector ? [singleUnit, vectorDoubleUnit, quadUnit] : [wordUnit, doubleUnit, signedWordUnit])[size];
  if (!unit) return unsupported;
  const address = (op.low >>> 0) + op.high * 2 ** 32 + signedBits(word, 5, 19) * 4;
  op.low = address | 0;
  op.high = Math.floor(address / 2 ** 32);
  op.d = isVector ? op.vd : op.d;
  return (cpu, { low, high, d }) => unit.load(cpu, cpu.locateAddress(low, high, 'read'), d);
};

const PAIR_UNITS: readonly (MemoryUnit | undefined)[] = [wordUnit, signedWordUnit, doubleUnit, undefined];
const VECTOR_PAIR_UNITS: readonly (MemoryUnit | undefined)[] = [singleUnit, vectorDoubleUnit, quadUnit, undefined];

/** Both registers or neither: all bytes are looked at first. */
function movePair(cpu: Arm64Cpu, { bytes, load, store }: MemoryUnit, at: number, op: Arm64Operation, isLoad: boolean): void {
  if (isLoad) {
    cpu.readable(at, bytes * 2);
    load(cpu, at, op.d);
    load(cpu, at + bytes, op.a);
  } else {
    cpu.writable(at, bytes * 2);
    store(cpu, at, op.d);
    store(cpu, at + bytes, op.a);
  }
}

const pair: Prepare = (op, word, operation) => {
  const unit = (bit(word, 26) ? VECTOR_PAIR_UNITS : PAIR_UNITS)[bits(word, 30, 2)];
  if (!unit || operation === 'stgp') return unsupported;
  const isLoad = isLoadOf(operation);
  setRegisters(op, unit, isLoad);
  op.a = unitRegister(unit, op.va, isLoad, target(op.va));
  op.low = signedBits(word, 15, 7) * unit.bytes;
  const access = isLoad ? 'read' : 'write';
  const mode = bits(word, 23, 2);
  if (mode === 0 || mode === 2) return (cpu, each) => movePair(cpu, unit, cpu.locate(each.n, each.low, access), each, isLoad);
  const before = mode === 3 ? 1 : 0;
  return (cpu, each) => {
    movePair(cpu, unit, cpu.locate(each.n, each.low * before, access), each, isLoad);
    cpu.move(each.n, each.low);
  };
};

export const LOADS_STORES: Readonly<Record<string, Prepare>> = {
  unscaled: single('offset', unscaledDistance),
  unprivileged: single('offset', unscaledDistance),
  postIndexed: single('postIndex', unscaledDistance),
  preIndexed: single('preIndex', unscaledDistance),
  unsignedOffset: single('offset', (word, bytes) => bits(word, 10, 12) * bytes),
  registerOffset,
  literal,
  pair,
};
