// The interpreter of arm64 against the recorded answers of qemu's processor: state in, one instruction, state out, memory and faults included.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ARM64_ANSWER, ARM64_CASE_SIZE, fillArm64Case } from '../../../tools/instructions/oracle/arm64-case.ts';
import { Arm64CaseRunner } from '../../../tools/instructions/oracle/arm64-case-runner.ts';
import { sampleText } from '../../../tools/instructions/oracle/arm64-samples.ts';
import { decodeAnswer, seedOf } from '../../../tools/instructions/oracle/recorded-cases.ts';
import { arm64Encodings, classOf, operationOf } from '../src/instructions/arm64/encodings.ts';
import { isArm64Run } from '../src/instructions/arm64/interpreter/operations.ts';
import { arm64Row } from '../src/instructions/index.ts';

const bytes = brotliDecompressSync(readFileSync(join(import.meta.dirname, '../testdata/arm64-processor.br')));
const end = bytes.indexOf(10);
const header = JSON.parse(bytes.toString('utf8', 0, end)) as { readonly instructions: number; readonly states: number };
const data: Uint8Array = bytes.subarray(end + 1);

interface RecordedWord {
  readonly word: number;
  /** Where its answers begin. */
  readonly at: number;
}

/** The instructions, their answers passed over. */
function recordedWords(): RecordedWord[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const blank = new Uint8Array(ARM64_CASE_SIZE);
  let at = 0;
  return Array.from({ length: header.instructions }, () => {
    const sample = { word: view.getInt32(at, true), at: at + 4 };
    at = sample.at;
    for (let state = 0; state < header.states; state++) at = decodeAnswer(ARM64_ANSWER, blank, data, at).end;
    return sample;
  });
}

const recorded = recordedWords();

describe('arm64 code', () => {
  it(`does ${header.instructions * header.states} cases as qemu did`, { timeout: 300_000 }, () => {
    const runner = new Arm64CaseRunner(recorded.map(({ word }) => word));
    const before = new Uint8Array(ARM64_CASE_SIZE);
    const wrong: string[] = [];
    for (const [index, { word, at: start }] of recorded.entries()) {
      let at = start;
      for (let state = 0; state < header.states; state++) {
        fillArm64Case(before, word, seedOf(index, state));
        const answer = decodeAnswer(ARM64_ANSWER, before, data, at);
        at = answer.end;
        const difference = runner.difference(index, before, answer.after);
        if (difference !== undefined) wrong.push(`${sampleText(arm64Row(word), word)}: ${difference}`);
      }
    }
    expect(header.instructions * header.states).toBeGreaterThan(50_000);
    expect(wrong).toEqual([]);
  });
});

/** What one instruction alone does not show, and what qemu's processor does not have: these are run by whole functions and by tests of their own. */
const WITHOUT_CASES = /^(branch|branchRegister|exception|reserved|hint|barrier|pstate|system|literal|pcRelative|flagManipulation)$/;
const NOT_THERE = /^(ldapur|stlur|xpac)/;

describe('rows of the table that are run', () => {
  it('have cases, or are left out for a reason', () => {
    const covered = new Set(recorded.map(({ word }) => arm64Row(word)));
    const { count, value, mask } = arm64Encodings();
    const missing = Array.from({ length: count }, (_, row) => row).filter((row) => {
      const random = Array.from({ length: 64 }, (_, index) => (Math.imul(index, 0x9e3779b1) & ~mask[row]!) | value[row]!);
      const word = random.find((candidate) => arm64Row(candidate) === row);
      return (
        word !== undefined &&
        isArm64Run(row, word) &&
        !covered.has(row) &&
        !WITHOUT_CASES.test(classOf(row)) &&
        !NOT_THERE.test(operationOf(row))
      );
    });
    expect(missing.map((row) => `${classOf(row)}.${operationOf(row)}`)).toEqual([]);
  });
});
