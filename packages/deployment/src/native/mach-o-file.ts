import { ByteReader } from '@ijw/binary';
import type { NativeLibrary } from './native-library.ts';

/** `mach/machine.h`: cputype. */
const MACHINES: Readonly<Record<number, string>> = { 7: 'x86', 12: 'arm', 16777223: 'x64', 16777228: 'arm64' };

/** `mach-o/fat.h`. */
const FAT_MAGIC = 0xcafebabe;
/** `mach-o/loader.h`. */
const MH_MAGIC_64 = 0xfeedfacf;
const MH_MAGIC = 0xfeedface;
const MH_EXECUTE = 2;
const Command = { SYMTAB: 0x2, LOAD_DYLIB: 0xc, LOAD_WEAK_DYLIB: 0x80000018, REEXPORT_DYLIB: 0x8000001f } as const;

const READING = 'the Mach-O file';
const MOST_SLICES = 32;
const MOST_COMMANDS = 0x4000;
const MOST_SYMBOLS = 0x400000;
const LONGEST_NAME = 0x4000;

interface Slice {
  readonly machine: string;
  readonly program: boolean;
  readonly needed: readonly string[];
  readonly exports: () => ReadonlySet<string>;
}

/** Machines, needed libraries and exported symbols of a Mach-O file, thin or universal. @throws BadImageError */
export function readMachOFile(bytes: Uint8Array): NativeLibrary {
  const slices = sliceOffsets(bytes).map((offset) => readSlice(bytes, offset));
  const [first] = slices;
  return {
    format: 'machO',
    machines: slices.map(({ machine }) => machine),
    needed: first?.needed ?? [],
    program: first?.program ?? false,
    exports: () => first?.exports() ?? new Set(),
  };
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const truncated = (bytes: Uint8Array, what: string) =>
  new ByteReader(bytes, { reading: READING }).error('TRUNCATED', `The Mach-O file ends within ${what}`, 0);

function sliceOffsets(bytes: Uint8Array): readonly number[] {
  const view = viewOf(bytes);
  if (bytes.length < 8) throw truncated(bytes, 'its header');
  if (view.getUint32(0) !== FAT_MAGIC) return [0];
  const count = Math.min(view.getUint32(4), MOST_SLICES);
  if (bytes.length < 8 + count * 20) throw truncated(bytes, 'the table of its slices');
  return Array.from({ length: count }, (_, index) => view.getUint32(8 + index * 20 + 8));
}

function readSlice(bytes: Uint8Array, start: number): Slice {
  if (start + 32 > bytes.length) throw truncated(bytes, 'a header');
  const view = viewOf(bytes);
  const magic = view.getUint32(start, true);
  const little = magic === MH_MAGIC || magic === MH_MAGIC_64;
  const wide = (little ? magic : view.getUint32(start)) === MH_MAGIC_64;
  const u32 = (offset: number): number => {
    if (offset + 4 > bytes.length) throw truncated(bytes, 'a load command');
    return view.getUint32(offset, little);
  };
  const needed: string[] = [];
  let symbols: number | undefined;
  let at = start + (wide ? 32 : 28);
  for (let left = Math.min(u32(start + 16), MOST_COMMANDS); left > 0; left--) {
    const [command, size] = [u32(at), u32(at + 4)];
    if (command === Command.LOAD_DYLIB || command === Command.REEXPORT_DYLIB) needed.push(textAt(bytes, at + u32(at + 8), at + size));
    if (command === Command.SYMTAB) symbols = at;
    if (size < 8) break;
    at += size;
  }
  const cpu = u32(start + 4);
  return {
    machine: MACHINES[cpu] ?? `cputype ${cpu}`,
    program: u32(start + 12) === MH_EXECUTE,
    needed,
    exports: () => (symbols === undefined ? new Set() : readExports(bytes, start, { u32, wide, command: symbols })),
  };
}

function textAt(bytes: Uint8Array, offset: number, end: number): string {
  const text = bytes.subarray(offset, Math.min(end, offset + LONGEST_NAME));
  const length = text.indexOf(0);
  return new TextDecoder().decode(length < 0 ? text : text.subarray(0, length));
}

interface SymbolTable {
  readonly u32: (offset: number) => number;
  readonly wide: boolean;
  readonly command: number;
}

/** `mach-o/nlist.h`: N_EXT, N_TYPE, N_STAB. */
const EXTERNAL = 0x01;
const TYPE = 0x0e;
const DEBUGGER = 0xe0;

/** External symbols that are defined here, without the underscore that the compiler puts before C names. */
function readExports(bytes: Uint8Array, start: number, { u32, wide, command }: SymbolTable): ReadonlySet<string> {
  const [offset, count, strings, length] = [u32(command + 8), u32(command + 12), u32(command + 16), u32(command + 20)];
  const size = wide ? 16 : 12;
  const names = new Set<string>();
  const symbols = start + offset;
  for (let index = 0; index < Math.min(count, MOST_SYMBOLS) && symbols + (index + 1) * size <= bytes.length; index++) {
    const at = symbols + index * size;
    const type = bytes[at + 4] ?? 0;
    if ((type & DEBUGGER) !== 0 || (type & EXTERNAL) === 0 || (type & TYPE) === 0) continue;
    names.add(textAt(bytes, start + strings + u32(at), start + strings + length).replace(/^_/, ''));
  }
  return names;
}
