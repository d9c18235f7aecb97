// Walks every instruction of an assembly, and lets System.Reflection.Metadata do the same in the same run: node bench/il-scan.js FILE [REPEATS]
// Needs `npm run build`; without dotnet or the oracle of ../shared/oracles, only our own figures are given.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { scanInstructions, writeILListing } from '@ijw/il';
import { Metadata } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';

const [path, repeats = '15'] = process.argv.slice(2);
if (path === undefined) throw new Error('Which file?');
const bytes = readFileSync(path);

/** The first run and the shortest of the others, in milliseconds. */
function measure(task) {
  const times = Array.from({ length: Number(repeats) + 1 }, () => {
    const start = performance.now();
    const result = task();
    return { time: performance.now() - start, result };
  });
  return { first: times[0].time, warm: Math.min(...times.slice(1).map(({ time }) => time)), result: times[0].result };
}

function scan() {
  const image = PEImage.parse(bytes);
  let instructions = 0;
  scanInstructions(image, Metadata.of(image), () => {
    instructions++;
  });
  return instructions;
}

function list() {
  const image = PEImage.parse(bytes);
  let size = 0;
  writeILListing(image, Metadata.of(image), (chunk) => {
    size += chunk.length;
  });
  return size;
}

const ours = measure(scan);
const listing = measure(list);
const line = (name, { first, warm }, what) =>
  console.log(`${name.padEnd(12)} first ${first.toFixed(1)} ms, warm ${warm.toFixed(2)} ms: ${what}`);
console.log(basename(path));
line('ijw scan', ours, `${ours.result} instructions`);
line('ijw listing', listing, `${listing.result} bytes, ${((ours.result / listing.warm) * 1e-3).toFixed(1)} million lines a second`);

const peers = process.env.PEERS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ijw-oracles');
const oracle = process.env.ORACLE ?? join(peers, 'bin/oracle.dll');
if (existsSync(oracle)) {
  const output = JSON.parse(execFileSync('dotnet', [oracle, 'bench', 'il', 'srm', path, repeats], { encoding: 'utf8' }));
  line('SRM scan', { first: output.first_ms, warm: output.warm_ms }, output.result);
  console.log(`ijw takes ${(ours.warm / output.warm_ms).toFixed(2)} of the time of SRM, warm`);
} else {
  console.log(`The oracle is not built (${oracle}): nothing to compare with`);
}
