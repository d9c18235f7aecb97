// SDM volume 1, 7.3.7: bits and bytes; BSF, BSR, POPCNT, CRC32; flags of their own; decimal adjustment (7.3.2.4).

import { ProcessorSignal } from '../../interpreter/processor-exit.ts';
import type { Execute, MicroOp } from './micro-op.ts';
import { Reach } from './micro-op.ts';
import { get, get64, getUnsigned, set, set64 } from './operand-access.ts';
import type { X86Cpu } from './x86-cpu.ts';
import { Word } from './x86-state.ts';

type BitChange = 'keep' | 'set' | 'reset' | 'complement';

function changed(value: number, mask: number, change: BitChange): number {
  if (change === 'set') return value | mask;
  if (change === 'reset') return value & ~mask;
  return change === 'complement' ? value ^ mask : value;
}

/** A bit string in memory may begin anywhere: the register says how far from the operand the bit lies. */
function bitInMemory(cpu: X86Cpu, op: MicroOp, change: BitChange): void {
  const at = cpu.locate(op.first);
  const size = op.first.size;
  let distance = 0;
  let index: number;
  if (op.second.reach === Reach.immediate) index = op.second.value & (size - 1);
  else if (size === 64) {
    const low = get64(cpu, op.second);
    index = low & 63;
    distance = (cpu.high * 2 ** 26 + (low >>> 6)) * 8;
  } else {
    const value = size === 16 ? (get(cpu, op.second) << 16) >> 16 : get(cpu, op.second);
    index = value & (size - 1);
    distance = Math.floor(value / size) * (size / 8);
  }
  // The addresses of 32-bit code go round.
  const place = cpu.is64Bit ? at + distance : (at + distance) >>> 0;
  if (place < 0 || place >= 2 ** 32) {
    const address = cpu.space.windowBase + place;
    cpu.addressHigh = Math.floor(address / 2 ** 32) | 0;
    cpu.fault(address >>> 0, 'read');
  }
  const word = (place + (index >> 5) * 4) >>> 0;
  const mask = 1 << (index & 31);
  if (change === 'keep') cpu.readable(place >>> 0, size / 8);
  else cpu.writable(place >>> 0, size / 8);
  const value = size === 16 ? cpu.load16(word) : cpu.load32(word);
  if (change !== 'keep') {
    if (size === 16) cpu.store16(word, changed(value, mask, change));
    else cpu.store32(word, changed(value, mask, change));
  }
  cpu.words[Word.carry] = value & mask ? 1 : 0;
}

const bitTest =
  (change: BitChange): Execute =>
  (cpu, op) => {
    const { words } = cpu;
    if (op.first.reach === Reach.memory) {
      bitInMemory(cpu, op, change);
      return;
    }
    if (op.size === 64) {
      const index = (op.second.reach === Reach.immediate ? op.second.value : get64(cpu, op.second)) & 63;
      const word = op.first.register + (index >> 5);
      const mask = 1 << (index & 31);
      const value = words[word]!;
      words[word] = changed(value, mask, change);
      words[Word.carry] = value & mask ? 1 : 0;
      return;
    }
    const mask = 1 << (get(cpu, op.second) & (op.size - 1));
    const value = get(cpu, op.first);
    if (change !== 'keep') set(cpu, op.first, changed(value, mask, change));
    words[Word.carry] = value & mask ? 1 : 0;
  };

const trailing = (value: number): number => 31 - Math.clz32(value & -value);

/** BSF and BSR: of zero, ZF alone is defined; the destination stays, as processors do. */
const scan =
  (isReverse: boolean): Execute =>
  (cpu, op) => {
    if (op.size === 64) {
      const low = get64(cpu, op.second);
      const { high } = cpu;
      cpu.words[Word.zero] = low | high;
      if ((low | high) === 0) return;
      const index = isReverse
        ? high !== 0
          ? 63 - Math.clz32(high)
          : 31 - Math.clz32(low)
        : low !== 0
          ? trailing(low)
          : 32 + trailing(high);
      set64(cpu, op.first, index, 0);
      return;
    }
    const value = getUnsigned(cpu, op.second);
    cpu.words[Word.zero] = value;
    if (value !== 0) set(cpu, op.first, isReverse ? 31 - Math.clz32(value) : trailing(value));
  };

/** TZCNT and LZCNT count the size for zero, and set CF then. */
const countZeroes =
  (isLeading: boolean): Execute =>
  (cpu, op) => {
    let zeroes: number;
    if (op.size === 64) {
      const low = get64(cpu, op.second);
      const { high } = cpu;
      if (isLeading) zeroes = high !== 0 ? Math.clz32(high) : 32 + Math.clz32(low);
      else zeroes = low !== 0 ? trailing(low) : high !== 0 ? 32 + trailing(high) : 64;
      set64(cpu, op.first, zeroes, 0);
    } else {
      const value = getUnsigned(cpu, op.second);
      zeroes = value === 0 ? op.size : isLeading ? Math.clz32(value) - op.shift : trailing(value);
      set(cpu, op.first, zeroes);
    }
    cpu.words[Word.carry] = zeroes === op.size ? 1 : 0;
    cpu.words[Word.zero] = zeroes;
  };

function ones(value: number): number {
  let x = value - ((value >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

const popcnt: Execute = (cpu, op) => {
  let count: number;
  if (op.size === 64) {
    count = ones(get64(cpu, op.second));
    count += ones(cpu.high);
    set64(cpu, op.first, count, 0);
  } else {
    count = ones(getUnsigned(cpu, op.second));
    set(cpu, op.first, count);
  }
  const { words } = cpu;
  words[Word.carry] = words[Word.overflow] = words[Word.sign] = words[Word.adjust] = 0;
  words[Word.zero] = count;
  words[Word.parity] = 1;
};

/** The polynomial 11EDC6F41 with its bits turned (SDM volume 2, CRC32). */
const CRC_POLYNOMIAL = 0x82f63b78;

function crcByte(crc: number, byte: number): number {
  let value = crc ^ byte;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? CRC_POLYNOMIAL : 0);
  return value;
}

const crc32: Execute = (cpu, op) => {
  const { size } = op.second;
  const low = size === 64 ? get64(cpu, op.second) : get(cpu, op.second);
  const { high } = cpu;
  let crc = cpu.words[op.first.register]!;
  for (let byte = 0; byte < size / 8; byte++) crc = crcByte(crc, ((byte < 4 ? low : high) >>> ((byte & 3) * 8)) & 0xff);
  if (op.first.size === 64) set64(cpu, op.first, crc, 0);
  else set(cpu, op.first, crc);
};

const carryFlag =
  (change: (carry: number) => number): Execute =>
  ({ words }) => {
    words[Word.carry] = change(words[Word.carry]!);
  };

function setAl(cpu: X86Cpu, value: number): void {
  const { words } = cpu;
  words[Word.rax] = (words[Word.rax]! & 0xffffff00) | (value & 0xff);
  words[Word.zero] = words[Word.sign] = value << 24;
  words[Word.parity] = value;
}

/** DAA and DAS. */
const decimalAdjust =
  (sign: 1 | -1): Execute =>
  (cpu) => {
    const { words } = cpu;
    const before = words[Word.rax]! & 0xff;
    const wasCarry = words[Word.carry]!;
    let value = before;
    let carry = 0;
    if ((before & 0xf) > 9 || words[Word.adjust]! & 0x10) {
      value += 6 * sign;
      carry = wasCarry | (value > 0xff || value < 0 ? 1 : 0);
      words[Word.adjust] = 0x10;
    } else words[Word.adjust] = 0;
    if (before > 0x99 || wasCarry) {
      value += 0x60 * sign;
      carry = 1;
    } else if (sign === 1) carry = 0;
    setAl(cpu, value);
    words[Word.carry] = carry;
  };

/** AAA and AAS. */
const asciiAdjust =
  (sign: 1 | -1): Execute =>
  ({ words }) => {
    const ax = words[Word.rax]! & 0xffff;
    const adjusts = (ax & 0xf) > 9 || (words[Word.adjust]! & 0x10) !== 0;
    const value = adjusts ? ax + sign * 0x106 : ax;
    words[Word.rax] = (words[Word.rax]! & 0xffff0000) | (value & 0xff0f);
    words[Word.adjust] = adjusts ? 0x10 : 0;
    words[Word.carry] = adjusts ? 1 : 0;
  };

const aam: Execute = (cpu, op) => {
  const base = op.first.value & 0xff;
  if (base === 0) throw new ProcessorSignal('divide-error');
  const al = cpu.words[Word.rax]! & 0xff;
  cpu.words[Word.rax] = (cpu.words[Word.rax]! & 0xffff00ff) | (Math.floor(al / base) << 8);
  setAl(cpu, al % base);
};

const aad: Execute = (cpu, op) => {
  const ax = cpu.words[Word.rax]!;
  cpu.words[Word.rax] = ax & 0xffff00ff;
  setAl(cpu, (ax & 0xff) + ((ax >> 8) & 0xff) * (op.first.value & 0xff));
};

const salc: Execute = ({ words }) => {
  words[Word.rax] = (words[Word.rax]! & 0xffffff00) | (words[Word.carry] ? 0xff : 0);
};

/** ADCX and ADOX, which CPUID does not report, are left out; so are BMI1 and BMI2. */
export const BITS: Readonly<Record<string, Execute>> = {
  bt: bitTest('keep'),
  bts: bitTest('set'),
  btr: bitTest('reset'),
  btc: bitTest('complement'),
  bsf: scan(false),
  bsr: scan(true),
  tzcnt: countZeroes(false),
  lzcnt: countZeroes(true),
  popcnt,
  crc32,
  clc: carryFlag(() => 0),
  stc: carryFlag(() => 1),
  cmc: carryFlag((carry) => carry ^ 1),
  daa: decimalAdjust(1),
  das: decimalAdjust(-1),
  aaa: asciiAdjust(1),
  aas: asciiAdjust(-1),
  aam,
  aad,
  salc,
};
