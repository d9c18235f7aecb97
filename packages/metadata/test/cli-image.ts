import { ByteWriter } from '@ijw/binary';
import { PEImage } from '@ijw/pe';
import { PEBuilder } from '@ijw/pe/builder';

/** RVAs of the parts of an image that these tests build. */
export const CLI_HEADER = 0x1000;
export const RESOURCES = 0x2000;
export const METADATA = 0x3000;
/** `.data`: what is beyond the bytes given is zero-filled by the loader, 0x100 bytes more. */
export const DATA = 0x10000;

export interface CliImageParts {
  readonly metadata: Uint8Array;
  readonly resources?: Uint8Array;
  readonly data?: Uint8Array;
  readonly machine?: number;
}

/** An image with a CLI header (ECMA-335 II.25.3.3), metadata, and what else is asked for. */
export function cliImage({ metadata, resources = new Uint8Array(0), data = new Uint8Array(4), machine }: CliImageParts): PEImage {
  const header = new ByteWriter().u32(72).u16(2).u16(5).u32(METADATA).u32(metadata.length).u32(1).u32(0);
  header
    .u32(resources.length === 0 ? 0 : RESOURCES)
    .u32(resources.length)
    .fill(72 - header.length);
  const builder = new PEBuilder({ ...(machine !== undefined && { machine }) });
  const text = builder.addSection('.text', { rva: CLI_HEADER });
  builder.setDirectory('cliHeader', text.add(header.toBytes(), { rva: CLI_HEADER }));
  if (resources.length > 0) text.add(resources, { rva: RESOURCES });
  text.add(metadata, { rva: METADATA });
  const dataSection = builder.addSection('.data', { rva: DATA, virtualSize: data.length + 0x100 });
  dataSection.add(data, { rva: DATA });
  return PEImage.parse(builder.build());
}
