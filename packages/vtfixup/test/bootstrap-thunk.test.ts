// ijwhost's bootstrap thunk: what is written is read again, and one changed byte of its code is another thing.

import {
  type BootstrapThunk,
  bootstrapThunkArm64,
  bootstrapThunkOffset,
  bootstrapThunkX64,
  bootstrapThunkX86,
  readBootstrapThunk,
  writeBootstrapThunk,
} from '@ijw/vtfixup';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe.each([
  ['x86', bootstrapThunkX86, 0xffff_ffffn, 0x11],
  ['x64', bootstrapThunkX64, 0x7fff_ffff_ffffn, 0x2c],
  ['arm64', bootstrapThunkArm64, 0x7fff_ffff_ffffn, 0x2c],
] as const)('the thunk of %s', (_name, layout, max, size) => {
  const address = fc.bigInt({ min: 0n, max });
  const thunk: fc.Arbitrary<BootstrapThunk> = fc.record({
    token: fc.nat({ max: 0xffff_ffff }),
    helper: address,
    moduleHandle: address,
    slotAddress: address,
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(thunk, address, (written, at) => {
        const bytes = writeBootstrapThunk(layout, written, at);
        expect(bytes).toHaveLength(size);
        expect(readBootstrapThunk(layout, bytes, at)).toEqual({ ...written, size });
        expect(readBootstrapThunk(layout, bytes.subarray(1), at)).toBeUndefined();
      }),
    );
  });

  it('has its token where a dump is searched for it', () => {
    const bytes = writeBootstrapThunk(layout, { token: 0x0600_0123, helper: 1n, moduleHandle: 2n, slotAddress: 3n }, 0x1000n);
    expect(new DataView(bytes.buffer).getUint32(bootstrapThunkOffset(layout, 'token'), true)).toBe(0x0600_0123);
  });

  it('is known by every byte of its code', () => {
    const bytes = writeBootstrapThunk(layout, { token: 0x0600_0001, helper: 1n, moduleHandle: 2n, slotAddress: 3n }, 0x1000n);
    for (const piece of layout.pieces) {
      if (!('code' in piece)) continue;
      for (const index of piece.code.keys()) {
        const changed = bytes.slice();
        changed[piece.offset + index]! ^= 1;
        expect(readBootstrapThunk(layout, changed, 0x1000n)).toBeUndefined();
      }
    }
  });
});

it('a thunk of x64 names its own address', () => {
  const bytes = writeBootstrapThunk(bootstrapThunkX64, { token: 0x0600_0001, helper: 1n, moduleHandle: 2n, slotAddress: 3n }, 0x1000n);
  expect(readBootstrapThunk(bootstrapThunkX64, bytes, 0x1010n)).toBeUndefined();
});
