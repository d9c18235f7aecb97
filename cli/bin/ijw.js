#!/usr/bin/env node
'use strict';

// Loads the bundle with the code cache that the build left beside it: compiling the command line takes longer than reading a header.
// V8 refuses a cache that another version made; then the bundle is compiled as usual.

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

/** Commands with a bundle of their own, which is smaller. As `tools/bundle-cli.ts` has them. */
const OWN_BUNDLES = ['info', 'dis'];

const name = OWN_BUNDLES.includes(process.argv[2]) ? process.argv[2] : 'ijw';
const filename = join(__dirname, `../dist/bundle/${name}.cjs`);

function readCache() {
  try {
    return readFileSync(`${filename}.cache`);
  } catch {
    return undefined;
  }
}

// The bundle is ASCII: as Latin-1 it is read without decoding.
const source = `(function (require, module, exports) {${readFileSync(filename, 'latin1')}\n})`;
const script = new Script(source, {
  filename,
  cachedData: readCache(),
});
const bundle = { exports: {} };
script.runInThisContext()(require, bundle, bundle.exports);

module.exports = { script };
