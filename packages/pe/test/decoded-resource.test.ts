// Win32 resources, decoded by their type.
import { describe, expect, test } from 'vitest';
import { PEImage } from '../src/index.ts';
import { decodeResource, listResources, ResourceType, readResourceDirectory } from '../src/resources/index.ts';
import { buildEverything, sampleResources } from './everything-image.ts';

describe('a resource is decoded by its type', () => {
  const image = PEImage.parse(buildEverything(0x8664).bytes);
  const resources = [...listResources(readResourceDirectory(image)!)];
  const decoded = (type: number): unknown => decodeResource(image, resources.find((resource) => resource.type === type)!);

  test.each([
    ['version information', ResourceType.VERSION, { version: sampleResources.versionInfo }],
    ['a manifest', ResourceType.MANIFEST, { manifest: '<assembly/>' }],
    ['strings', ResourceType.STRING, { strings: sampleResources.strings }],
    ['messages', ResourceType.MESSAGETABLE, { messages: sampleResources.messages }],
    ['an icon group', ResourceType.GROUP_ICON, { group: sampleResources.icons }],
    ['an image of an icon', ResourceType.ICON, undefined],
  ])('%s', (_, type, expected) => {
    expect(decoded(type)).toEqual(expected);
  });
});
