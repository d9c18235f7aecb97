// Bundles the command line, with what it imports, into cli/dist/bundle: a script for each command and for what several commands share, and one by itself for each command whose start counts most.
// V8 makes a closure for every function of a script before any of it runs: a command loads no script that it does not need. Beside each lies V8's code cache of what commands run of it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { pastIndexes } from './past-indexes.ts';
import { scriptOfModule } from './script-of-module.ts';
import { thirdPartyNotices } from './third-party-notices.ts';

const folder = 'cli/dist/bundle';
/** As `cli/bin/ijw.js` has them. */
const OWN_SCRIPTS = ['info', 'dis', 'load'];

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

/** A script of V8's has no loader of modules: what comes with Node is required. */
const requireBuiltins: Plugin = {
  name: 'require-builtins',
  setup(build) {
    const names = builtinModules.map((name) => name.replaceAll('/', '\\/')).join('|');
    build.onResolve({ filter: new RegExp(`^(node:.+|${names})$`) }, ({ path, namespace }) =>
      namespace === 'builtin' ? { external: true } : { path, namespace: 'builtin' },
    );
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};

const common = {
  outdir: folder,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['@ijw/source'],
  alias: { 'node:child_process': './cli/src/no-child-process.ts' },
  plugins: [noColourDetection, requireBuiltins],
  legalComments: 'none',
  minifySyntax: true,
  minifyWhitespace: true,
  metafile: true,
  write: false,
  logLevel: 'warning',
} as const satisfies BuildOptions;

const scripts = await build({
  ...common,
  entryPoints: ['cli/src/main.ts', 'cli/src/index.ts'],
  splitting: true,
  plugins: [pastIndexes(process.cwd()), ...common.plugins],
});

/** The script with a package that is loaded when it is asked for. */
function scriptOfPackage(name: string): string {
  const script = Object.entries(scripts.metafile.outputs).find(([, { entryPoint }]) => entryPoint?.includes(`/node_modules/${name}/`));
  if (script === undefined) throw new Error(`${name} has no script`);
  return `./${basename(script[0])}`;
}

/** Leaves out the code of all commands but one; packages that are loaded later are those of the other scripts. */
const only = (command: string): Plugin => ({
  name: 'only-one-command',
  setup(build) {
    const own = `import('./commands/${command}.ts')`;
    build.onLoad({ filter: /\/command-list\.ts$/ }, ({ path }) => ({
      contents: `import * as own from './commands/${command}.ts';\n${readFileSync(path, 'utf8').replace(own, 'Promise.resolve(own)')}`,
      loader: 'ts',
    }));
    build.onResolve({ filter: /^[^#]/ }, ({ kind, path }) => {
      if (kind !== 'dynamic-import' || path.startsWith('node:')) return undefined;
      return path.startsWith('.') ? { path, namespace: 'left-out' } : { path: scriptOfPackage(path), external: true };
    });
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({ contents: `throw new Error('${path} is in another script');` }));
  },
});

const ownScript = (command: string) =>
  build({ ...common, entryPoints: { [command]: 'cli/src/main.ts' }, plugins: [only(command), ...common.plugins] });

const own = await Promise.all(OWN_SCRIPTS.map(ownScript));

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const outputs = [scripts, ...own]
  .flatMap(({ outputFiles }) => outputFiles)
  .map(({ path, text }) => ({ name: basename(path, '.js'), text }));
const names = new Set(outputs.map(({ name }) => name));
for (const { name, text } of outputs) writeFileSync(join(folder, `${name}.cjs`), scriptOfModule(text, names));
writeFileSync('cli/THIRD-PARTY-NOTICES', thirdPartyNotices(Object.keys(scripts.metafile.inputs)));

const writer = fileURLToPath(new URL('./write-code-cache.cjs', import.meta.url));
for (const command of ['', ...OWN_SCRIPTS]) {
  const { status, stderr } = spawnSync(process.execPath, [writer, command], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The code caches were not written: ${stderr}`);
}
