// Where an instruction goes, and the memory it names without a register.

import type { InstructionFlow } from '../instruction-flow.ts';
import { Attribute } from './encoding-attributes.ts';
import { attributesOf, classOf, flowOf, operationOf } from './encodings.ts';
import { bit, bits, signedBits } from './fields/bit-field.ts';
import { pageDistance } from './fields/page-distance.ts';

export const arm64Flow = (row: number): InstructionFlow => flowOf(row);

/** Whether it does nothing where code may be entered: NOP, BTI. */
export const isArm64Padding = (row: number): boolean => (attributesOf(row) & Attribute.pad) !== 0;

/** Classes of the manual (C4.1.90) whose address has a base register. */
const ACCESSES: ReadonlySet<string> = new Set([
  'exclusive',
  'ordered',
  'compareAndSwap',
  'pair',
  'unscaled',
  'unprivileged',
  'postIndexed',
  'preIndexed',
  'registerOffset',
  'unsignedOffset',
  'authenticated',
  'atomic',
  'tags',
  'structures',
  'singleStructures',
]);

/** Whether it accesses memory at the address of register Rn. */
export const isArm64Access = (row: number): boolean => ACCESSES.has(classOf(row));

/** The distance in bytes of a direct branch or call from its own address. */
export function arm64BranchDistance(row: number, word: number): number | undefined {
  if (classOf(row) !== 'branch') return undefined;
  const operation = operationOf(row);
  if (operation === 'b' || operation === 'bl') return signedBits(word, 0, 26) * 4;
  return (operation.startsWith('tb') ? signedBits(word, 5, 14) : signedBits(word, 5, 19)) * 4;
}

const PAGE = 0x1000;

/** What an instruction has to do with an address of the image. Numbers of registers; distances and offsets in bytes. */
export type Arm64AddressUse =
  /** ADR: the register gets the address `distance` away. */
  | { readonly kind: 'address'; readonly register: number; readonly distance: number }
  /** LDR (literal): the memory `distance` away is read. */
  | { readonly kind: 'literal'; readonly register: number; readonly distance: number; readonly isPointer: boolean }
  /** ADRP: the register gets the page that is so many bytes from the instruction's. */
  | { readonly kind: 'page'; readonly register: number; readonly distance: number }
  /** ADD (immediate). */
  | { readonly kind: 'add'; readonly register: number; readonly base: number; readonly offset: number }
  /** LDR (unsigned offset). */
  | { readonly kind: 'load'; readonly register: number; readonly base: number; readonly offset: number; readonly isPointer: boolean };

/** How an instruction takes part in computing an address that does not depend on a run. */
export function arm64AddressUse(row: number, word: number): Arm64AddressUse | undefined {
  const register = word & 31;
  const base = bits(word, 5, 5);
  switch (classOf(row)) {
    case 'pcRelative':
      return operationOf(row) === 'adr'
        ? { kind: 'address', register, distance: pageDistance(word) }
        : { kind: 'page', register, distance: pageDistance(word) * PAGE };
    case 'literal':
      return { kind: 'literal', register, distance: signedBits(word, 5, 19) * 4, isPointer: bits(word, 24, 8) === 0x58 };
    case 'addImmediate':
      if (operationOf(row) !== 'add' || bit(word, 31) === 0) return undefined;
      return { kind: 'add', register, base, offset: bits(word, 10, 12) * (bit(word, 22) ? PAGE : 1) };
    case 'unsignedOffset':
      if (!operationOf(row).startsWith('ldr')) return undefined;
      return { kind: 'load', register, base, offset: bits(word, 10, 12) * 2 ** accessShift(word), isPointer: bits(word, 22, 10) === 0x3e5 };
    default:
      return undefined;
  }
}

/** The binary logarithm of the size of a load or store; those of vector registers reach 16 bytes. */
const accessShift = (word: number): number => bits(word, 30, 2) + (bit(word, 26) && bit(word, 23) ? 4 : 0);
