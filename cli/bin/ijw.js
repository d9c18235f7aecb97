#!/usr/bin/env node
'use strict';

// Loads the bundle with the code cache that the build left beside it: compiling the command line takes longer than reading a header.
// A cache of another source, or one that was changed, is ignored, and V8 refuses one that another version made; then the bundle is compiled as usual.

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');
const { openCache } = require('./code-cache.js');

/** Commands with a bundle of their own, which is smaller. As `tools/bundle-cli.ts` has them. */
const OWN_BUNDLES = ['info', 'headers', 'tables', 'dis', 'boundary', 'lint', 'load', 'stubs'];

/** Options whose code is in the bundle of all commands. */
const ELSEWHERE = ['--native'];

const [, , command, ...words] = process.argv;
const name = OWN_BUNDLES.includes(command) && !words.some((word) => ELSEWHERE.includes(word)) ? command : 'ijw';
const path = join(__dirname, `../dist/bundle/${name}.cjs`);
const bytes = readFileSync(path);

function readCache() {
  try {
    return openCache(bytes, readFileSync(`${path}.cache`));
  } catch {
    return undefined;
  }
}

// The bundle is ASCII: as Latin-1 it is read without decoding. Its name has no folder: the cache keeps it, and is no place for a path of the machine that built it.
const source = `(function (require, module, exports) {${bytes.latin1Slice()}\n})`;
const script = new Script(source, { filename: `${name}.cjs`, cachedData: readCache() });
const bundle = { exports: {} };
script.runInThisContext()(require, bundle, bundle.exports);

module.exports = { script, bytes };
