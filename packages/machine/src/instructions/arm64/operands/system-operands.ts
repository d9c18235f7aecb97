import { bits } from '../fields/bit-field.ts';
import { pstateField, systemRegisterName } from '../fields/system-registers.ts';
import { immediateText, type OperandKind } from './operand-kind.ts';

/** Arm ARM C1.2.4. */
export const CONDITION_NAMES = ['eq', 'ne', 'hs', 'lo', 'mi', 'pl', 'vs', 'vc', 'hi', 'ls', 'ge', 'lt', 'gt', 'le', 'al', 'nv'] as const;

/** DMB and DSB, by CRm. */
const BARRIERS: Readonly<Record<number, string>> = {
  1: 'oshld',
  2: 'oshst',
  3: 'osh',
  5: 'nshld',
  6: 'nshst',
  7: 'nsh',
  9: 'ishld',
  10: 'ishst',
  11: 'ish',
  13: 'ld',
  14: 'st',
  15: 'sy',
};

const PREFETCH_TYPES = ['pld', 'pli', 'pst'];

/** PRFM: type, level and policy in the five bits of Rt. */
function prefetchText(word: number): string {
  const [type, level] = [PREFETCH_TYPES[bits(word, 3, 2)], bits(word, 1, 2)];
  if (type === undefined || level === 3) return immediateText(bits(word, 0, 5));
  return `${type}l${level + 1}${word & 1 ? 'strm' : 'keep'}`;
}

const crm = (word: number): number => bits(word, 8, 4);

const KINDS: Readonly<Record<string, OperandKind>> = {
  cond: { text: (word) => CONDITION_NAMES[bits(word, 12, 4)] ?? '' },
  '!cond': { text: (word) => CONDITION_NAMES[bits(word, 12, 4) ^ 1] ?? '' },
  barrier: { text: (word) => BARRIERS[crm(word)] ?? immediateText(crm(word)) },
  isb: { text: (word) => (crm(word) === 15 ? '' : immediateText(crm(word))) },
  pstate: { text: (word) => pstateField(word) ?? '' },
  prefetch: { text: prefetchText },
  readRegister: { text: (word) => systemRegisterName(bits(word, 5, 15), 'read') },
  writtenRegister: { text: (word) => systemRegisterName(bits(word, 5, 15), 'write') },
};

export const systemKind = (name: string): OperandKind | undefined => (Object.hasOwn(KINDS, name) ? KINDS[name] : undefined);
