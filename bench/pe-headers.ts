/** Reads headers, directories and resources of images, beside the npm package pe-library in the same run: npm run bench bench/pe-headers.ts FILE… */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { PEImage } from '@ijw/pe';
import { listResources, readResourceDirectory } from '@ijw/pe/resources';
import { NtExecutable, NtExecutableResource } from 'pe-library';

const files = process.argv.slice(2);
if (files.length === 0) throw new Error('Which files?');
const ROUNDS = 7;
const CALLS = 2000;

function ours(bytes: Uint8Array): number {
  const image = PEImage.parse(bytes);
  const root = readResourceDirectory(image);
  return root === undefined ? 0 : [...listResources(root)].length;
}

function theirs(bytes: Uint8Array): number {
  const executable = NtExecutable.from(bytes, { ignoreCert: true });
  return NtExecutableResource.from(executable).entries.length;
}

/** Microseconds a call, the best of several rounds. */
function time(read: (bytes: Uint8Array) => number, bytes: Uint8Array): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    for (let call = 0; call < CALLS; call++) read(bytes);
    best = Math.min(best, Number(process.hrtime.bigint() - start) / CALLS / 1000);
  }
  return best;
}

for (const file of files) {
  const bytes = readFileSync(file);
  const own = time(ours, bytes);
  let peer: number;
  try {
    peer = time(theirs, bytes);
  } catch (error) {
    console.log(`${basename(file)}: ijw ${own.toFixed(1)} µs; pe-library gives up: ${error instanceof Error ? error.message : error}`);
    continue;
  }
  console.log(`${basename(file)}: ijw ${own.toFixed(1)} µs, pe-library ${peer.toFixed(1)} µs, ratio ${(own / peer).toFixed(2)}`);
}
