// Runs a bundle's command on a real image in this process, so that V8 has compiled what it needs, and writes its code cache beside the bundle: node write-code-cache.cjs BUNDLE
const { rmSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');

const outfile = process.argv[2];
const output = `${outfile}.txt`;
const image = join(require.resolve('edge-js/package.json'), '../lib/native/win32/x64/24/edge_nativeclr.node');
const MORE = { dis: ['--output', output], stubs: ['--for', 'csharp'] };
const name = basename(outfile, '.cjs');
const command = name === 'ijw' ? ['interop', 'inventory'] : [name];
process.argv.splice(2, process.argv.length, ...command, image, ...(MORE[name] ?? []));

// V8 takes a cache only under the flags that it was made with, and a command may change them when it has begun.
require('node:v8').setFlagsFromString = () => {};

const { script, bytes } = require('../cli/bin/ijw.js');
const { sealCache } = require('../cli/bin/code-cache.js');
process.on('exit', (code) => {
  rmSync(output, { force: true });
  if (code === 0) writeFileSync(`${outfile}.cache`, sealCache(bytes, script.createCachedData()));
});
