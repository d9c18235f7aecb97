// Bundles the command line into cli/dist/bundle: ijw.cjs with every command, and one for each command whose start counts, with nothing of the others: V8 makes a closure for every function
// of a bundle before any of it runs. Beside each lies V8's code cache of what its command runs.
import { spawnSync } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type BuildResult, build, type Plugin } from 'esbuild';

const folder = 'cli/dist/bundle';
/** As `cli/bin/ijw.js` has them. */
const OWN_BUNDLES = ['info', 'headers', 'tables', 'dis', 'boundary', 'lint', 'load', 'stubs'];

/** chalk looks at the terminal through `node:tty`, which loads the network stack. ijw says itself when it colours, so there is nothing to look at. */
const noColourDetection: Plugin = {
  name: 'no-colour-detection',
  setup(build) {
    build.onResolve({ filter: /^#supports-color$/ }, () => ({ path: 'supports-color', namespace: 'no-colour-detection' }));
    build.onLoad({ filter: /.*/, namespace: 'no-colour-detection' }, () => ({
      contents: 'export default { stdout: false, stderr: false };',
    }));
  },
};

/**
 * Leaves out the code of all commands but one, and what that one loads later. It is imported as the others import each other: esbuild makes the variables of
 * all modules behind an `import()` assignable, and V8 does not compile those into its code as constants.
 */
const only = (command: string): Plugin => ({
  name: 'only-one-command',
  setup(build) {
    const own = `import('./commands/${command}.ts')`;
    build.onLoad({ filter: /\/command-list\.ts$/ }, async ({ path }) => ({
      contents: `import * as own from './commands/${command}.ts';\n${(await readFile(path, 'utf8')).replace(own, 'Promise.resolve(own)')}`,
      loader: 'ts',
    }));
    build.onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, namespace: 'left-out' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({ contents: `throw new Error('${path} is in another bundle');` }));
  },
});

const bundle = (name: string, plugins: readonly Plugin[]): Promise<BuildResult> =>
  build({
    entryPoints: ['cli/src/main.ts'],
    outfile: `${folder}/${name}.cjs`,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    conditions: ['@ijw/source'],
    external: ['asn1js', 'pino', 'pkijs'],
    alias: { 'node:child_process': './cli/src/no-child-process.ts' },
    plugins: [noColourDetection, ...plugins],
    // A script of V8's has no loader of its own: what stays outside the bundle is required.
    supported: { 'dynamic-import': false },
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'warning',
  });

await rm(folder, { recursive: true, force: true });
await Promise.all([bundle('ijw', []), ...OWN_BUNDLES.map((command) => bundle(command, [only(command)]))]);

const writer = fileURLToPath(new URL('./write-code-cache.cjs', import.meta.url));
for (const name of ['ijw', ...OWN_BUNDLES]) {
  const { status, stderr } = spawnSync(process.execPath, [writer, `${folder}/${name}.cjs`], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The code cache of ${name} was not written: ${stderr}`);
}
