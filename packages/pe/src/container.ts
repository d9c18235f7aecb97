import { hex } from '@ijw/binary';

/** The format of a file, by its first bytes. `unknown` if no format is recognised. */
export type ContainerKind =
  | 'pe'
  | 'mz'
  | 'ne'
  | 'le'
  | 'lx'
  | 'te'
  | 'elf'
  | 'machO'
  | 'machOUniversal'
  | 'wasm'
  | 'webcil'
  | 'metadata'
  | 'nano'
  | 'pdb'
  | 'coffObject'
  | 'archive'
  | 'zip'
  | 'gzip'
  | 'cabinet'
  | 'compoundFile'
  | 'text'
  | 'zeroes'
  | 'empty'
  | 'unknown';

export interface Container {
  readonly kind: ContainerKind;
  /** As it completes "the file is …": `an ELF file`. */
  readonly description: string;
}

interface Signature extends Container {
  readonly magic: readonly number[];
}

const ascii = (text: string): readonly number[] => Array.from(text, (character) => character.charCodeAt(0));

/** Checked in order: a longer signature precedes the shorter one that it begins with. */
const signatures = (): readonly Signature[] => [
  { kind: 'elf', magic: [0x7f, ...ascii('ELF')], description: 'an ELF file' },
  { kind: 'machO', magic: [0xfe, 0xed, 0xfa, 0xce], description: 'a Mach-O file (32-bit, big-endian)' },
  { kind: 'machO', magic: [0xfe, 0xed, 0xfa, 0xcf], description: 'a Mach-O file (64-bit, big-endian)' },
  { kind: 'machO', magic: [0xce, 0xfa, 0xed, 0xfe], description: 'a Mach-O file (32-bit)' },
  { kind: 'machO', magic: [0xcf, 0xfa, 0xed, 0xfe], description: 'a Mach-O file (64-bit)' },
  { kind: 'machOUniversal', magic: [0xca, 0xfe, 0xba, 0xbe], description: 'a Mach-O universal file or a Java class file' },
  { kind: 'wasm', magic: [0, ...ascii('asm')], description: 'a WebAssembly module' },
  { kind: 'webcil', magic: ascii('WbIL'), description: 'a Webcil file' },
  { kind: 'metadata', magic: ascii('BSJB'), description: 'a bare metadata root' },
  { kind: 'nano', magic: ascii('NFMRK'), description: 'an assembly of .NET nanoFramework' },
  { kind: 'pdb', magic: ascii('Microsoft C/C++ '), description: 'a Windows program database (PDB)' },
  { kind: 'archive', magic: ascii('!<arch>\n'), description: 'a library archive' },
  { kind: 'zip', magic: [...ascii('PK'), 3, 4], description: 'a ZIP archive' },
  { kind: 'gzip', magic: [0x1f, 0x8b], description: 'a gzip file' },
  { kind: 'cabinet', magic: ascii('MSCF'), description: 'a cabinet file' },
  { kind: 'compoundFile', magic: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], description: 'an OLE compound file' },
  { kind: 'coffObject', magic: [0, 0, 0xff, 0xff], description: 'a COFF object or import object' },
  { kind: 'coffObject', magic: [0x64, 0x86], description: 'a COFF object file (x64)' },
  { kind: 'coffObject', magic: [0x4c, 0x01], description: 'a COFF object file (x86)' },
  { kind: 'coffObject', magic: [0x64, 0xaa], description: 'a COFF object file (arm64)' },
  { kind: 'te', magic: ascii('VZ'), description: 'a terse executable (EFI)' },
];

const startsWith = (bytes: Uint8Array, magic: readonly number[], at = 0): boolean =>
  magic.every((byte, index) => bytes[at + index] === byte);

/** The formats whose header an MZ file's e_lfanew can lead to. */
const newHeaders: readonly Signature[] = [
  { kind: 'pe', magic: [0x50, 0x45], description: 'a PE image' },
  { kind: 'ne', magic: [0x4e, 0x45], description: 'a 16-bit Windows or OS/2 file (NE)' },
  { kind: 'le', magic: [0x4c, 0x45], description: 'a linear executable (LE), such as a VxD' },
  { kind: 'lx', magic: [0x4c, 0x58], description: 'an OS/2 linear executable (LX)' },
];

function dosContainer(bytes: Uint8Array): Container {
  if (bytes.length >= 0x40) {
    const offset = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0x3c, true);
    const found = newHeaders.find(({ magic }) => startsWith(bytes, magic, offset));
    if (found !== undefined) return { kind: found.kind, description: found.description };
  }
  return { kind: 'mz', description: 'an MZ file (DOS) without a PE header' };
}

/** Enough to tell text from anything else. */
const SAMPLE = 512;

function isText(bytes: Uint8Array): boolean {
  if (startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, [0xfe, 0xff]) || startsWith(bytes, [0xef, 0xbb, 0xbf])) return true;
  const control = (byte: number): boolean =>
    byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0c && byte !== 0x0d && byte !== 0x1b;
  return !bytes.subarray(0, SAMPLE).some((byte) => control(byte) || byte === 0x7f);
}

/** Names the format of a file. Looks at its first bytes only, and at where e_lfanew of an MZ file leads. */
export function detectContainer(bytes: Uint8Array): Container {
  if (bytes.length === 0) return { kind: 'empty', description: 'empty' };
  if (startsWith(bytes, [0x4d, 0x5a])) return dosContainer(bytes);
  const found = signatures().find(({ magic }) => startsWith(bytes, magic));
  if (found !== undefined) return { kind: found.kind, description: found.description };
  if (isText(bytes)) return { kind: 'text', description: 'a text file' };
  if (bytes.subarray(0, SAMPLE).every((byte) => byte === 0))
    return { kind: 'zeroes', description: 'a file that starts with nothing but zeroes' };
  const first = Array.from(bytes.subarray(0, 4), (byte) => hex(byte, 2)).join(' ');
  return { kind: 'unknown', description: `a file of an unknown format (it starts with ${first})` };
}
