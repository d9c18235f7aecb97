import { Lazy } from '@ijw/binary';
import { ProcessorSignal } from '../../interpreter/processor-exit.ts';
import { operandsOf, operationOf, x86Encodings } from '../encodings.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { BITS } from './bits.ts';
import { CONTROL } from './control.ts';
import type { Execute } from './micro-op.ts';
import { MOVES } from './moves.ts';
import { MULTIPLICATION } from './multiplication.ts';
import { SHIFTS } from './shifts.ts';
import { SSE_FLOATS } from './sse-floats.ts';
import { SSE_INTEGERS } from './sse-integers.ts';
import { SSE_MOVES } from './sse-moves.ts';
import { SSE_STRINGS } from './sse-strings.ts';
import { STRINGS } from './strings.ts';
import { SYSTEM } from './system.ts';
import { X87 } from './x87.ts';

const OPERATIONS: ReadonlyMap<string, Execute> = new Map(
  [
    ARITHMETIC,
    BITS,
    CONTROL,
    MOVES,
    MULTIPLICATION,
    SHIFTS,
    SSE_FLOATS,
    SSE_INTEGERS,
    SSE_MOVES,
    SSE_STRINGS,
    STRINGS,
    SYSTEM,
    X87,
  ].flatMap((group) => Object.entries(group)),
);

const unsupported: Execute = () => {
  throw new ProcessorSignal('unsupported');
};

/** Segment, control and debug registers are the system's; MMX registers are not kept. */
const isOfProgram = (row: number): boolean =>
  operandsOf(row).every(({ file }) => !['segment', 'control', 'debug', 'mmx', 'mask'].includes(file));

const executeByRow = new Lazy((): readonly Execute[] =>
  Array.from({ length: x86Encodings().count }, (_, row) =>
    isOfProgram(row) ? (OPERATIONS.get(operationOf(row)) ?? unsupported) : unsupported,
  ),
);

/** What does the instruction of a row. */
export const executeOf = (row: number): Execute => executeByRow.value[row] ?? unsupported;
/** Whether the instruction of a row is run here. */
export const isRun = (row: number): boolean => executeOf(row) !== unsupported;
