import { hex } from '@ijw/binary';
import { isFault, readPointer } from '@ijw/machine';
import { readLoadConfig } from '@ijw/pe/load-config';
import type { LoadRun } from './load-run.ts';
import type { MappedModule } from './os-module.ts';

/** The initial value of `__security_cookie` in the C runtime (gs_support.c). */
const DEFAULT_COOKIE: Readonly<Record<4 | 8, bigint>> = { 4: 0xbb40e64en, 8: 0x00002b992ddfa232n };

/**
 * ntdll fills the cookie that the load configuration names, where it still has the C runtime's default (`LdrpInitSecurityCookie`). The value is
 * made of the base, so that a load can be repeated. A cookie outside the image is left alone, as ntdll leaves it.
 */
export function initializeSecurityCookie({ process, trace }: LoadRun, module: MappedModule): void {
  const pointer = readLoadConfig(module.image)?.securityCookie;
  if (pointer === undefined || BigInt(pointer) === 0n) return;
  const { pointerSize } = process.processor;
  const address = Number(BigInt(pointer) + BigInt(module.base) - module.image.optionalHeader.imageBase);
  if (address < module.base || address + pointerSize > module.base + module.size) return;
  const before = readPointer(process.memory, address, pointerSize);
  if (isFault(before) || before !== DEFAULT_COOKIE[pointerSize]) return;
  const value = makeCookie(module.base, pointerSize);
  pointerSize === 8 ? process.memory.writeU64(address, value) : process.memory.writeU32(address, Number(value));
  trace.add({ step: 'securityCookie', module: module.name, address, value: hex(value) });
}

/** 48 bits on 64-bit systems: the upper two bytes of a cookie are zero. */
function makeCookie(base: number, pointerSize: 4 | 8): bigint {
  const mixed = (BigInt(base) * 0x9e3779b97f4a7c15n) >> 7n;
  const cookie = BigInt.asUintN(pointerSize === 8 ? 48 : 32, mixed);
  return cookie === DEFAULT_COOKIE[pointerSize] || cookie === 0n ? cookie + 1n : cookie;
}
