// Mnemonics that take the place of an immediate: SDM volume 2, CMPPS table 3-1, VCMPPS table 3-2, PCLMULQDQ table 4-13; AMD64 APM volume 6, VPCOM.

import { Lazy } from '@ijw/binary';
import type { DecodedInstruction } from './decoded-instruction.ts';
import { operationOf, x86Encodings } from './encodings.ts';

const COMPARISONS = 'eq lt le unord neq nlt nle ord'.split(' ');
const VEX_COMPARISONS = [
  ...COMPARISONS,
  ...'eq_uq nge ngt false neq_oq ge gt true eq_os lt_oq le_oq unord_s neq_us nlt_uq nle_uq ord_s'.split(' '),
  ...'eq_us nge_uq ngt_uq false_os neq_os ge_oq gt_oq true_us'.split(' '),
];
const XOP_COMPARISONS = 'lt le gt ge eq neq false true'.split(' ');
const HALVES: Readonly<Record<number, string>> = { 0: 'lql', 1: 'hql', 16: 'lqh', 17: 'hqh' };

/** A mnemonic as the part before the condition, the conditions by immediate, the part behind. */
type Pattern = readonly [before: string, conditions: Readonly<Record<number, string>>, behind: string];

const PATTERNS: ReadonlyMap<string, Pattern> = new Map<string, Pattern>([
  ...['ps', 'pd', 'ss', 'sd'].flatMap((type): [string, Pattern][] => [
    [`cmp${type}`, ['cmp', COMPARISONS, type]],
    [`vcmp${type}`, ['vcmp', VEX_COMPARISONS, type]],
  ]),
  ...['b', 'w', 'd', 'q', 'ub', 'uw', 'ud', 'uq'].map((type): [string, Pattern] => [`vpcom${type}`, ['vpcom', XOP_COMPARISONS, type]]),
  ['pclmulqdq', ['pclmul', HALVES, 'qdq']],
  ['vpclmulqdq', ['vpclmul', HALVES, 'qdq']],
]);

const patternByRow = new Lazy(() => Array.from({ length: x86Encodings().count }, (_, row) => PATTERNS.get(operationOf(row))));

/** `cmpltps` for `cmpps` with the immediate 1; undefined where the immediate is written. */
export function conditionName({ row, immediate }: DecodedInstruction): string | undefined {
  const pattern = patternByRow.value[row];
  const condition = pattern?.[1][immediate & 0xff];
  return pattern && condition !== undefined ? pattern[0] + condition + pattern[2] : undefined;
}
