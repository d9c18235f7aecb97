import { FLOWS, type InstructionFlow } from '../../packages/machine/src/instructions/instruction-flow.ts';
import { Attribute, FLAG_LETTERS, FLOW_SHIFT, HAS_MODRM } from '../../packages/machine/src/instructions/x86/encoding-attributes.ts';
import { EncodingCondition } from '../../packages/machine/src/instructions/x86/encoding-condition.ts';
import { OPCODE_MAPS } from '../../packages/machine/src/instructions/x86/opcode-map.ts';
import { type OperandKind, operandKind, Place } from '../../packages/machine/src/instructions/x86/operand-kind.ts';

/** A row of the table as the generator needs it. */
export interface EncodingRow {
  /** Opcode numbers, 256 a map. More than one where the opcode holds a register. */
  readonly slots: readonly number[];
  readonly condition: EncodingCondition;
  /** `cbw/cwde/cdqe` where the operand size decides. */
  readonly mnemonic: string;
  /** The operands' names, with commas. */
  readonly signature: string;
  readonly attributes: number;
  readonly flagsRead: number;
  readonly flagsWritten: number;
  readonly flagsUndefined: number;
  /** The row as it is written. */
  readonly source: string;
}

const PREFIXES: Readonly<Record<string, number>> = { NP: 0, '66': 1, F3: 2, F2: 3 };
const SIZES: Readonly<Record<string, number>> = { o16: 0, o32: 1, o64: 2 };

const flagBits = (letters: string): number => [...letters].reduce((bits, letter) => bits | (1 << FLAG_LETTERS.indexOf(letter)), 0);

interface Opcode {
  readonly map: string;
  readonly byte: number;
  /** ModRM, where all of it belongs to the opcode. */
  readonly exact?: number;
  readonly digit?: number;
  readonly addsRegister: boolean;
}

/** `VEX.128.66.0F38.W0`: vector length, prefix, map and W. */
function vexMap(token: string, condition: EncodingCondition): string {
  const parts = token.split('.');
  const prefix = parts.find((part) => part !== 'NP' && part in PREFIXES) ?? 'NP';
  condition.require('prefix', PREFIXES[prefix] ?? 0);
  if (parts.includes('128')) condition.require('length', 0);
  if (parts.includes('256')) condition.require('length', 1);
  if (parts.includes('W0')) condition.require('w', 0);
  if (parts.includes('W1')) condition.require('w', 1);
  return `${parts[0]}.${parts.find((part) => /^(0F|0F38|0F3A|X[89A])$/.test(part))}`;
}

/** Takes the tokens before the opcode bytes: sizes, prefixes, VEX, escapes. Returns the map. */
function takeMap(tokens: string[], condition: EncodingCondition): string {
  let map = '';
  for (let token = tokens[0]; token !== undefined; token = tokens[0]) {
    const size = SIZES[token];
    const isPrefix = token in PREFIXES && map === '' && tokens.length > 1;
    if (/^(VEX|XOP)\./.test(token)) map = vexMap(token, condition);
    else if (size !== undefined) condition.require('size', size);
    else if (token === 'NFx') condition.require('prefix', 0, 2);
    else if (isPrefix) condition.require('prefix', PREFIXES[token] ?? 0);
    else if (token === '0F' && (map === '' || map === '0F')) map += '0F';
    else if (map === '0F' && (token === '38' || token === '3A') && /^[0-9A-F]{2}$/.test(tokens[1] ?? '')) map += token;
    else return map;
    tokens.shift();
  }
  return map;
}

function readOpcode(text: string, condition: EncodingCondition): Opcode {
  const tokens = text.split(' ');
  const map = takeMap(tokens, condition);
  const first = tokens.shift() ?? '';
  if (map === '0F0F') return { map, byte: Number.parseInt(tokens[0] ?? '', 16), addsRegister: false };
  const digit = tokens.find((token) => /^\/\d$/.test(token));
  const exact = tokens.find((token) => /^[0-9A-F]{2}(\+i)?$/.test(token) && token !== 'B0');
  if (tokens.includes('B0')) condition.require('b', 0);
  return {
    map,
    byte: Number.parseInt(first, 16),
    addsRegister: first.endsWith('+r'),
    ...(digit && { digit: Number(digit.slice(1)) }),
    ...(exact && { exact: exact.endsWith('+i') ? -Number.parseInt(exact, 16) : Number.parseInt(exact, 16) }),
  };
}

/** What the opcode and the operands say about ModRM. Returns whether there is one. */
function requireModRM(
  { exact, digit, map }: Opcode,
  kinds: readonly OperandKind[],
  attributes: number,
  condition: EncodingCondition,
): boolean {
  if (exact !== undefined) {
    condition.require('memory', 0);
    condition.require('reg', (Math.abs(exact) >> 3) & 7);
    if (exact > 0) condition.require('rm', exact & 7);
  }
  if (digit !== undefined) condition.require('reg', digit);
  if (kinds.some(({ place }) => place === Place.rmMemory)) condition.require('memory', 1);
  const ignoresMod = (attributes & Attribute.register) !== 0;
  if (exact === undefined && !ignoresMod && kinds.some(({ place }) => place === Place.rmRegister)) condition.require('memory', 0);
  const places = [Place.reg, Place.rm, Place.rmRegister, Place.rmMemory, Place.regAddress] as readonly Place[];
  return exact !== undefined || digit !== undefined || map === '0F0F' || kinds.some(({ place }) => places.includes(place));
}

/** Letters of the flags that are read, written and left undefined. */
interface RowFlags {
  r: string;
  w: string;
  u: string;
}

function readAttributes(words: readonly string[]): { readonly bits: number; readonly flags: RowFlags } {
  let bits = 0;
  const flags: RowFlags = { r: '', w: '', u: '' };
  for (const word of words) {
    const assignment = /^([rwu])=(\w+)$/.exec(word);
    const flow = FLOWS.indexOf(word as InstructionFlow);
    if (assignment) flags[assignment[1] as keyof RowFlags] = assignment[2] ?? '';
    else if (flow > 0) bits |= flow << FLOW_SHIFT;
    else if (word in Attribute) bits |= Attribute[word as keyof typeof Attribute];
    else throw new Error(`${word} is not an attribute of the table`);
  }
  return { bits, flags };
}

/** One row: `opcode | instruction | attributes`. @throws Error where it is not in the notation */
export function parseEncoding(line: string): EncodingRow {
  const [opcodeText = '', instruction = '', attributeText = ''] = line.split('|').map((part) => part.trim());
  const condition = new EncodingCondition();
  const opcode = readOpcode(opcodeText, condition);
  const [mnemonic = '', operands = ''] = instruction.split(/ (.*)/);
  const signature = operands.replaceAll(' ', '');
  const kinds = signature === '' ? [] : signature.split(',').map(operandKind);
  const words = attributeText.split(' ').filter((word) => word !== '');
  if (words.includes('i32')) condition.require('is64Bit', 0);
  if (words.includes('x64')) condition.require('is64Bit', 1);
  const { bits, flags } = readAttributes(words.filter((word) => word !== 'i32' && word !== 'x64'));
  const hasModRM = requireModRM(opcode, kinds, bits, condition);
  const first = (OPCODE_MAPS as readonly string[]).indexOf(opcode.map) * 256 + opcode.byte;
  if (!(first >= 0)) throw new Error(`The opcode of "${line}" is not in the notation`);
  return {
    slots: Array.from({ length: opcode.addsRegister ? 8 : 1 }, (_, index) => first + index),
    condition,
    mnemonic,
    signature,
    attributes: bits | (hasModRM ? HAS_MODRM : 0),
    flagsRead: flagBits(flags.r),
    flagsWritten: flagBits(flags.w),
    flagsUndefined: flagBits(flags.u),
    source: line,
  };
}

/** All rows of a table's text; lines that begin with # are comments. */
export const parseTable = (text: string): EncodingRow[] =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parseEncoding);
