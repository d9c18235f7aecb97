// npm run fuzz -- --minutes N [READER…]: bundles the fuzzer, so that its coverage is that of one script, and runs it. --seed S repeats a run, --out DIR keeps findings elsewhere, --replay FILE READER reads one again.
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';

/** Beside the packages that stay outside the bundle. */
const outfile = 'cli/dist/fuzz/fuzz.cjs';

await build({
  entryPoints: ['tools/fuzz/main.ts'],
  outfile,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  conditions: ['@ijw/source'],
  external: ['asn1js', 'pino', 'pkijs'],
  // A bundle in CommonJS has no loader of its own: what stays outside is required.
  supported: { 'dynamic-import': false },
  logLevel: 'warning',
});

const { status } = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
