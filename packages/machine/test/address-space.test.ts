// Guest memory: reservations, rights, backing, access over page ends.

import { UnsupportedError } from '@ijw/binary';
import {
  AddressSpace,
  faultText,
  HOST_AREA_SIZE,
  isFault,
  isRefusal,
  PAGE_SIZE,
  type PageFill,
  PageRights,
  pageRightsText,
} from '@ijw/machine';
import { describe, expect, it, vi } from 'vitest';

const MIB = 0x100000;
/** Below it the window is the host's. */
const LOWEST = HOST_AREA_SIZE;

function mapped(rights: number = PageRights.readWrite, size = 0x10000): { space: AddressSpace; base: number } {
  const space = new AddressSpace();
  const base = space.reserve(size);
  if (typeof base !== 'number') throw new Error(base.message);
  expect(space.commit(base, size, rights)).toBeUndefined();
  return { space, base };
}

describe('AddressSpace.reserve', () => {
  it('places reservations of 64 KiB steps one after another and fills the first gap', () => {
    const space = new AddressSpace();
    expect(space.reserve(1)).toBe(LOWEST);
    expect(space.reserve(0x10001)).toBe(LOWEST + 0x10000);
    expect(space.reserve(1)).toBe(LOWEST + 0x30000);
    expect(space.release(LOWEST + 0x10000)).toBeUndefined();
    expect(space.reserve(0x20000)).toBe(LOWEST + 0x10000);
  });

  it('takes the wished address within its window of 4 GiB, wherever that lies', () => {
    const space = new AddressSpace({ windowBase: 0x1_0000_0000 });
    expect(space.reserve(MIB, 0x1_ffff_0000 - MIB)).toBe(0x1_ffff_0000 - MIB);
    expect(space.reserve(MIB, 0x7ff6_0000_0000)).toMatchObject({ code: 'BAD_RANGE' });
    expect(space.reserve(MIB, 0x8000_0000)).toMatchObject({ code: 'BAD_RANGE' });
    expect(new AddressSpace({ windowBase: 0x7ff6_0000_0000 }).reserve(MIB, 0x7ff6_8000_0000)).toBe(0x7ff6_8000_0000);
    expect(space.reserve(MIB, 0x1_8000_0000)).toBe(0x1_8000_0000);
    expect(space.reserve(MIB, 0x1_8000_0000)).toMatchObject({ kind: 'refusal', code: 'ADDRESS_TAKEN' });
    expect(space.reserve(MIB, 0x1_7fff_0000)).toMatchObject({ code: 'ADDRESS_TAKEN' });
    expect(space.reserve(0x10000, 0x1_7fff_0000)).toBe(0x1_7fff_0000);
  });

  it.each([
    [0, undefined],
    [-1, undefined],
    [Number.NaN, undefined],
    [2 ** 48, undefined],
    [0x1000, 0x1234],
    [0x1000, -0x10000],
    [0x2000, 2 ** 32 - 0x1000],
    [0x1000, LOWEST - 0x10000],
  ])('refuses the range of %s bytes at %s', (size, at) => {
    expect(new AddressSpace().reserve(size, at)).toMatchObject({ kind: 'refusal', code: 'BAD_RANGE' });
  });

  it('says when no gap is left', () => {
    const space = new AddressSpace({ addressLimit: LOWEST + 0x30000 });
    expect(space.reserve(0x30000)).toBe(LOWEST);
    expect(space.reserve(1)).toMatchObject({ code: 'NO_SPACE' });
  });
});

describe('AddressSpace rights', () => {
  it('never makes a page writable and executable', () => {
    const { space, base } = mapped();
    expect(space.protect(base, PAGE_SIZE, 7)).toMatchObject({ kind: 'refusal', code: 'WRITE_AND_EXECUTE' });
    expect(space.commit(base, PAGE_SIZE, 6)).toMatchObject({ kind: 'refusal', code: 'WRITE_AND_EXECUTE' });
    expect(space.query(base).rights).toBe(PageRights.readWrite);
  });

  it('writes code under read and write, then runs it under read and execute', () => {
    const { space, base } = mapped();
    expect(space.write(base, Uint8Array.of(0xc3))).toBeUndefined();
    expect(space.fetch(base, 1)).toMatchObject({ kind: 'fault', access: 'execute', lacked: 'execute', address: base });
    expect(space.protect(base, 1, PageRights.readExecute)).toBe(PageRights.readWrite);
    expect(space.fetch(base, 1)).toEqual(Uint8Array.of(0xc3));
    expect(space.writeU8(base, 0)).toMatchObject({ kind: 'fault', access: 'write', lacked: 'write' });
  });

  it('answers protect with the rights of the first page and leaves the neighbours alone', () => {
    const { space, base } = mapped();
    space.protect(base + PAGE_SIZE, 1, PageRights.read);
    expect(space.protect(base, 2 * PAGE_SIZE, PageRights.none)).toBe(PageRights.readWrite);
    expect(space.query(base + PAGE_SIZE).rights).toBe(0);
    expect(space.query(base + 2 * PAGE_SIZE).rights).toBe(PageRights.readWrite);
  });

  it('refuses to protect what is not committed or not reserved', () => {
    const space = new AddressSpace();
    const base = space.reserve(0x10000) as number;
    space.commit(base, PAGE_SIZE, PageRights.read);
    expect(space.protect(base, 2 * PAGE_SIZE, PageRights.read)).toMatchObject({ code: 'NOT_COMMITTED', address: base + PAGE_SIZE });
    expect(space.protect(0x9000_0000, 1, PageRights.read)).toMatchObject({ code: 'NOT_RESERVED' });
    expect(space.protect(base + 0xf000, 0x2000, PageRights.read)).toMatchObject({ code: 'NOT_RESERVED' });
    expect(space.commit(base, 0, PageRights.read)).toMatchObject({ code: 'BAD_RANGE' });
    expect(space.release(base + PAGE_SIZE)).toMatchObject({ code: 'NOT_RESERVED' });
  });

  it('shows rights as three letters', () => {
    expect([0, 1, 3, 5].map(pageRightsText)).toEqual(['---', 'r--', 'rw-', 'r-x']);
  });
});

describe('AddressSpace access', () => {
  it('reads back what was written, in every width and across pages', () => {
    const { space, base } = mapped();
    const at = base + PAGE_SIZE - 3;
    expect(space.writeU64(at, 0x1122334455667788n)).toBeUndefined();
    expect(space.readU64(at)).toBe(0x1122334455667788n);
    expect(space.readU32(at + 1)).toBe(0x44556677);
    expect(space.readU16(at + 2)).toBe(0x5566);
    expect(space.readU8(at)).toBe(0x88);
    space.writeU32(base, 0xffffffff);
    space.writeU16(base + 4, 0xabcd);
    expect(space.readU32(base)).toBe(0xffffffff);
    expect(space.readU64(base)).toBe(0xabcdffffffffn);
  });

  it('reads zeroes from pages that were never touched, without touching them', () => {
    const { space, base } = mapped(PageRights.readWrite, 64 * MIB);
    expect(space.read(base, MIB)).toEqual(new Uint8Array(MIB));
    expect(space.residentBytes).toBe(0);
    expect(space.committedBytes).toBe(64 * MIB);
    space.writeU8(base + 5 * MIB, 1);
    expect(space.residentBytes).toBe(PAGE_SIZE);
  });

  it('says where an access failed and what lacked', () => {
    const { space, base } = mapped(PageRights.read, PAGE_SIZE);
    expect(space.read(base + PAGE_SIZE - 2, 4)).toEqual({ kind: 'fault', address: base + PAGE_SIZE, access: 'read', lacked: 'region' });
    expect(space.readU32(0)).toMatchObject({ lacked: 'region' });
    expect(space.write(base, Uint8Array.of(1))).toMatchObject({ lacked: 'write', address: base });
    const fault = space.readU8(base + PAGE_SIZE);
    expect(isFault(fault) && faultText(fault)).toBe(`read at 0x121000: nothing is mapped there`);
    expect(isRefusal(fault)).toBe(false);
  });

  it('writes all or nothing', () => {
    const { space, base } = mapped(PageRights.readWrite, 0x10000);
    space.protect(base + PAGE_SIZE, PAGE_SIZE, PageRights.read);
    expect(space.write(base + PAGE_SIZE - 2, Uint8Array.of(1, 2, 3, 4))).toMatchObject({ address: base + PAGE_SIZE });
    expect(space.readU16(base + PAGE_SIZE - 2)).toBe(0);
  });

  it('gives decommitted and released pages back, zeroed', () => {
    const { space, base } = mapped();
    space.write(base, new Uint8Array(0x10000).fill(0xaa));
    expect(space.residentBytes).toBe(0x10000);
    space.decommit(base, PAGE_SIZE);
    expect(space.readU8(base)).toMatchObject({ lacked: 'commitment' });
    space.commit(base, PAGE_SIZE, PageRights.readWrite);
    expect(space.readU8(base)).toBe(0);
    space.release(base);
    expect(space.residentBytes).toBe(0);
    expect(space.committedBytes).toBe(0);
    expect(space.query(base).state).toBe('free');
  });

  it('holds a byte at its address modulo 2^32 of one WebAssembly memory, which grows where pages are touched', () => {
    const space = new AddressSpace({ windowBase: 0x1_0000_0000 });
    const base = space.reserve(4 * MIB, 0x1_4000_0000) as number;
    space.commit(base, 4 * MIB, PageRights.readWrite);
    expect(space.memory.buffer.byteLength).toBeLessThan(4 * MIB);
    expect(space.writeU8(base + 0x12345, 0xa5)).toBeUndefined();
    expect(space.memory.buffer.byteLength).toBeGreaterThan(0x4001_2345);
    expect(space.translate(base + 0x12345, 'read')).toBe(0x4001_2345);
    expect(new Uint8Array(space.memory.buffer)[0x4001_2345]).toBe(0xa5);
  });

  it('keeps the rights of touched pages in the memory, and none of others', () => {
    const { space, base } = mapped(PageRights.readWrite);
    const rights = (page: number): number | undefined => space.flat.rights[base / PAGE_SIZE + page];
    expect(rights(0)).toBe(PageRights.none);
    space.writeU8(base, 1);
    expect([rights(0), rights(1)]).toEqual([PageRights.readWrite, PageRights.none]);
    space.protect(base, PAGE_SIZE, PageRights.readExecute);
    expect(rights(0)).toBe(PageRights.readExecute);
    space.decommit(base, PAGE_SIZE);
    expect(rights(0)).toBe(PageRights.none);
  });

  it('says by its code version that executable pages changed', () => {
    const { space, base } = mapped(PageRights.readWrite);
    const versions = [space.codeVersion];
    space.writeU8(base, 0xc3);
    versions.push(space.codeVersion);
    space.protect(base, 1, PageRights.readExecute);
    versions.push(space.codeVersion);
    space.release(base);
    expect(versions[1]).toBe(versions[0]);
    expect(versions[2]).not.toBe(versions[1]);
    expect(space.codeVersion).not.toBe(versions[2]);
  });

  it('bounds what may be committed', () => {
    const space = new AddressSpace({ commitLimit: MIB });
    const base = space.reserve(0x1000_0000) as number;
    expect(space.commit(base, 2 * MIB, PageRights.read)).toMatchObject({ code: 'COMMIT_LIMIT' });
    expect(space.commit(base, MIB, PageRights.read)).toBeUndefined();
    expect(space.commit(base, MIB, PageRights.readWrite)).toBeUndefined();
  });
});

describe('AddressSpace.back', () => {
  const numbers: PageFill = (page, address) => page.fill((address / PAGE_SIZE) & 0xff);

  it('fills a page on its first touch, by a read, a copy or a write, and holds nothing before', () => {
    const { space, base } = mapped(PageRights.readWrite, 4 * PAGE_SIZE);
    const first = (base / PAGE_SIZE) & 0xff;
    expect(space.back(base, 3 * PAGE_SIZE, numbers)).toBeUndefined();
    expect(space.residentBytes).toBe(0);
    expect(space.readU8(base + 5)).toBe(first);
    expect(space.read(base + PAGE_SIZE - 1, 2)).toEqual(Uint8Array.of(first, first + 1));
    expect(space.writeU8(base + 2 * PAGE_SIZE, 0xee)).toBeUndefined();
    expect(space.read(base + 2 * PAGE_SIZE, 2)).toEqual(Uint8Array.of(0xee, first + 2));
    expect(space.readU8(base + 3 * PAGE_SIZE)).toBe(0);
    expect(space.residentBytes).toBe(4 * PAGE_SIZE);
  });

  it('lets a later backing of the same page write over an earlier one, also where the page was touched', () => {
    const { space, base } = mapped();
    const two: PageFill = (page) => page.fill(2, 0x10, 0x20);
    space.back(base, PAGE_SIZE, (page) => page.fill(1));
    space.back(base + 0x10, 0x10, two);
    expect([space.readU8(base + 0xf), space.readU8(base + 0x10), space.readU8(base + 0x20)]).toEqual([1, 2, 1]);
    space.back(base + 0x40, 1, (page) => page.fill(3, 0x40, 0x41));
    expect([space.readU8(base + 0x3f), space.readU8(base + 0x40)]).toEqual([1, 3]);
  });

  it('is over when the page is decommitted, and is refused where no page is', () => {
    const { space, base } = mapped();
    space.back(base, PAGE_SIZE, numbers);
    space.decommit(base, PAGE_SIZE);
    expect(space.back(base, PAGE_SIZE, numbers)).toMatchObject({ kind: 'refusal', code: 'NOT_COMMITTED', address: base });
    space.commit(base, PAGE_SIZE, PageRights.read);
    expect(space.readU32(base)).toBe(0);
    space.decommit(base, PAGE_SIZE);
    space.commit(base, PAGE_SIZE, PageRights.readWrite);
    space.back(base + 8, 8, (page) => page.fill(7, 8, 16));
    expect(space.read(base + 7, 10)).toEqual(Uint8Array.of(0, 7, 7, 7, 7, 7, 7, 7, 7, 0));
    expect(space.back(0x7000_0000, 1, numbers)).toMatchObject({ code: 'NOT_RESERVED' });
  });
});

it.each([4, 8])('writes and reads words of %s bytes inside a page and across two', (size) => {
  const { space, base } = mapped();
  for (const at of [base, base + PAGE_SIZE - 3]) {
    if (size === 4) space.writeU32(at, 0x89abcdef);
    else space.writeU64(at, 0x0123_4567_89ab_cdefn);
    expect(size === 4 ? space.readU32(at) : space.readU64(at)).toBe(size === 4 ? 0x89abcdef : 0x0123_4567_89ab_cdefn);
  }
});

describe('an engine without address space for another memory', () => {
  it('is told in one line', () => {
    class Memory {
      constructor() {
        throw new RangeError('WebAssembly.Memory(): could not allocate memory');
      }
    }
    vi.stubGlobal('WebAssembly', { Memory });
    try {
      expect(() => new AddressSpace()).toThrow(UnsupportedError);
      expect(() => new AddressSpace()).toThrow(/^Cannot reserve address space for a guest: .*ulimit -v\)$/);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
