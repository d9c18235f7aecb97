// Arm ARM C7.2: DUP, INS, UMOV, TBL, ZIP, EXT, MOVI and what else moves lanes without computing.

import { bit, bits } from '../fields/bit-field.ts';
import { byteMask, expandFloat } from '../fields/logical-immediate.ts';
import { type Arm64Cpu, SCRATCH_VECTOR } from './arm64-cpu.ts';
import { bigRegister, type Execute, type Prepare, setBigRegister, unsupported } from './arm64-operation.ts';
import { put, putScratch, readLane, SCRATCH_BYTE, setLanes, sizeOf, writeLane } from './vector-lanes.ts';

/** imm5 of a copy: the lowest bit that is set is the size, those above it the lane. */
function copyField(word: number): readonly [size: number, lane: number] {
  const field = bits(word, 16, 5);
  const size = 31 - Math.clz32(field & -field);
  return [size, field >> (size + 1)];
}

/** The same value in all lanes. */
function fill(cpu: Arm64Cpu, size: number, lanes: number, value: bigint): void {
  for (let lane = 0; lane < lanes; lane++) writeLane(cpu, SCRATCH_VECTOR, lane, size, value);
}

const copy: Prepare = (op, word, operation) => {
  const [size, lane] = copyField(word);
  setLanes(op, word, size);
  switch (operation) {
    case 'dup':
      return (cpu, each) => {
        fill(cpu, size, each.lanes, readLane(cpu, each.vn, lane, size, false));
        put(cpu, each);
      };
    case 'dupGeneral':
      return (cpu, each) => {
        fill(cpu, size, each.lanes, bigRegister(cpu, each.n));
        put(cpu, each);
      };
    case 'insGeneral':
      return (cpu, { vd, n }) => writeLane(cpu, vd, lane, size, bigRegister(cpu, n));
    case 'ins': {
      const from = bits(word, 11, 4) >> size;
      return (cpu, { vd, vn }) => writeLane(cpu, vd, lane, size, readLane(cpu, vn, from, size, false));
    }
    case 'smov': {
      const width = bit(word, 30) ? 64 : 32;
      return (cpu, { d, vn }) => setBigRegister(cpu, d, BigInt.asUintN(width, readLane(cpu, vn, lane, size, true)));
    }
    default:
      return (cpu, { d, vn }) => setBigRegister(cpu, d, readLane(cpu, vn, lane, size, false));
  }
};

/** TBL and TBX: bytes of up to four registers, by bytes of Vm; what is beyond them is 0 or stays. */
const table: Prepare = (op, word, operation) => {
  const length = (bits(word, 13, 2) + 1) * 16;
  const keeps = operation === 'tbx';
  setLanes(op, word, 0);
  return (cpu, each) => {
    const { vectorBytes } = cpu;
    for (let lane = 0; lane < each.lanes; lane++) {
      const index = vectorBytes[each.vm * 16 + lane]!;
      const from = (each.vn * 16 + index) % 512;
      vectorBytes[SCRATCH_BYTE + lane] = index < length ? vectorBytes[from]! : keeps ? vectorBytes[each.vd * 16 + lane]! : 0;
    }
    put(cpu, each);
  };
};

/** The source of each lane of the result, among those of Vn and, behind them, Vm. */
const PERMUTATIONS: Readonly<Record<string, (lane: number, lanes: number) => number>> = {
  uzp1: (lane) => lane * 2,
  uzp2: (lane) => lane * 2 + 1,
  trn1: (lane, lanes) => (lane & 1 ? lanes + lane - 1 : lane),
  trn2: (lane, lanes) => (lane & 1 ? lanes + lane : lane + 1),
  zip1: (lane, lanes) => (lane >> 1) + (lane & 1 ? lanes : 0),
  zip2: (lane, lanes) => (lane >> 1) + lanes / 2 + (lane & 1 ? lanes : 0),
};

const permute: Prepare = (op, word, operation) => {
  const source = PERMUTATIONS[operation]!;
  setLanes(op, word, sizeOf(word));
  return (cpu, each) => {
    const { vn, vm, size, lanes } = each;
    for (let lane = 0; lane < lanes; lane++) {
      const from = source(lane, lanes);
      writeLane(cpu, SCRATCH_VECTOR, lane, size, readLane(cpu, from < lanes ? vn : vm, from % lanes, size, false));
    }
    put(cpu, each);
  };
};

const extractBytes: Prepare = (op, word) => {
  const first = bits(word, 11, 4);
  setLanes(op, word, 0);
  return (cpu, each) => {
    const { vectorBytes } = cpu;
    for (let lane = 0; lane < each.lanes; lane++) {
      const from = lane + first;
      vectorBytes[SCRATCH_BYTE + lane] = vectorBytes[from < each.lanes ? each.vn * 16 + from : each.vm * 16 + from - each.lanes]!;
    }
    put(cpu, each);
  };
};

const view = new DataView(new ArrayBuffer(8));

/** AdvSIMDExpandImm: the 64 bits of cmode, op and the eight bits of the immediate, in halves. */
function expandImmediate(word: number): readonly [low: number, high: number] {
  const value = (bits(word, 16, 3) << 5) | bits(word, 5, 5);
  const mode = bits(word, 12, 4);
  const isInverse = bit(word, 29) === 1;
  const twice = (low: number): readonly [number, number] => [low, low];
  if (mode < 8) return twice(value << ((mode >> 1) * 8));
  if (mode < 12) return twice((value << (mode & 2 ? 8 : 0)) * 0x10001);
  if (mode < 14) return twice(mode & 1 ? (value << 16) | 0xffff : (value << 8) | 0xff);
  if (mode === 14) {
    const { low, high } = byteMask(value);
    return isInverse ? [low | 0, high | 0] : twice(Math.imul(value, 0x01010101));
  }
  if (!isInverse) view.setFloat32(0, expandFloat(value));
  else view.setFloat64(0, expandFloat(value));
  return isInverse ? [view.getInt32(4), view.getInt32(0)] : twice(view.getInt32(0));
}

type Merge = (old: number, value: number) => number;
const MERGES: Readonly<Record<string, Merge>> = {
  movi: (_, value) => value,
  fmov: (_, value) => value,
  mvni: (_, value) => ~value,
  orri: (old, value) => old | value,
  bici: (old, value) => old & ~value,
};

const immediate: Prepare = (op, word, operation) => {
  // FMOV of halves.
  if (operation === 'fmov' && bit(word, 11) === 1) return unsupported;
  const [low, high] = expandImmediate(word);
  const merge = MERGES[operation]!;
  setLanes(op, word, 0);
  return ({ vectorWords }, { vd, isHalf }) => {
    for (let at = 0; at < 4; at++) vectorWords[vd * 4 + at] = isHalf && at > 1 ? 0 : merge(vectorWords[vd * 4 + at]!, at & 1 ? high : low);
  };
};

/** ADDP of two doublewords. */
const scalarAddPair: Execute = (cpu, { vd, vn }) => {
  cpu.unsigned64[SCRATCH_VECTOR * 2] = cpu.unsigned64[vn * 2]! + cpu.unsigned64[vn * 2 + 1]!;
  putScratch(cpu, vd, 8);
};

export const VECTOR_MOVES: Readonly<Record<string, Prepare>> = {
  vectorCopy: copy,
  scalarCopy: copy,
  vectorTable: table,
  vectorPermute: permute,
  vectorExtract: extractBytes,
  vectorImmediate: immediate,
};
export { scalarAddPair };
