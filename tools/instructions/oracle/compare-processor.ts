// Compares the interpreter with this machine's processor: `compare-processor.ts ORACLE64 ORACLE32 [states of an instruction] [instructions of a form]`.
import { spawnSync } from 'node:child_process';
import { CaseRunner } from './case-runner.ts';
import { CASE_SIZE, fillCase } from './processor-case.ts';
import { type SampledInstruction, sampleInstructions } from './sample-instructions.ts';

const [oracle64 = '', oracle32 = '', states = '20', perForm = '2'] = process.argv.slice(2);
const TRIES = 2_000_000;
const SHOWN = 50;
const BATCH = 16_000;

/** The processor's answers. */
function ask(oracle: string, cases: Uint8Array): Uint8Array {
  const { stdout, status, signal } = spawnSync(oracle, { input: cases, maxBuffer: cases.length + 1024 });
  if (status !== 0 || stdout.length !== cases.length)
    throw new Error(`${oracle} ended with ${status ?? signal} after ${stdout.length / CASE_SIZE} cases`);
  return new Uint8Array(stdout);
}

interface Difference {
  count: number;
  readonly example: string;
}

let total = 0;
let unlike = 0;
const differences = new Map<string, Difference>();

function compare(bits: 32 | 64, oracle: string): void {
  const samples = sampleInstructions(bits === 64, Number(perForm), TRIES);
  const runner = new CaseRunner(bits, samples);
  console.log(`${bits}: ${samples.length} instructions of ${new Set(samples.map(({ row }) => row)).size} encodings`);
  const jobs = samples.flatMap((sample, index) =>
    Array.from({ length: Number(states) }, (_, state) => ({ sample, index, seed: index * 1000 + state })),
  );
  for (let start = 0; start < jobs.length; start += BATCH) {
    const batch = jobs.slice(start, start + BATCH);
    const cases = new Uint8Array(batch.length * CASE_SIZE);
    const caseAt = (bytes: Uint8Array, index: number): Uint8Array => bytes.subarray(index * CASE_SIZE, (index + 1) * CASE_SIZE);
    for (const [index, { sample, seed }] of batch.entries())
      fillCase(caseAt(cases, index), sample.code, runner.decode(sample), sample.mnemonic, seed);
    const answers = ask(oracle, cases);
    for (const [index, job] of batch.entries()) {
      total++;
      const wrong = runner.difference(job.index, job.sample, caseAt(cases, index), caseAt(answers, index));
      if (wrong !== undefined) note(bits, job.sample, wrong);
    }
  }
}

function note(bits: number, sample: SampledInstruction, wrong: string): void {
  unlike++;
  const name = `${bits} ${sample.mnemonic}`;
  const found = differences.get(name);
  if (found) found.count++;
  else differences.set(name, { count: 1, example: `${Buffer.from(sample.code).toString('hex')} ${sample.text}: ${wrong}` });
}

compare(64, oracle64);
compare(32, oracle32);
console.log(`${total} cases, ${unlike} differ`);
for (const [name, { count, example }] of [...differences].sort(([, one], [, other]) => other.count - one.count).slice(0, SHOWN))
  console.log(`${String(count).padStart(6)} ${name}: ${example.slice(0, 300)}`);
