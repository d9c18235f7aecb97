'use strict';

// Loads a script of the bundle with the code cache that the build left beside it: compiling the command line takes longer than reading a header.
// A cache of another source, or one that was changed, is ignored, and V8 refuses one that another version made; then the script is compiled as usual.

const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');

const HASH_SIZE = 32;
const sha256 = (bytes) => createHash('sha256').update(bytes).digest();

// V8 itself compares the length of the source alone, and trusts the rest.

/** The cache behind the hashes of its source and of itself. */
function sealCache(source, data) {
  return Buffer.concat([sha256(source), sha256(data), data]);
}

/** The cache in `sealed`, or `undefined` where it is of another source or not as it was written. */
function openCache(source, sealed) {
  const data = sealed.subarray(2 * HASH_SIZE);
  const intact = sealed.subarray(0, HASH_SIZE).equals(sha256(source)) && sealed.subarray(HASH_SIZE, 2 * HASH_SIZE).equals(sha256(data));
  return intact ? data : undefined;
}

const folder = `${__dirname}/../dist/bundle/`;

/** By name, what was loaded: the script, its bytes, and what it exports. */
const loaded = new Map();

function readCache(path, bytes) {
  try {
    return openCache(bytes, readFileSync(`${path}.cache`));
  } catch {
    return undefined;
  }
}

/** What the script of that name exports; it is run once. */
function load(name) {
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const path = `${folder}${name}.cjs`;
  const bytes = readFileSync(path);
  // Scripts are ASCII: as Latin-1 they are read without decoding. The name has no folder: the cache keeps it, and is no place for a path of the machine that built it.
  const source = `(function(require,load){${bytes.latin1Slice()}\n})`;
  const script = new Script(source, { filename: `${name}.cjs`, cachedData: readCache(path, bytes) });
  const entry = { script, bytes, exports: undefined };
  loaded.set(name, entry);
  entry.exports = script.runInThisContext()(require, load);
  return entry.exports;
}

module.exports = { load, loaded, sealCache, openCache };
