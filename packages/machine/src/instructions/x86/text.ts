// The text of an instruction in the syntax of the Intel manual (SDM volume 2, 3.1.1.3), numbers as 0x1f.

import { hex, hexDigits } from '@ijw/binary';
import { conditionName } from './condition-name.ts';
import { type DecodedInstruction, NO_REGISTER, Segment } from './decoded-instruction.ts';
import { Attribute } from './encoding-attributes.ts';
import { operandsOf, operationOf, x86Encodings } from './encodings.ts';
import { memoryAddress, relativeTarget } from './flow.ts';
import { type OperandKind, type OperandSize, Place } from './operand-kind.ts';

// Register names: Intel SDM volume 1, 3.4; volume 2, table 3-1.
const GENERAL = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'] as const;
const upper = (from: number, suffix: string): string[] => Array.from({ length: 8 }, (_, index) => `r${from + index}${suffix}`);

/** Names of the general registers by size, from number 0. */
const GENERAL_NAMES: Readonly<Record<number, readonly string[]>> = {
  8: ['al', 'cl', 'dl', 'bl', 'spl', 'bpl', 'sil', 'dil', ...upper(8, 'b')],
  16: [...GENERAL, ...upper(8, 'w')],
  32: [...GENERAL.map((name) => `e${name}`), ...upper(8, 'd')],
  64: [...GENERAL.map((name) => `r${name}`), ...upper(8, '')],
};
/** Without REX, numbers 4 to 7 of 8 bits are the second bytes of the first four registers. */
const HIGH_BYTES = ['ah', 'ch', 'dh', 'bh'] as const;
const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'] as const;

/** `number` as the manual counts registers; `size` in bits. */
export const generalRegisterName = (number: number, size: number, hasRex: boolean): string =>
  (size === 8 && !hasRex ? HIGH_BYTES[number - 4] : undefined) ?? GENERAL_NAMES[size]?.[number] ?? '';

/** Undefined for the two numbers of ModRM.reg that are not a segment register. */
const segmentRegisterName = (number: number): string | undefined => SEGMENTS[number];

const MEMORY_NAMES: Readonly<Record<number, string>> = {
  8: 'byte',
  16: 'word',
  32: 'dword',
  48: 'fword',
  64: 'qword',
  80: 'tbyte',
  128: 'xmmword',
  256: 'ymmword',
  512: 'zmmword',
  // The x87 environment and state of 16-bit code (SDM volume 1, figures 8-12 and 8-13).
  112: 'fpuenv14',
  752: 'fpustate94',
};

const number32 = (value: number): string => (value >>> 0 < 10 ? String(value >>> 0) : hex(value >>> 0));

/** A number of 64 bits from its halves. */
function number64(low: number, high: number): string {
  return high === 0 ? number32(low) : `${hex(high >>> 0)}${hexDigits(low >>> 0, 8)}`;
}

const numberBig = (value: bigint): string => (value < 10n ? String(value) : hex(value));

/** The size in bits of an operand whose size the instruction decides. */
export function resolveSize(size: OperandSize, { operandSize, addressSize, vectorSize, w, is64Bit }: DecodedInstruction): number {
  switch (size) {
    case 'v':
      return operandSize;
    case 'z':
      return operandSize === 16 ? 16 : 32;
    case 'y':
      return w && is64Bit ? 64 : 32;
    case 'a':
      return addressSize;
    case 'vec':
      return vectorSize;
    case '2v':
      return operandSize * 2;
    case '2y':
      return w && is64Bit ? 128 : 64;
    case '16:v':
      return operandSize + 16;
    default:
      return size;
  }
}

/** Which of several names: by operand size, address size or W. */
function nameIndex({ operandSize, addressSize, w, row, is64Bit }: DecodedInstruction, count: number): number {
  const attributes = x86Encodings().attributes[row]!;
  if (attributes & Attribute.W) return is64Bit ? w : 0;
  const size = attributes & Attribute.address ? addressSize : operandSize;
  return Math.min(size === 16 ? 0 : size === 32 ? 1 : 2, count - 1);
}

function registerText(kind: OperandKind, number: number, instruction: DecodedInstruction): string {
  switch (kind.file) {
    case 'general':
      return generalRegisterName(number, resolveSize(kind.size, instruction), instruction.hasRex);
    case 'segment':
      return segmentRegisterName(number) ?? '';
    case 'control':
      return `cr${number}`;
    case 'debug':
      return `dr${number}`;
    case 'mmx':
      return `mm${number & 7}`;
    case 'mask':
      return `k${number & 7}`;
    case 'st':
      return kind.place === Place.fixed ? 'st' : `st(${number & 7})`;
    case 'vector':
      return `${instruction.vectorSize === 256 ? 'ymm' : 'xmm'}${number}`;
    default:
      return `${kind.file}${number}`;
  }
}

/** `+8`, `-0x10`: the displacement behind registers. */
function signedDisplacement({ displacement, addressSize }: DecodedInstruction): string {
  if (displacement === 0) return '';
  const value = addressSize === 16 ? (displacement << 16) >> 16 : displacement;
  return value < 0 ? `-${number32(-value)}` : `+${number32(value)}`;
}

function memoryText(kind: OperandKind, instruction: DecodedInstruction, ip: bigint): string {
  const { base, index, scale, addressSize, segment, row } = instruction;
  const size = x86Encodings().attributes[row]! & Attribute.ptr ? MEMORY_NAMES[resolveSize(kind.memory, instruction)] : undefined;
  const parts: string[] = [];
  if (base >= 0) parts.push(generalRegisterName(base, addressSize, true));
  if (index !== NO_REGISTER) {
    const name = kind.vectorIndex ? `${kind.vectorIndex}${index}` : generalRegisterName(index, addressSize, true);
    // Without a base, the 1 tells an index from one.
    parts.push(scale === 1 && base >= 0 ? name : `${name}*${scale}`);
  }
  const inside = parts.length === 0 ? numberBig(memoryAddress(instruction, ip) ?? 0n) : parts.join('+') + signedDisplacement(instruction);
  return `${size === undefined ? '' : `${size} ptr `}${segmentText(instruction, segment)}[${inside}]`;
}

/** A prefix that names the segment which counts anyway is not written. */
function segmentText({ segment, base, isMemory, row }: DecodedInstruction, named: number): string {
  if (operationOf(row) === 'lea') return '';
  const isStack = isMemory && (base === 4 || base === 5);
  return segment === Segment.none || segment === (isStack ? Segment.ss : Segment.ds) ? '' : `${segmentRegisterName(named)}:`;
}

function immediateText(kind: OperandKind, instruction: DecodedInstruction): string {
  const { immediate, immediateHigh } = instruction;
  const size = kind.size === 'z' ? instruction.operandSize : resolveSize(kind.size, instruction);
  if (size === 64) return number64(immediate, immediateHigh);
  return number32(size === 32 ? immediate : immediate & (size === 16 ? 0xffff : 0xff));
}

/** One operand, as `index` counts them in the row. */
function operandText(kind: OperandKind, index: number, instruction: DecodedInstruction, ip: bigint): string {
  const { addressSize } = instruction;
  switch (kind.place) {
    case Place.reg:
    case Place.regAddress:
      return registerText(kind, instruction.reg, instruction);
    case Place.rm:
      if (instruction.isMemory) return memoryText(kind, instruction, ip);
      return registerText(kind, instruction.rm, instruction);
    case Place.rmRegister:
      return registerText(kind, instruction.rm, instruction);
    case Place.rmMemory:
      return memoryText(kind, instruction, ip);
    case Place.vvvv:
      return registerText(kind, instruction.vvvv, instruction);
    case Place.opcode:
      return registerText(kind, instruction.opcodeRegister, instruction);
    case Place.is4:
    case Place.is5:
      return registerText(kind, (instruction.immediate2 >> 4) & (instruction.is64Bit ? 15 : 7), instruction);
    case Place.fixed:
      return registerText(kind, kind.number, instruction);
    case Place.one:
      return '1';
    case Place.immediate:
      return index > 0 && kind.size === 8 && operandsOf(instruction.row)[index - 1]?.place === Place.immediate
        ? number32(instruction.immediate2)
        : immediateText(kind, instruction);
    case Place.immediateSigned:
      return immediateText(kind, instruction);
    case Place.immediateLow:
      return number32(instruction.immediate2 & 15);
    case Place.relative:
      return numberBig(relativeTarget(instruction, ip));
    case Place.farPointer:
      return `${number32(instruction.operandSize === 16 ? instruction.immediate & 0xffff : instruction.immediate)}, ${number32(instruction.immediateHigh)}`;
    case Place.memoryOffset:
      return `${segmentText(instruction, instruction.segment)}[${numberBig(memoryAddress(instruction, ip) ?? 0n)}]`;
    case Place.stringSource:
      return `${segmentText(instruction, instruction.segment)}[${generalRegisterName(6, addressSize, true)}]`;
    case Place.stringDestination:
      return `${segmentText(instruction, Segment.es)}[${generalRegisterName(7, addressSize, true)}]`;
    case Place.maskDestination:
      return segmentRegisterName(instruction.segment) ?? '';
    case Place.tableEntry:
      return `${segmentText(instruction, instruction.segment)}[${generalRegisterName(3, addressSize, true)}]`;
  }
}

/** XACQUIRE and XRELEASE (SDM volume 1, 16.3.4): with LOCK, or where the instruction locks of itself. */
function elisionText({ isMemory, repeat, lock, row }: DecodedInstruction, attributes: number): string {
  if (!isMemory || repeat === 0 || !(attributes & (Attribute.xacquire | Attribute.xrelease))) return '';
  const isStore = !(attributes & Attribute.xacquire);
  if (!lock && !isStore && operationOf(row) !== 'xchg') return '';
  return repeat === 0xf2 ? (isStore ? '' : 'xacquire ') : 'xrelease ';
}

function sizeText({ operandSize, addressSize, is64Bit }: DecodedInstruction, attributes: number): string {
  const usual = is64Bit && attributes & (Attribute.d64 | Attribute.f64) ? 64 : 32;
  const data = attributes & Attribute.data && operandSize !== usual ? `data${operandSize} ` : '';
  return attributes & Attribute.addr && addressSize !== (is64Bit ? 64 : 32) ? `${data}addr${addressSize} ` : data;
}

function prefixText(instruction: DecodedInstruction): string {
  const attributes = x86Encodings().attributes[instruction.row]!;
  let text = sizeText(instruction, attributes);
  if (attributes & Attribute.hint && instruction.segmentPrefix === Segment.cs) text += 'hint-not-taken ';
  if (attributes & Attribute.hint && instruction.segmentPrefix === Segment.ds) text += 'hint-taken ';
  if (attributes & Attribute.notrack && instruction.segmentPrefix === Segment.ds) text += 'notrack ';
  if (instruction.repeat === 0xf2 && attributes & Attribute.bnd) text += 'bnd ';
  text += elisionText(instruction, attributes);
  if (instruction.lock) text += 'lock ';
  if (instruction.repeat === 0xf3 && attributes & Attribute.rep) text += attributes & Attribute.repne ? 'repe ' : 'rep ';
  if (instruction.repeat === 0xf2 && attributes & Attribute.rep && !(attributes & Attribute.bnd)) text += 'repne ';
  return text;
}

/** `rep movsb`: the mnemonic with its prefixes. */
export function mnemonicText(instruction: DecodedInstruction): string {
  const { mnemonic, mnemonicNames } = x86Encodings();
  const names = mnemonicNames[mnemonic[instruction.row]!]!;
  const name = conditionName(instruction) ?? (names.length === 1 ? names[0]! : names[nameIndex(instruction, names.length)]!);
  return prefixText(instruction) + name.replace('~', ' ');
}

/** The operands with commas. `ip` is the instruction's own address. */
export function operandsText(instruction: DecodedInstruction, ip: bigint): string {
  const kinds = operandsOf(instruction.row);
  const skipped = skippedOperands(instruction, kinds);
  const texts: string[] = [];
  for (let index = 0; index < kinds.length; index++)
    if (!(skipped & (1 << index))) texts.push(operandText(kinds[index]!, index, instruction, ip));
  return texts.join(', ');
}

/** Bits of the operands that the text leaves out. */
function skippedOperands(instruction: DecodedInstruction, kinds: readonly OperandKind[]): number {
  const { row, isMemory, rm, reg } = instruction;
  if (conditionName(instruction) !== undefined) return 1 << (kinds.length - 1);
  if (x86Encodings().attributes[row]! & Attribute.st1 && (rm & 7) === 1) return 3;
  if (kinds.at(-1)?.place === Place.maskDestination && segmentText(instruction, instruction.segment) === '') return 1 << (kinds.length - 1);
  // IMUL of a register by an immediate into itself.
  if (kinds.length === 3 && !isMemory && rm === reg && operationOf(row) === 'imul') return 2;
  return 0;
}
