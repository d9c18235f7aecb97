'use strict';

// Loads a script of the bundle with the code cache that the build left beside it: compiling the command line takes longer than reading a header.
// A cache of another source or another Node, or one that was changed, is ignored; then the script is compiled as usual.

const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');

const HASH_SIZE = 32;
const sha256 = (bytes) => createHash('sha256').update(bytes).digest();

/** V8 takes the cache of a build that differs from it in its patches alone, and crashes in it: Node 20.19.6 in that of 20.20.2. */
const ENGINE = `${process.version} ${process.platform} ${process.arch}`;

/** V8 itself compares the length of the source alone, and trusts the rest. */
const keyOf = (source, engine) => createHash('sha256').update(engine).update(source).digest();

/** The cache behind the hashes of what it is a cache of and of itself. */
function sealCache(source, data, engine = ENGINE) {
  return Buffer.concat([keyOf(source, engine), sha256(data), data]);
}

/** The cache in `sealed`, or `undefined` where it is of another source or engine, or not as it was written. */
function openCache(source, sealed, engine = ENGINE) {
  const data = sealed.subarray(2 * HASH_SIZE);
  const hashes = Buffer.concat([keyOf(source, engine), sha256(data)]);
  return sealed.subarray(0, 2 * HASH_SIZE).equals(hashes) ? data : undefined;
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
