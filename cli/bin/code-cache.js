'use strict';

// A code cache of V8's with what it is a cache of: V8 itself compares the length of the source alone, and trusts the rest.

const { createHash } = require('node:crypto');

const HASH_SIZE = 32;
const sha256 = (bytes) => createHash('sha256').update(bytes).digest();

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

module.exports = { sealCache, openCache };
