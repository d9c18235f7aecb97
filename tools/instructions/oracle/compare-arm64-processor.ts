// Compares the interpreter with qemu's arm64 processor: `compare-arm64-processor.ts ORACLE [states of an instruction] [instructions of a row]`.
import { spawnSync } from 'node:child_process';
import { ARM64_CASE_SIZE, fillArm64Case } from './arm64-case.ts';
import { Arm64CaseRunner } from './arm64-case-runner.ts';
import { arm64Samples } from './arm64-samples.ts';
import { seedOf } from './recorded-cases.ts';

const [oracle = '', states = '20', perRow = '2'] = process.argv.slice(2);
const CPU = 'neoverse-n1';
const SHOWN = 80;
const BATCH = 10_000;

const samples = arm64Samples(Number(perRow));
const runner = new Arm64CaseRunner(samples.map(({ word }) => word));
console.log(`${samples.length} instructions of ${new Set(samples.map(({ row }) => row)).size} encodings`);
const jobs = samples.flatMap((sample, index) =>
  Array.from({ length: Number(states) }, (_, state) => ({ sample, index, seed: seedOf(index, state) })),
);
const differences = new Map<string, { count: number; readonly example: string }>();
let unlike = 0;
for (let start = 0; start < jobs.length; start += BATCH) {
  const batch = jobs.slice(start, start + BATCH);
  const cases = new Uint8Array(batch.length * ARM64_CASE_SIZE);
  const at = (bytes: Uint8Array, index: number): Uint8Array => bytes.subarray(index * ARM64_CASE_SIZE, (index + 1) * ARM64_CASE_SIZE);
  for (const [index, { sample, seed }] of batch.entries()) fillArm64Case(at(cases, index), sample.word, seed);
  const { stdout, status, signal } = spawnSync('qemu-aarch64', ['-cpu', CPU, oracle], { input: cases, maxBuffer: cases.length + 1024 });
  if (status !== 0 || stdout.length !== cases.length) throw new Error(`${oracle} ended with ${status ?? signal}`);
  for (const [index, { sample, index: number }] of batch.entries()) {
    const wrong = runner.difference(number, at(cases, index), at(stdout, index));
    if (wrong === undefined) continue;
    unlike++;
    const name = sample.text.split(' ')[0] ?? '';
    const found = differences.get(name);
    if (found) found.count++;
    else differences.set(name, { count: 1, example: `${(sample.word >>> 0).toString(16)} ${sample.text}: ${wrong}` });
  }
}
console.log(`${jobs.length} cases, ${unlike} differ`);
for (const [name, { count, example }] of [...differences].sort(([, one], [, other]) => other.count - one.count).slice(0, SHOWN))
  console.log(`${String(count).padStart(6)} ${name}: ${example.slice(0, 260)}`);
