// Bundles the command line into cli/dist/bundle/ijw.cjs: one file, in which the code of a command runs only when the command is given, and V8's code cache of what every command
// runs at its start.
import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const outfile = 'cli/dist/bundle/ijw.cjs';

/** chalk looks at the terminal through `node:tty`, which loads the network stack. ijw says itself when it colours, so there is nothing to look at. */
const noColourDetection = {
  name: 'no-colour-detection',
  setup(build) {
    build.onResolve({ filter: /^#supports-color$/ }, () => ({ path: 'supports-color', namespace: 'no-colour-detection' }));
    build.onLoad({ filter: /.*/, namespace: 'no-colour-detection' }, () => ({
      contents: 'export default { stdout: false, stderr: false };',
    }));
  },
};

await rm('cli/dist/bundle', { recursive: true, force: true });
await build({
  entryPoints: ['cli/src/main.ts'],
  outfile,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  conditions: ['@ijw/source'],
  external: ['asn1js', 'capstone-wasm', 'iced-x86', 'pino', 'pkijs'],
  alias: { 'node:child_process': './cli/src/no-child-process.ts' },
  plugins: [noColourDetection],
  // A script of V8's has no loader of its own: what stays outside the bundle is required.
  supported: { 'dynamic-import': false },
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: 'warning',
});

const warm = fileURLToPath(new URL('./write-code-cache.cjs', import.meta.url));
const { status, stderr } = spawnSync(process.execPath, [warm, outfile], { encoding: 'utf8' });
if (status !== 0) throw new Error(`The code cache was not written: ${stderr}`);
