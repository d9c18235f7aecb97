// Images that are named like a host.
import { buildMixedImage } from '@ijw/fixtures';
import { Loader } from '@ijw/loader';
import { describe, expect, it } from 'vitest';

describe('an image that is named like a host', () => {
  it.each(['mscoree.dll', 'ijwhost.dll'] as const)('%s imports from the host of that name, not from itself', (host) => {
    const { bytes } = buildMixedImage({ architecture: 'x64', host, records: [{ type: 6, slots: ['Add'] }] });
    const outcome = new Loader({ host: 'core' }).load(bytes, { path: host });
    expect(outcome.outcome).toBe('loaded');
    expect(outcome.module!.imports.find((entry) => entry.name === '_CorDllMain')).toMatchObject({ resolvedBy: 'host' });
    expect(outcome.module!.slots[0]!.content.kind).toBe('reverse');
  });
});
