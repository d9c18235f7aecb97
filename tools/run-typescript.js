// Runs a TypeScript tool: `node tools/run-typescript.js tools/instructions/main.ts [arguments]`. Packages are taken from their sources.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [entry = ''] = process.argv.splice(2, 1);
const outfile = resolve('node_modules/.cache/ijw-tools', `${entry.replaceAll(/[\\/.]/g, '-')}.mjs`);
mkdirSync(resolve(outfile, '..'), { recursive: true });
await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  conditions: ['@ijw/source'],
  external: ['iced-x86'],
  logLevel: 'warning',
});
await import(pathToFileURL(outfile).href);
