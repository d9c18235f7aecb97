import { type Diagnostics, hex } from '@ijw/binary';
import type { ExceptionClause } from '../body/exception-clause.ts';
import type { MethodBody } from '../body/method-body.ts';

/** More clauses than this are not compared with one another: real methods have tens, and comparing takes the square of the number. */
const COMPARED_LIMIT = 1000;

interface Range {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The ranges of code that a clause names. The filter's code ends where its handler starts (ECMA-335 II.19). */
function rangesOf(clause: ExceptionClause): readonly Range[] {
  const { tryOffset, tryLength, handlerOffset, handlerLength } = clause;
  const ranges = [
    { name: 'try block', start: tryOffset, end: tryOffset + tryLength },
    { name: 'handler', start: handlerOffset, end: handlerOffset + handlerLength },
  ];
  if (clause.kind === 'filter') ranges.push({ name: 'filter', start: clause.classTokenOrFilterOffset, end: handlerOffset });
  return ranges;
}

const overlap = (one: Range, other: Range): boolean => one.start < other.end && other.start < one.end;
const contains = (outer: Range, inner: Range): boolean => outer.start <= inner.start && inner.end <= outer.end;

/** Reports the clauses of a body that do not fit its code or one another (ECMA-335 II.19, II.25.4.6). */
export function checkExceptionClauses(
  body: MethodBody,
  startsInstruction: (offset: number) => boolean,
  diagnostics: Diagnostics | undefined,
): void {
  if (diagnostics === undefined) return;
  const codeSize = body.codeEnd - body.codeStart;
  const report = (code: string, message: string): void =>
    diagnostics.report({
      code,
      severity: 'error',
      offset: body.fileOffset,
      ...(body.rva !== undefined && { rva: body.rva }),
      reading: 'the exception clauses of a method',
      message,
    });
  const checkRange = (index: number, { name, start, end }: Range): void => {
    const where = `The ${name} of exception clause ${index} (${hex(start)} to ${hex(end)})`;
    if (end > codeSize || start >= end)
      report('CLAUSE_OUT_OF_CODE', `${where} is empty or leaves the code, which ends at ${hex(codeSize)}`);
    else if (!startsInstruction(start) || (end < codeSize && !startsInstruction(end))) {
      report('CLAUSE_INTO_INSTRUCTION', `${where} starts or ends in the middle of an instruction`);
    }
  };
  const ranges = body.exceptionClauses.map(rangesOf);
  for (const [index, own] of ranges.entries()) {
    for (const range of own) checkRange(index, range);
    if (overlap(own[0]!, own[1]!)) report('CLAUSES_OVERLAP', `The try block and the handler of exception clause ${index} overlap`);
  }
  checkNesting(ranges.slice(0, COMPARED_LIMIT), report);
}

/** ECMA-335 II.19: two blocks are apart, or one is within the other; only try blocks may be the same. */
function checkNesting(ranges: readonly (readonly Range[])[], report: (code: string, message: string) => void): void {
  for (let second = 1; second < ranges.length; second++) {
    for (let first = 0; first < second; first++) {
      const crossed = ranges[first]!.some((one) =>
        ranges[second]!.some((other) => overlap(one, other) && !contains(one, other) && !contains(other, one)),
      );
      const same = ranges[first]![1]!.start === ranges[second]![1]!.start && ranges[first]![1]!.end > ranges[first]![1]!.start;
      if (crossed) report('CLAUSES_OVERLAP', `Exception clauses ${first} and ${second} overlap without one being within the other`);
      else if (same) report('CLAUSES_OVERLAP', `Exception clauses ${first} and ${second} have handlers at one place`);
    }
  }
}
