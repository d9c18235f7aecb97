// Manifest resources: embedded, linked, in other assemblies.
import { ByteWriter } from '@ijw/binary';
import { Metadata } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import {
  embeddedResource,
  isResourcesFile,
  manifestResources,
  readResource,
  readResourcesFile,
  writeResourcesFile,
} from '@ijw/metadata/resources';
import { describe, expect, it } from 'vitest';
import { cliImage } from './cli-image.ts';

describe('manifest resources', () => {
  const strings = writeResourcesFile({ values: new Map([['greeting', { type: 'string', value: 'hello' }]]) });
  const content = new ByteWriter().u32(strings.length).bytes(strings).align(8);
  const secondOffset = content.length;
  content.u32(3).bytes([1, 2, 3]);

  const builder = new MetadataBuilder();
  builder.add('Module', { Name: 'm.dll' });
  builder.add('Assembly', { Name: 'm' });
  const file = builder.add('File', { Name: 'data.bin', Flags: 1 });
  const other = builder.add('AssemblyRef', { Name: 'Other' });
  builder.add('ManifestResource', { Name: 'm.resources', Flags: 1 });
  builder.add('ManifestResource', { Name: 'bytes', Flags: 2, Offset: secondOffset });
  builder.add('ManifestResource', { Name: 'linked', Implementation: file });
  builder.add('ManifestResource', { Name: 'elsewhere', Implementation: other });
  builder.add('ManifestResource', { Name: 'lost', Offset: 0x7fffffff });
  const image = cliImage({ metadata: builder.build(), resources: content.toBytes() });
  const resources = [...manifestResources(Metadata.of(image)!)];

  it('are listed with where they are', () => {
    expect(resources.map(({ name, flags, location }) => [name, flags, location.kind])).toEqual([
      ['m.resources', 1, 'embedded'],
      ['bytes', 2, 'embedded'],
      ['linked', 0, 'linked'],
      ['elsewhere', 0, 'assembly'],
      ['lost', 0, 'embedded'],
    ]);
    expect(resources[2]!.location).toMatchObject({ fileName: 'data.bin' });
    expect(resources[3]!.location).toMatchObject({ assemblyName: 'Other' });
  });

  it('are read where they are embedded', () => {
    const bytes = embeddedResource(image, resources[0]!)!;
    expect(isResourcesFile(bytes)).toBe(true);
    const read = readResourcesFile(bytes);
    expect(readResource(read, read.entries[0]!)).toEqual({ type: 'string', value: 'hello' });
    expect([...embeddedResource(image, resources[1]!)!]).toEqual([1, 2, 3]);
    expect(embeddedResource(image, resources[2]!)).toBeUndefined();
  });

  it('are refused beyond the directory', () => {
    expect(() => embeddedResource(image, resources[4]!)).toThrow(expect.objectContaining({ code: 'RESOURCE_OUT_OF_RANGE' }));
  });
});
