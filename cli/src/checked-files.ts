import { BadImageError, UsageError } from '@ijw/binary';
import {
  type FirmwareFiles,
  isLinkerMap,
  isScatterFile,
  isVendorAssembly,
  readLinkerMap,
  readScatterFile,
  readVendorAssembly,
  type VendorAssembly,
} from '@ijw/interop/tinyclr';
import { parseNumber } from './input.ts';
import { FileAccessError, type Io } from './io.ts';

/** What `--check` names: folders, C++ source, and the files of a firmware. */
export interface CheckedFiles {
  readonly folders: readonly string[];
  readonly sources: readonly { readonly path: string; readonly text: string }[];
  readonly firmware: FirmwareFiles | undefined;
  readonly vendor: VendorAssembly | undefined;
}

/** Each path is a folder, or a file whose content says what it is: a NUL, or bytes that are not UTF-8 in what is not a map or a scatter file, tell a binary. @throws UsageError for two of a kind that can be there once */
export function readCheckedFiles(io: Io, paths: readonly string[], base: string | undefined): CheckedFiles {
  const folders: string[] = [];
  const sources: { path: string; text: string }[] = [];
  let [firmware, vendor]: [FirmwareFiles, VendorAssembly | undefined] = [{}, undefined];
  for (const path of paths) {
    if (!io.isFile(path) || isFolder(io, path)) {
      folders.push(path);
      continue;
    }
    const bytes = io.readFile(path);
    const text = bytes.includes(0) ? '' : new TextDecoder().decode(bytes);
    if (isVendorAssembly(bytes)) vendor = once(vendor, readVendorAssembly(bytes, path), 'a .pe file');
    else if (isLinkerMap(text)) firmware = { ...firmware, map: once(firmware.map, readLinkerMap(text, path), 'a linker map') };
    else if (isScatterFile(text)) firmware = { ...firmware, scatter: [...(firmware.scatter ?? []), readScatterFile(text, path)] };
    else if (bytes.length > 0 && (text === '' || text.includes('\ufffd')))
      firmware = { ...firmware, binary: once(firmware.binary, rawBinary(bytes, path), 'a binary') };
    else sources.push({ path, text });
  }
  if (base !== undefined) firmware = { ...firmware, base: parseNumber(base, '--base') };
  return { folders, sources, vendor, firmware: firmware.map || firmware.binary || firmware.scatter ? firmware : undefined };
}

function once<T>(known: T | undefined, value: T, what: string): T {
  if (known !== undefined) throw new UsageError(`--check: ${what} can be given once`);
  return value;
}

function isFolder(io: Io, path: string): boolean {
  try {
    io.filesIn(path);
    return true;
  } catch (error) {
    if (error instanceof FileAccessError) return false;
    throw error;
  }
}

/** Firmware containers that must be unpacked first. */
const CONTAINERS: readonly { readonly magic: readonly number[]; readonly name: string }[] = [
  { magic: [0x7f, 0x45, 0x4c, 0x46], name: 'an ELF file' },
  { magic: [0x4d, 0x5a], name: 'a PE file' },
];

function rawBinary(bytes: Uint8Array, path: string): Uint8Array {
  const container = CONTAINERS.find(({ magic }) => magic.every((byte, index) => bytes[index] === byte));
  if (container === undefined) return bytes;
  const message = `It is ${container.name}, not a raw binary: objcopy -O binary makes one`;
  throw new BadImageError({ code: 'NOT_A_RAW_BINARY', offset: 0, reading: path, message });
}
