import { buildMixedImage, ijwNativeDll } from '@ijw/fixtures';
import { checkCommand } from '../command-check.ts';
import { COMMANDS } from '../commands.ts';
import type { FuzzReader } from '../reader.ts';

const ARCHITECTURES = ['x86', 'x64', 'arm64'] as const;

function images(): readonly Uint8Array[] {
  return [
    ...ARCHITECTURES.map(
      (architecture) =>
        buildMixedImage({ architecture, host: 'ijwhost.dll', records: [{ type: architecture === 'x86' ? 5 : 6, slots: ['Add', 'Twice'] }] })
          .bytes,
    ),
    ijwNativeDll({ architecture: 'x64', host: 'ijwhost.dll' }).bytes,
  ];
}

/** Whole images, byte by byte: the first byte says which command reads it. */
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
  async run(input) {
    const command = COMMANDS[(input[0] ?? 0) % COMMANDS.length];
    if (command !== undefined) await checkCommand(command, input.subarray(1));
  },
};
