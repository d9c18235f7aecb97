import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildMixedImage, type RecordInput } from '@ijw/fixtures';
import { Loader, type SlotState } from '@ijw/loader';
import { describe, expect, it } from 'vitest';

/** What CoreCLR 10.0.12 did with an image that `buildMixedImage` wrote for x64: loaded managed first, by `Assembly.LoadFrom`. */
interface ObservedImage {
  readonly name: string;
  readonly options: {
    readonly host?: 'ijwhost.dll' | 'mscoree.dll';
    readonly cctor?: boolean;
    readonly records: readonly RecordInput[];
  };
  readonly loaded: boolean;
  /** Of a refusal. */
  readonly hresult?: number;
  readonly inner?: boolean;
  /** Whether the module is in the process afterwards. */
  readonly mapped: boolean;
  /** By the first bytes of what a slot leads to. */
  readonly slots?: readonly string[];
}

const IMAGES = JSON.parse(readFileSync(join(import.meta.dirname, 'facts/ijw-images.json'), 'utf8')) as readonly ObservedImage[];

const KINDS: readonly (readonly [string, readonly number[]])[] = [
  ['stubPrecode', [0x4c, 0x8b, 0x15]],
  ['fixupPrecode', [0xff, 0x25]],
  ['bootstrap', [0x49, 0xba]],
];

function kindOf({ content }: SlotState): string {
  if (content.kind === 'raw') return 'raw';
  return KINDS.find(([, bytes]) => bytes.every((byte, index) => content.bytes[index] === byte))?.[0] ?? 'other';
}

describe('images of our own builders that the real runtime has loaded', () => {
  it.each(IMAGES.map((image) => [image.name, image] as const))('%s', (_name, image) => {
    const { bytes } = buildMixedImage({ architecture: 'x64', ...image.options });
    const outcome = new Loader({ host: 'core' }).load(bytes, { path: 'mixed.dll' });
    expect(outcome.outcome).toBe(image.loaded ? 'loaded' : 'refused');
    if (outcome.outcome === 'refused') {
      expect(outcome.hresult).toBe(image.hresult);
      expect(outcome.exception?.inner !== undefined).toBe(image.inner);
    }
    expect(outcome.module?.mapped ?? false).toBe(image.mapped);
    if (image.slots) expect(outcome.module!.slots.map(kindOf)).toEqual(image.slots);
  });
});
