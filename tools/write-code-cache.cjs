// Runs `ijw info` on a real image in this process, so that V8 has compiled what a short command needs, and writes its code cache beside the bundle.
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');

const outfile = process.argv[2];
const image = join(require.resolve('edge-js/package.json'), '../lib/native/win32/x64/24/edge_nativeclr.node');
process.argv.splice(2, process.argv.length, 'info', image);

const { script } = require('../cli/bin/ijw.js');
process.on('exit', (code) => {
  if (code === 0) writeFileSync(`${outfile}.cache`, script.createCachedData());
});
