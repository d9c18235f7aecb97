import { constants, deflateRawSync } from 'node:zlib';
import type { Decisions } from '../decisions.ts';

const MIB = 0x100000;
/** RFC 1951: 64 MiB of zeros that end on a byte and are not the last block, so that they can be repeated. */
const PIECE = 64 * MIB;
let piece: Uint8Array | undefined;

function* pieces(count: number): Generator<Uint8Array> {
  piece ??= deflateRawSync(new Uint8Array(PIECE), { finishFlush: constants.Z_FULL_FLUSH });
  for (let left = count; left > 0; left--) yield piece;
  yield deflateRawSync(new Uint8Array(0));
}

/** Deflated zeros, much more than a file may ask for, and the size that is said: the true one, or a small one. */
export function deflateBomb(decisions: Decisions): { readonly bytes: Uint8Array; readonly size: number } {
  const count = decisions.pick([1, 4, 14, 30]);
  return { bytes: Buffer.concat([...pieces(count)]), size: decisions.chance() ? count * PIECE : decisions.pick([100, 0x7fffffff]) };
}
