// The interpreter of x86 and x64 against the recorded answers of a real processor: state in, one instruction, state out, memory and faults included.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CaseRunner } from '../../../tools/instructions/oracle/case-runner.ts';
import { CASE_SIZE, fillCase, X86_ANSWER } from '../../../tools/instructions/oracle/processor-case.ts';
import { decodeAnswer, seedOf } from '../../../tools/instructions/oracle/recorded-cases.ts';
import type { SampledInstruction } from '../../../tools/instructions/oracle/sample-instructions.ts';
import { mnemonicText, operandsText, X86Decoder } from '../src/instructions/index.ts';
import { operationOf, x86Encodings } from '../src/instructions/x86/encodings.ts';
import { isRun } from '../src/instructions/x86/interpreter/operations.ts';

interface Recording {
  readonly bits: 32 | 64;
  readonly instructions: number;
  readonly states: number;
  readonly data: Uint8Array;
}

function recording(name: string): Recording {
  const bytes = brotliDecompressSync(readFileSync(join(import.meta.dirname, `../testdata/x86-processor-${name}.br`)));
  const end = bytes.indexOf(10);
  return { ...(JSON.parse(bytes.toString('utf8', 0, end)) as Omit<Recording, 'data'>), data: bytes.subarray(end + 1) };
}

interface RecordedSample extends SampledInstruction {
  /** Where its answers begin. */
  readonly at: number;
}

/** The instructions, their answers passed over. */
function samples({ bits, instructions, states, data }: Recording): RecordedSample[] {
  const decoder = new X86Decoder(bits === 64);
  const blank = new Uint8Array(CASE_SIZE);
  let at = 0;
  return Array.from({ length: instructions }, () => {
    const length = data[at] ?? 0;
    const code = data.slice(at + 1, at + 1 + length);
    decoder.decode(code, 0);
    const { instruction } = decoder;
    const mnemonic = mnemonicText(instruction);
    const sample = { code, mnemonic, text: `${mnemonic} ${operandsText(instruction, 0n)}`, row: instruction.row, at: at + 1 + length };
    at = sample.at;
    for (let state = 0; state < states; state++) at = decodeAnswer(X86_ANSWER, blank, data, at).end;
    return sample;
  });
}

/** A mask of bytes over two pages: the processor names the page, the interpreter the first byte that the mask takes. */
const KNOWN = /maskmovdqu/;
const recordings = ['64', '32', '64-strings', '32-strings'].map(recording);

describe.each(recordings)('$bits-bit code, $instructions instructions', (source) => {
  const { bits } = source;
  const recorded = samples(source);

  it(`does ${source.instructions * source.states} cases as the processor did`, { timeout: 600_000 }, () => {
    const runner = new CaseRunner(bits, recorded);
    const before = new Uint8Array(CASE_SIZE);
    const wrong: string[] = [];
    for (const [index, sample] of recorded.entries()) {
      let { at } = sample;
      for (let state = 0; state < source.states; state++) {
        fillCase(before, sample.code, runner.decode(sample), sample.mnemonic, seedOf(index, state));
        const { after, end } = decodeAnswer(X86_ANSWER, before, source.data, at);
        at = end;
        const difference = runner.difference(index, sample, before, after);
        if (difference !== undefined && !KNOWN.test(sample.mnemonic)) wrong.push(`${sample.text}: ${difference}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

/** What one instruction alone does not show: these are run by whole functions and by tests of their own. */
const WITHOUT_CASES =
  /^(j\w+|call|ret|loop\w*|int\w*|hlt|cli|sti|cpuid|rdtsc|xgetbv|popf|pushf|fldcw|ldmxcsr|enter|leave|ud\d|ins\w|outs\w|in|out|nop|popa|pusha|mov\w*|xlat|cmpxchg\w*|prefetch\w*|clflush\w*|endbr\w*|std|maskmovdqu|fnop)$/;

describe('rows of the table that are run', () => {
  it('have cases, or are left out for a reason', () => {
    const covered = new Set(recordings.flatMap((source) => samples(source).map(({ row }) => row)));
    const missing = Array.from({ length: x86Encodings().count }, (_, row) => row).filter(
      (row) => isRun(row) && !covered.has(row) && !WITHOUT_CASES.test(operationOf(row)),
    );
    expect(missing.map(operationOf)).toEqual([]);
  });
});
