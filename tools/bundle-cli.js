// Bundles the command line into cli/dist: one small entry and a chunk per command, so that a process reads only what its command needs.
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

await rm(new URL('../cli/dist/bundle', import.meta.url), { recursive: true, force: true });
await build({
  entryPoints: ['cli/src/main.ts'],
  outdir: 'cli/dist/bundle',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['@ijw/source'],
  external: ['iced-x86', 'capstone-wasm', 'pino'],
  banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  logLevel: 'warning',
});
