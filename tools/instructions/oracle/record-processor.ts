// Records answers of this machine's processor: `record-processor.ts ORACLE64 ORACLE32 [states of an instruction]`. Writes
// packages/machine/testdata/x86-processor-{64,32}.br: a line of JSON, then for each instruction its length, bytes, and the answers. With a name and a pattern of
// mnemonics behind (`strings pcmp[ei]str`), only of these, many words of each, into x86-processor-{64,32}-NAME.br.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';
import { CaseRunner } from './case-runner.ts';
import { CASE_SIZE, fillCase, X86_ANSWER } from './processor-case.ts';
import { encodeAnswer, seedOf } from './recorded-cases.ts';
import { sampleInstructions } from './sample-instructions.ts';

const [oracle64 = '', oracle32 = '', states = '15', name = '', pattern = ''] = process.argv.slice(2);
/** Instructions of a form. */
const PER_FORM = name === '' ? 1 : 24;
const TRIES = 2_000_000;
const BATCH = 1000;

const information = readFileSync('/proc/cpuinfo', 'utf8');
const field = (name: string): string => new RegExp(`^${name}\\s*: (.*)$`, 'm').exec(information)?.[1] ?? '';
const processor = `${field('model name')}, family ${field('cpu family')}, model ${field('model')}, stepping ${field('stepping')}`;

function record(bits: 32 | 64, oracle: string): void {
  const samples = sampleInstructions(bits === 64, PER_FORM, TRIES).filter(({ mnemonic }) => new RegExp(pattern).test(mnemonic));
  const runner = new CaseRunner(bits, samples);
  const count = Number(states);
  const chunks: Uint8Array[] = [Buffer.from(`${JSON.stringify({ bits, processor, instructions: samples.length, states: count })}\n`)];
  for (let first = 0; first < samples.length; first += BATCH) {
    const batch = samples.slice(first, first + BATCH);
    const cases = new Uint8Array(batch.length * count * CASE_SIZE);
    const at = (bytes: Uint8Array, index: number): Uint8Array => bytes.subarray(index * CASE_SIZE, (index + 1) * CASE_SIZE);
    for (const [index, sample] of batch.entries())
      for (let state = 0; state < count; state++)
        fillCase(at(cases, index * count + state), sample.code, runner.decode(sample), sample.mnemonic, seedOf(first + index, state));
    const { stdout } = spawnSync(oracle, { input: cases, maxBuffer: cases.length + 1024 });
    for (const [index, { code }] of batch.entries()) {
      chunks.push(Uint8Array.of(code.length, ...code));
      for (let state = 0; state < count; state++)
        chunks.push(Uint8Array.from(encodeAnswer(X86_ANSWER, at(cases, index * count + state), at(stdout, index * count + state))));
    }
  }
  const packed = brotliCompressSync(Buffer.concat(chunks), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24 },
  });
  writeFileSync(`packages/machine/testdata/x86-processor-${bits}${name && `-${name}`}.br`, packed);
  console.log(`${bits}: ${samples.length * count} cases of ${samples.length} instructions, ${packed.length} bytes`);
}

record(64, oracle64);
record(32, oracle32);
