/** The IL text of an assembly, whole process, beside ildasm in the same run: npm run bench bench/disassembly.ts FILE [REPEATS]. Needs `npm run build`. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { IJW, ILDASM } from '../tools/peers.ts';

const [file, repeats = '5'] = process.argv.slice(2);
if (file === undefined) throw new Error('Which file?');
const path = resolve(file);
const folder = mkdtempSync(join(tmpdir(), 'disassembly-'));
const time = '/usr/bin/time';

interface Run {
  readonly elapsed: number;
  readonly peak: number;
}

/** One process: its milliseconds, and its peak memory in MiB where GNU time can tell. */
function run(command: string, args: readonly string[]): Run {
  const measured: [string, readonly string[]] = existsSync(time) ? [time, ['-f', 'peak %M', command, ...args]] : [command, args];
  const start = performance.now();
  const { status, stderr } = spawnSync(...measured, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  const elapsed = performance.now() - start;
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return { elapsed, peak: Number(/peak (\d+)/.exec(stderr)?.[1] ?? Number.NaN) / 1024 };
}

function linesOf(output: string): number {
  let lines = 0;
  for (const byte of readFileSync(output)) if (byte === 10) lines++;
  return lines;
}

/** The run in the middle, and what it wrote. */
function median(name: string, output: string, runs: readonly Run[]): Run & { readonly lines: number } {
  const elapsed = runs.map((each) => each.elapsed).sort((a, b) => a - b)[runs.length >> 1] ?? Number.NaN;
  const result = { elapsed, lines: linesOf(output), peak: Math.max(...runs.map((each) => each.peak)) };
  const speed = (result.lines / elapsed / 1000).toFixed(2);
  const size = (statSync(output).size / 1e6).toFixed(0);
  console.log(
    `${name.padEnd(7)} ${elapsed.toFixed(0)} ms, peak ${result.peak.toFixed(0)} MiB: ${result.lines} lines, ${size} MB; ${speed} million lines a second`,
  );
  return result;
}

try {
  const compared = existsSync(ILDASM);
  const ours: Run[] = [];
  const theirs: Run[] = [];
  const output = join(folder, 'ijw.il');
  const peerOutput = join(folder, 'ildasm.il');
  for (let round = 0; round < Number(repeats); round++) {
    // Each writes a new file: to put one in the place of another takes the file system as long as some thousand methods.
    for (const path of [output, peerOutput]) rmSync(path, { force: true });
    ours.push(run(process.execPath, [IJW, 'dis', path, '-o', output]));
    if (compared) theirs.push(run(ILDASM, [path, `-OUT=${peerOutput}`]));
  }
  console.log(`${basename(path)}: ${(statSync(path).size / 2 ** 20).toFixed(1)} MiB`);
  const mine = median('ijw', output, ours);
  if (compared) {
    const peer = median('ildasm', peerOutput, theirs);
    console.log(
      `ijw takes ${(mine.elapsed / peer.elapsed).toFixed(2)} of the time of ildasm; ${(mine.lines / mine.elapsed / (peer.lines / peer.elapsed)).toFixed(2)} times its lines a second`,
    );
  } else console.log(`nothing to compare with: ${ILDASM} does not exist`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
