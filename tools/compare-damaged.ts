/**
 * Compares `ijw tables --raw` with System.Reflection.Metadata over the 46 damaged files of the suite, whose expectations are recorded in cli/test/damaged-expectations.ts: npm run tool
 * tools/compare-damaged.ts. Needs the reference reader; it says so when that is missing. The exit code is 1 when a recorded answer of the reference is not the one it gives.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { damagedImages, managedSample } from '@ijw/fixtures';
import { expectations } from '../cli/test/damaged-expectations.ts';
import { missingPeer, ORACLE } from './peers.ts';

const missing = missingPeer(ORACLE);
if (missing !== undefined) {
  console.log(`damaged files: skipped, ${missing}`);
  process.exit(0);
}

const edge = readFileSync(new URL('../node_modules/edge-js/lib/native/win32/x64/24/edge_nativeclr.node', import.meta.url));
const originals = { managed: managedSample(), mixed: new Uint8Array(edge) };
const folder = mkdtempSync(join(tmpdir(), 'damaged-'));
let wrong = 0;
for (const [base, original] of Object.entries(originals))
  for (const { name, bytes } of damagedImages(original)) check(`${base}-${name}`, bytes);
rmSync(folder, { recursive: true, force: true });
console.log(`damaged files: ${expectations.length - wrong} of ${expectations.length} as recorded`);
process.exitCode = wrong === 0 ? 0 : 1;

function check(name: string, bytes: Uint8Array): void {
  const file = join(folder, `${name}.dll`);
  writeFileSync(file, bytes);
  const output = spawnSync('dotnet', [ORACLE, 'tables', file, '--raw'], { encoding: 'utf8' }).stdout;
  const refuses = /^!/m.test(output);
  const lines = createHash('sha256').update(output).digest('hex').slice(0, 8);
  const recorded = expectations.find((each) => each.name === name);
  if (recorded?.reference === (refuses ? 'refuses' : 'reads') && (refuses || recorded.lines === lines)) return;
  wrong++;
  console.log(
    `${name}: the reference ${refuses ? `refuses (${output.trim().split('\n').at(-1)})` : `reads ${lines}`}, recorded is ${JSON.stringify(recorded)}`,
  );
}
