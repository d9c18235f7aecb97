import type { AddressSpace } from '../address-space.ts';
import { isFault } from '../fault.ts';
import type { NativeStep } from '../processor/native-step.ts';

const signExtend = (value: number, bits: number): number => (value << (32 - bits)) >> (32 - bits);

const words = (memory: AddressSpace, address: number, count: number): DataView | undefined => {
  const code = memory.fetch(address, count * 4);
  return isFault(code) ? undefined : new DataView(code.buffer);
};

/** Arm ARM C6: branches, returns, `movz w0`, and the three instructions of an import jump (`adrp x; ldr x, [x]; br x`). */
export function decodeArm64(memory: AddressSpace, address: number): NativeStep | undefined {
  const word = words(memory, address, 1)?.getUint32(0, true);
  if (word === undefined) return undefined;
  const next = address + 4;
  const through = throughPage(memory, address);
  if (through) return through;
  if (word >>> 26 === 0x05) return { kind: 'jump', target: address + signExtend(word & 0x3ffffff, 26) * 4 };
  if (word >>> 26 === 0x25) return { kind: 'call', target: address + signExtend(word & 0x3ffffff, 26) * 4, next };
  if ((word & 0xfffffc1f) >>> 0 === 0xd65f0000) return { kind: 'return' };
  if ((word & 0xffe0001f) >>> 0 === 0x52800000) return { kind: 'result', value: (word >>> 5) & 0xffff, next };
  const isBranch =
    ((word >>> 26) & 0x1f) === 0x14 || ((word >>> 25) & 0x3f) === 0x1a || ((word >>> 25) & 0x3f) === 0x1b || word >>> 25 === 0x6b;
  return isBranch ? undefined : { kind: 'plain', next };
}

function throughPage(memory: AddressSpace, address: number): NativeStep | undefined {
  const view = words(memory, address, 3);
  if (!view) return undefined;
  const [adrp, load, branch] = [view.getUint32(0, true), view.getUint32(4, true), view.getUint32(8, true)];
  const isLoad = (adrp & 0x9f000000) >>> 0 === 0x90000000 && load >>> 22 === 0x3e5 && ((load >>> 5) & 31) === (adrp & 31);
  const link = (branch & 0xfffffc1f) >>> 0;
  if (!isLoad || (link !== 0xd61f0000 && link !== 0xd63f0000) || ((branch >>> 5) & 31) !== (load & 31)) return undefined;
  const pages = signExtend((((adrp >>> 5) & 0x7ffff) << 2) | ((adrp >>> 29) & 3), 21);
  const slot = Math.floor(address / 0x1000) * 0x1000 + pages * 0x1000 + ((load >>> 10) & 0xfff) * 8;
  return link === 0xd61f0000 ? { kind: 'jumpThrough', slot } : { kind: 'callThrough', slot, next: address + 12 };
}
