// Arm Architecture Reference Manual (A64): B, BL, BR, ADRP, ADD (immediate), LDR (immediate and literal), HINT.
import { hex } from '@ijw/binary';

import type { CodeRegion } from '../code/code-region.ts';
import { type Jump, wrapRva } from '../code/jump.ts';
import { bootstrapThunkArm64 } from './bootstrap-thunk.ts';
import type { Platform } from './platform.ts';

/** An instruction as a mask and what is left under it. */
const encoding = {
  branch: [0xfc000000, 0x14000000],
  branchLink: [0xfc000000, 0x94000000],
  branchRegister: [0xfffffc1f, 0xd61f0000],
  branchLinkRegister: [0xfffffc1f, 0xd63f0000],
  pageAddress: [0x9f000000, 0x90000000],
  address: [0x9f000000, 0x10000000],
  addImmediate: [0xff800000, 0x91000000],
  loadImmediate: [0xffc00000, 0xf9400000],
  loadLiteral: [0xff000000, 0x58000000],
  /** HINT: nop, bti and the like; pointer authentication of a return address begins a real function and is not among them. */
  nop: [0xffffffff, 0xd503201f],
  branchTarget: [0xffffff3f, 0xd503241f],
} as const;

const is = (word: number, [mask, value]: readonly [number, number]): boolean => (word & mask) >>> 0 === value;

const wordAt = (region: CodeRegion, offset: number): number =>
  offset >= 0 && offset + 4 <= region.bytes.length ? region.view.getUint32(offset, true) : 0;

const signed = (value: number, bits: number): number => (value << (32 - bits)) >> (32 - bits);
const destination = (word: number): number => word & 31;
const base = (word: number): number => (word >>> 5) & 31;
const immediate12 = (word: number): number => (word >>> 10) & 0xfff;

const branchTarget = (word: number, rva: number): number => wrapRva(rva + signed(word, 26) * 4);

/** ADRP: the page that the register gets, as an RVA; image bases are multiples of 64 KB. */
function pageOf(word: number, rva: number): number {
  const pages = signed((((word >>> 5) & 0x7ffff) << 2) | ((word >>> 29) & 3), 21);
  return wrapRva(rva - (rva % 0x1000) + pages * 0x1000);
}

/** ADD's immediate is shifted by 12 bits where bit 22 is set. */
const addend = (word: number): number => immediate12(word) << (word & (1 << 22) ? 12 : 0);

/** `adrp; ldr; br`, `adrp; add; br`, and a delay-load stub's `adrp; add; b`. */
function fromPage(region: CodeRegion, offset: number): Jump | undefined {
  const [first, second, third] = [wordAt(region, offset), wordAt(region, offset + 4), wordAt(region, offset + 8)];
  const rva = region.rva + offset;
  const page = pageOf(first, rva);
  if (base(second) !== destination(first)) return undefined;
  const register = `x${destination(first)}`;
  const other = `x${destination(second)}`;
  const place = { rva, length: 12 };
  const branches = is(third, encoding.branchRegister) && base(third) === destination(second);
  if (is(second, encoding.loadImmediate) && branches) {
    const pointer = wrapRva(page + immediate12(second) * 8);
    return { kind: 'indirect', ...place, pointer, text: `adrp ${register}; ldr ${other},[${hex(pointer)}]; br ${other}` };
  }
  if (!is(second, encoding.addImmediate)) return undefined;
  const target = wrapRva(page + addend(second));
  if (branches) return { kind: 'direct', ...place, target, text: `adrp ${register}; add ${other},${hex(target)}; br ${other}` };
  if (!is(third, encoding.branch)) return undefined;
  const merge = branchTarget(third, rva + 8);
  const text = `adrp ${register}; add ${other},${hex(target)}; b ${hex(merge)}`;
  return { kind: 'delayLoad', ...place, pointer: target, target: merge, text };
}

/** `ldr xN, label; br xN`. */
function fromLiteral(region: CodeRegion, offset: number): Jump | undefined {
  const [first, second] = [wordAt(region, offset), wordAt(region, offset + 4)];
  if (!is(second, encoding.branchRegister) || base(second) !== destination(first)) return undefined;
  const rva = region.rva + offset;
  const pointer = wrapRva(rva + signed((first >>> 5) & 0x7ffff, 19) * 4);
  const register = `x${destination(first)}`;
  return { kind: 'indirect', rva, length: 8, pointer, text: `ldr ${register},[${hex(pointer)}]; br ${register}` };
}

function jumpAt(region: CodeRegion, offset: number): Jump | undefined {
  const word = wordAt(region, offset);
  if (is(word, encoding.pageAddress)) return fromPage(region, offset);
  if (is(word, encoding.loadLiteral)) return fromLiteral(region, offset);
  if (!is(word, encoding.branch)) return undefined;
  const rva = region.rva + offset;
  const target = branchTarget(word, rva);
  return { kind: 'direct', rva, length: 4, target, text: `b ${hex(target)}` };
}

const MAX_PADDING = 4;

function decodeJump(region: CodeRegion, start: number): Jump | undefined {
  if ((region.rva + start) % 4 !== 0) return undefined;
  let offset = start;
  for (let count = 0; count < MAX_PADDING; count++, offset += 4) {
    const word = wordAt(region, offset);
    if (!is(word, encoding.nop) && !is(word, encoding.branchTarget)) break;
  }
  return jumpAt(region, offset);
}

/** The pointer of `adrp; ldr; blr`. */
function indirectCallAt(region: CodeRegion, offset: number): number | undefined {
  const [first, second, third] = [wordAt(region, offset), wordAt(region, offset + 4), wordAt(region, offset + 8)];
  if (!is(second, encoding.loadImmediate) || base(second) !== destination(first)) return undefined;
  if (!is(third, encoding.branchLinkRegister) || base(third) !== destination(second)) return undefined;
  return wrapRva(pageOf(first, region.rva + offset) + immediate12(second) * 8);
}

const firstOffset = (region: CodeRegion): number => (4 - (region.rva % 4)) % 4;

const scanIndirect: Platform['scanIndirect'] = (region, wanted, sink) => {
  for (let offset = firstOffset(region); offset + 8 <= region.bytes.length; offset += 4) {
    const word = region.view.getUint32(offset, true);
    const isPage = is(word, encoding.pageAddress);
    if (!isPage && !is(word, encoding.loadLiteral)) continue;
    const jump = jumpAt(region, offset);
    if (jump?.kind === 'indirect') {
      if (wanted(jump.pointer)) sink.jump(jump);
      continue;
    }
    const pointer = isPage ? indirectCallAt(region, offset) : undefined;
    if (pointer !== undefined && wanted(pointer)) sink.indirectCall({ rva: region.rva + offset, pointer });
  }
};

/** The address that `adrp; add` or `adr` computes. */
function computedAddress(region: CodeRegion, offset: number, word: number): number | undefined {
  const rva = region.rva + offset;
  if (is(word, encoding.address)) return wrapRva(rva + signed((((word >>> 5) & 0x7ffff) << 2) | ((word >>> 29) & 3), 21));
  const next = wordAt(region, offset + 4);
  const adds = is(next, encoding.addImmediate) && base(next) === destination(word);
  return adds ? wrapRva(pageOf(word, rva) + addend(next)) : undefined;
}

const scanDirect: Platform['scanDirect'] = (region, wanted, found) => {
  for (let offset = firstOffset(region); offset + 4 <= region.bytes.length; offset += 4) {
    const word = region.view.getUint32(offset, true);
    const rva = region.rva + offset;
    if (is(word, encoding.branch) || is(word, encoding.branchLink)) {
      const target = branchTarget(word, rva);
      if (wanted(target)) found({ kind: is(word, encoding.branch) ? 'jump' : 'call', rva, target });
    } else if (is(word, encoding.pageAddress) || is(word, encoding.address)) {
      const target = computedAddress(region, offset, word);
      if (target !== undefined && wanted(target)) found({ kind: 'address', rva, target });
    }
  }
};

export const arm64: Platform = {
  name: 'arm64',
  decodeJump,
  decodeDoubleThunk: () => undefined,
  scanIndirect,
  scanDirect,
  bootstrapThunk: bootstrapThunkArm64,
};
