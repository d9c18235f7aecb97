import { hex } from '@ijw/binary';
import { asAddress, readPointer } from '@ijw/machine';
import { readTlsDirectory } from '@ijw/pe/tls';
import type { GuestProcess } from './guest-process.ts';
import type { LoadRun } from './load-run.ts';
import type { MappedModule } from './os-module.ts';
import { windowsRefusal } from './windows-error.ts';

/** The most callbacks; a longer list has no end. */
const CALLBACK_LIMIT = 4096;

/**
 * PE/COFF "The .tls Section": gives the module its index and finds its template and callbacks. All of them must be inside the image; the
 * directory's pointers are those that relocation has made.
 */
export function initializeTls({ process, trace }: LoadRun, module: MappedModule): void {
  const directory = readTlsDirectory(module.image);
  if (!directory) return;
  const delta = BigInt(module.base) - module.image.optionalHeader.imageBase;
  const moved = (pointer: bigint): number => Number(BigInt.asUintN(process.processor.pointerSize * 8, pointer + delta));
  const start = moved(directory.startAddressOfRawData);
  const size = moved(directory.endAddressOfRawData) - start;
  const indexAddress = moved(directory.addressOfIndex);
  if (size < 0 || (size > 0 && !isInside(module, start, size))) throw outside('StartAddressOfRawData', start);
  if (!isInside(module, indexAddress, 4)) throw outside('AddressOfIndex', indexAddress);
  const callbacks = directory.addressOfCallBacks === 0n ? [] : readCallbacks(process, module, moved(directory.addressOfCallBacks));
  const index = process.takeTlsIndex();
  process.memory.writeU32(indexAddress, index);
  module.tls = { index, callbacks, template: { address: start, size, zeroFill: directory.sizeOfZeroFill } };
  trace.add({ step: 'tls', module: module.name, index, callbacks });
}

const isInside = (module: MappedModule, address: number, size: number): boolean =>
  address >= module.base && address + size <= module.base + module.size;

function readCallbacks(process: GuestProcess, module: MappedModule, list: number): number[] {
  const { pointerSize } = process.processor;
  const callbacks: number[] = [];
  for (let at = list; ; at += pointerSize) {
    if (!isInside(module, at, pointerSize)) throw outside('AddressOfCallBacks', at);
    const callback = asAddress(readPointer(process.memory, at, pointerSize));
    if (callback === 0) return callbacks;
    if (callback === undefined || callbacks.length === CALLBACK_LIMIT) throw outside('AddressOfCallBacks', at);
    callbacks.push(callback);
  }
}

const outside = (field: string, address: number): Error =>
  windowsRefusal('BAD_EXE_FORMAT', 'tlsOutsideImage', `${field} of the TLS directory is ${hex(address)}, outside the image`, {
    structure: 'TLS directory',
    field,
  });
