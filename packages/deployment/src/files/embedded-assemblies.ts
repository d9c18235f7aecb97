import { ByteReader, ifReadable } from '@ijw/binary';
import { Metadata } from '@ijw/metadata';
import { embeddedResource, manifestResources } from '@ijw/metadata/resources';
import { imageKind, PEImage } from '@ijw/pe';

export type InflateUpTo = (reader: ByteReader, limit: number) => Uint8Array;

/** Fody's Costura: assemblies in resources, which are loaded from a byte[] (Fody/Costura README). Its native libraries have folders of their own. */
export const isEmbeddedAssembly = (resource: string): boolean => /^costura\..*\.dll(?:\.compressed)?$/i.test(resource);

/** A larger assembly is not unpacked to be looked at. */
const LARGEST = 0x400_0000;

/** The simple file names of embedded assemblies that are mixed. @throws BadImageError */
export function embeddedMixedAssemblies(image: PEImage, inflate: InflateUpTo): readonly string[] {
  const metadata = Metadata.of(image);
  const names: string[] = [];
  for (const resource of metadata === undefined ? [] : manifestResources(metadata)) {
    if (!isEmbeddedAssembly(resource.name)) continue;
    const kind = ifReadable(() => {
      const bytes = embeddedResource(image, resource);
      const content =
        bytes && (/\.compressed$/i.test(resource.name) ? inflate(new ByteReader(bytes, { reading: resource.name }), LARGEST) : bytes);
      return content && imageKind(PEImage.parse(content));
    });
    if (kind === 'mixed') names.push(resource.name.replace(/^costura\./i, '').replace(/\.compressed$/i, ''));
  }
  return names;
}
