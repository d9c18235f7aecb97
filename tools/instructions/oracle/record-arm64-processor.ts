// Records answers of qemu's arm64 processor: `record-arm64-processor.ts ORACLE [states of an instruction]`. Writes packages/machine/testdata/arm64-processor.br:
// a line of JSON, then for each instruction its word and the answers.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';
import { ARM64_ANSWER, ARM64_CASE_SIZE, fillArm64Case } from './arm64-case.ts';
import { arm64Samples } from './arm64-samples.ts';
import { encodeAnswer, seedOf } from './recorded-cases.ts';

const [oracle = '', states = '48'] = process.argv.slice(2);
const CPU = 'neoverse-n1';
const BATCH = 200;

const count = Number(states);
const samples = arm64Samples(1);
const version = /version (\S+)/.exec(spawnSync('qemu-aarch64', ['--version'], { encoding: 'utf8' }).stdout)?.[1] ?? '';
const header = { processor: `qemu-aarch64 ${version}, ${CPU}`, instructions: samples.length, states: count };
const chunks: Uint8Array[] = [Buffer.from(`${JSON.stringify(header)}\n`)];
for (let first = 0; first < samples.length; first += BATCH) {
  const batch = samples.slice(first, first + BATCH);
  const cases = new Uint8Array(batch.length * count * ARM64_CASE_SIZE);
  const at = (bytes: Uint8Array, index: number): Uint8Array => bytes.subarray(index * ARM64_CASE_SIZE, (index + 1) * ARM64_CASE_SIZE);
  for (const [index, { word }] of batch.entries())
    for (let state = 0; state < count; state++) fillArm64Case(at(cases, index * count + state), word, seedOf(first + index, state));
  const { stdout } = spawnSync('qemu-aarch64', ['-cpu', CPU, oracle], { input: cases, maxBuffer: cases.length + 1024 });
  for (const [index, { word }] of batch.entries()) {
    chunks.push(new Uint8Array(Uint32Array.of(word).buffer));
    for (let state = 0; state < count; state++)
      chunks.push(Uint8Array.from(encodeAnswer(ARM64_ANSWER, at(cases, index * count + state), at(stdout, index * count + state))));
  }
}
const packed = brotliCompressSync(Buffer.concat(chunks), {
  params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24 },
});
writeFileSync('packages/machine/testdata/arm64-processor.br', packed);
console.log(`${samples.length * count} cases of ${samples.length} instructions, ${packed.length} bytes`);
