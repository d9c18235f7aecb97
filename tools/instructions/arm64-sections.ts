import { readFileSync } from 'node:fs';
import { PEImage, SectionCharacteristics } from '@ijw/pe';

/** Words of arm64 code. */
export interface Arm64Section {
  readonly name: string;
  readonly words: Uint32Array;
}

const wordsOf = (bytes: Uint8Array): Uint32Array => new Uint32Array(bytes.slice(0, bytes.length - (bytes.length % 4)).buffer);

function peSections(name: string, file: Uint8Array): Arm64Section[] {
  const image = PEImage.parse(file);
  if (image.machine !== 'arm64') return [];
  return image.sections
    .filter(({ characteristics }) => characteristics & SectionCharacteristics.MEM_EXECUTE)
    .map((section) => ({ name: `${name} ${section.name}`, words: wordsOf(image.bytesAt(section.virtualAddress, section.sizeOfRawData)) }));
}

const EM_AARCH64 = 183;
const SHT_PROGBITS = 1;
const SHF_EXECINSTR = 4;

/** The executable sections of an ELF file of 64 bits: System V gABI, "Sections". */
function elfSections(name: string, file: Uint8Array): Arm64Section[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.getUint16(18, true) !== EM_AARCH64) return [];
  const table = Number(view.getBigUint64(40, true));
  return Array.from({ length: view.getUint16(60, true) }, (_, index) => table + index * 64)
    .filter((at) => view.getUint32(at + 4, true) === SHT_PROGBITS && view.getUint32(at + 8, true) & SHF_EXECINSTR)
    .map((at) => {
      const offset = Number(view.getBigUint64(at + 24, true));
      return { name, words: wordsOf(file.subarray(offset, offset + Number(view.getBigUint64(at + 32, true)))) };
    });
}

/** The executable sections of an arm64 PE or ELF file. */
export function arm64Sections(path: string): Arm64Section[] {
  const file = readFileSync(path);
  const name = path.split('/').at(-1) ?? path;
  return file[0] === 0x7f ? elfSections(name, file) : peSections(name, file);
}

/** `count` words, the same each time. */
export function randomWords(count: number, seed = 1): Arm64Section {
  const words = new Uint32Array(count);
  let state = seed * 7919;
  for (let at = 0; at < count; at++) {
    // Marsaglia's xorshift.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[at] = state;
  }
  return { name: 'random', words };
}
