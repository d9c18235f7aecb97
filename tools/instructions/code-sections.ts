import { readFileSync } from 'node:fs';
import { PEImage, SectionCharacteristics } from '@ijw/pe';

/** Bytes to decode. */
export interface CodeSection {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly is64Bit: boolean;
  /** From one place to the next that is decoded. */
  readonly step: number;
}

/** The executable sections of an x86 or x64 image; none of another machine's. */
export function codeSections(path: string): CodeSection[] {
  const image = PEImage.parse(readFileSync(path));
  if (image.machine !== 'i386' && image.machine !== 'amd64') return [];
  return image.sections
    .filter(({ characteristics }) => characteristics & SectionCharacteristics.MEM_EXECUTE)
    .map(({ name, virtualAddress, sizeOfRawData }) => ({
      name: `${path.split('/').at(-1)} ${name}`,
      bytes: image.bytesAt(virtualAddress, sizeOfRawData),
      is64Bit: image.machine === 'amd64',
      step: 1,
    }));
}

const STEP = 16;
const PREFIXES = [0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x2e, 0x3e, 0x64, 0x26, 0x48, 0x41, 0x44, 0x4f] as const;

/** The same numbers each time. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1103515245) + 12345) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }
}

/** The bytes before an opcode: escapes or a VEX or XOP prefix, each about as often. */
function opcodePrefix(random: Random): number[] {
  const kind = random.below(8);
  const fields = (): number => (random.below(2) ? random.below(256) : random.below(256) | 0x78);
  if (kind === 1) return [0x0f];
  if (kind === 2 || kind === 3) return [0x0f, kind === 2 ? 0x38 : 0x3a];
  if (kind === 4) return [0xc4, (random.below(8) << 5) | (1 + random.below(3)), fields()];
  if (kind === 5) return [0xc5, fields()];
  if (kind === 6) return random.below(4) ? [0x0f] : [0x8f, (random.below(8) << 5) | (8 + random.below(3)), fields()];
  return [];
}

/** `count` instructions, 16 bytes apart, that reach every opcode with prefixes. */
export function randomSection(is64Bit: boolean, count: number): CodeSection {
  const random = new Random(is64Bit ? 1 : 2);
  const bytes = new Uint8Array(count * STEP);
  for (let at = 0; at < bytes.length; at += STEP) {
    const prefixes = Array.from({ length: Math.max(0, random.below(4) - 1) }, () => PREFIXES[random.below(PREFIXES.length)] ?? 0);
    const start = [...prefixes, ...opcodePrefix(random)];
    bytes.set([...start, ...Array.from({ length: STEP - start.length }, () => random.below(256))], at);
  }
  return { name: 'random', bytes, is64Bit, step: STEP };
}
