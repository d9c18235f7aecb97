// The IL text of an assembly, whole process, beside ildasm in the same run: node bench/disassembly.js FILE [REPEATS]
// Needs `npm run build`; without ildasm (../shared/oracles/run.sh setup) only our own figures are given.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [file, repeats = '5'] = process.argv.slice(2);
if (file === undefined) throw new Error('Which file?');
const path = resolve(file);
const folder = mkdtempSync(join(tmpdir(), 'disassembly-'));
const ijw = fileURLToPath(new URL('../cli/bin/ijw.js', import.meta.url));
const peers = process.env.PEERS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ijw-oracles');
const ildasm = join(peers, 'ildasm');
const time = '/usr/bin/time';

/** One process: its milliseconds, and its peak memory in MiB where GNU time can tell. */
function run(command, args) {
  const measured = existsSync(time) ? [time, ['-f', 'peak %M', command, ...args]] : [command, args];
  const start = performance.now();
  const { status, stderr } = spawnSync(...measured, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  const elapsed = performance.now() - start;
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return { elapsed, peak: Number(/peak (\d+)/.exec(stderr)?.[1] ?? Number.NaN) / 1024 };
}

function linesOf(output) {
  let lines = 0;
  for (const byte of readFileSync(output)) if (byte === 10) lines++;
  return lines;
}

/** The shortest of the runs, and what it wrote. */
function best(name, output, runs) {
  const elapsed = Math.min(...runs.map((each) => each.elapsed));
  const result = { elapsed, lines: linesOf(output), peak: Math.max(...runs.map((each) => each.peak)) };
  const speed = (result.lines / elapsed / 1000).toFixed(2);
  const size = (statSync(output).size / 1e6).toFixed(0);
  console.log(
    `${name.padEnd(7)} ${elapsed.toFixed(0)} ms, peak ${result.peak.toFixed(0)} MiB: ${result.lines} lines, ${size} MB; ${speed} million lines a second`,
  );
  return result;
}

try {
  const compared = existsSync(ildasm);
  const ours = [];
  const theirs = [];
  const [output, peerOutput] = ['ijw.il', 'ildasm.il'].map((name) => join(folder, name));
  for (let round = 0; round < Number(repeats); round++) {
    ours.push(run(process.execPath, [ijw, 'dis', path, '-o', output]));
    if (compared) theirs.push(run(ildasm, [path, `-OUT=${peerOutput}`]));
  }
  console.log(`${basename(path)}: ${(statSync(path).size / 2 ** 20).toFixed(1)} MiB`);
  const mine = best('ijw', output, ours);
  if (compared) {
    const peer = best('ildasm', peerOutput, theirs);
    console.log(
      `ijw takes ${(mine.elapsed / peer.elapsed).toFixed(2)} of the time of ildasm; ${(mine.lines / mine.elapsed / (peer.lines / peer.elapsed)).toFixed(2)} times its lines a second`,
    );
  } else console.log(`ildasm is not there (${ildasm}): nothing to compare with`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
