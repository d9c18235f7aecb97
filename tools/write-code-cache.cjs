// Runs commands on a real image in this process, so that V8 has compiled what they need, and writes its code caches beside the scripts of the bundle:
// node write-code-cache.cjs COMMAND for the script that a command has by itself, without COMMAND for the others
const { rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const v8 = require('node:v8');
const { load, loaded, sealCache } = require('../cli/bin/load-script.js');

const folder = join(__dirname, '../cli/dist/bundle');
const image = join(require.resolve('edge-js/package.json'), '../lib/native/win32/x64/24/edge_nativeclr.node');
const COMMANDS = ['headers', 'tables', 'boundary', 'lint', 'stubs --for csharp', 'interop inventory', 'doctor', 'tour'];

// V8 forgets the code of functions that have not run for a while. It takes a cache only under the flags that it was made with: they end as they were, and no command changes them.
const { setFlagsFromString } = v8;
v8.setFlagsFromString = () => {};
setFlagsFromString('--no-flush-bytecode');

async function runAll() {
  const { run, processIo } = load('index');
  const io = { ...processIo(), write() {} };
  for (const command of COMMANDS) {
    const exitCode = await run([...command.split(' '), image], io);
    if (exitCode === 2) throw new Error(`ijw ${command} is wrong usage`);
  }
}

const output = `${folder}/output.txt`;

function runOwn(command) {
  process.argv.splice(2, process.argv.length, command, image, '--output', output);
  load(command);
}

process.on('exit', () => {
  rmSync(output, { force: true });
  setFlagsFromString('--flush-bytecode');
  for (const [name, { script, bytes }] of loaded) writeFileSync(`${folder}/${name}.cjs.cache`, sealCache(bytes, script.createCachedData()));
});
const [, , command] = process.argv;
if (command) runOwn(command);
else void runAll();
