import { UnsupportedError } from '@ijw/binary';
import { writeILListing } from '@ijw/il';
import { Metadata } from '@ijw/metadata';
import type { CommandContext } from '../command.ts';
import { openImage } from '../input.ts';

export async function run(context: CommandContext): Promise<number> {
  const image = openImage(context);
  const metadata = Metadata.of(image, { diagnostics: image.diagnostics });
  if (metadata === undefined) throw new UnsupportedError('The image is native: it has no CLI header, so there is no IL in it');
  if (context.options.listing) {
    writeILListing(image, metadata, (chunk) => context.write(chunk), { instructions: true });
    return 0;
  }
  throw new UnsupportedError('IL text');
}
