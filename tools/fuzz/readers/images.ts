import { buildMixedImage, ijwNativeDll, libraryImage, managedSample, programImage } from '@ijw/fixtures';
import { checkCommand } from '../command-check.ts';
import { COMMANDS } from '../commands.ts';
import type { FuzzReader } from '../reader.ts';
import { mutateImage } from './image-places.ts';

const ARCHITECTURES = ['x86', 'x64', 'arm64'] as const;

/** With every directory that the Windows loader reads. */
const nativeLibrary = (machine: 'i386' | 'amd64'): Uint8Array =>
  libraryImage({
    machine,
    entry: [0xb8, 1, 0, 0, 0, 0xc3],
    imports: [{ name: 'KERNEL32.dll', symbols: [{ name: 'GetTickCount' }, { ordinal: 3 }] }],
    delayImports: [{ name: 'USER32.dll', symbols: [{ name: 'MessageBoxW' }] }],
    boundTo: ['KERNEL32.dll'],
    exports: [{ ordinal: 1, name: 'f' }, { ordinal: 2, name: 'g', forwarder: 'KERNEL32.Sleep' }, { ordinal: 4 }],
    data: new Uint8Array(0x100),
    relocations: [{ offset: 0, type: machine === 'i386' ? 3 : 10 }],
    tls: { callbacks: 0 },
    cookie: 0x40,
  }).bytes;

function images(): readonly Uint8Array[] {
  return [
    ...ARCHITECTURES.map(
      (architecture) =>
        buildMixedImage({ architecture, host: 'ijwhost.dll', records: [{ type: architecture === 'x86' ? 5 : 6, slots: ['Add', 'Twice'] }] })
          .bytes,
    ),
    ijwNativeDll({ architecture: 'x64', host: 'ijwhost.dll' }).bytes,
    programImage(),
    managedSample(),
    nativeLibrary('i386'),
    nativeLibrary('amd64'),
  ];
}

/** Whole images, number by number: the first byte says which command reads them. */
export const imagesReader: FuzzReader = {
  name: 'images',
  *seeds() {
    for (const image of images()) {
      for (let command = 0; command < COMMANDS.length; command++) {
        const seed = new Uint8Array(image.length + 1);
        seed[0] = command;
        seed.set(image, 1);
        yield seed;
      }
    }
  },
  run(input) {
    return checkCommand(COMMANDS[(input[0] ?? 0) % COMMANDS.length] ?? COMMANDS[0], input.subarray(1));
  },
  mutate: (input, random) => {
    const changed = mutateImage(input, 1, random);
    changed[0] = random(256);
    return changed;
  },
};
