// Loads of built images against what the real runtime did with them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildMixedImage, type MixedImageOptions } from '@ijw/fixtures';
import { type LoadedModule, Loader, type SlotState } from '@ijw/loader';
import type { CallShape } from '@ijw/marshalling';
import { describe, expect, it } from 'vitest';
import { FixtureCode } from './oracle/fixture-code.ts';

/** What CoreCLR 10.0.12 did with an image that `buildMixedImage` wrote for x64: loaded managed first, by `Assembly.LoadFrom`. */
interface ObservedImage {
  readonly name: string;
  readonly options: Omit<MixedImageOptions, 'architecture'>;
  readonly loaded: boolean;
  /** Of a refusal. */
  readonly hresult?: number;
  readonly inner?: boolean;
  /** Whether the module is in the process afterwards. */
  readonly mapped: boolean;
  /** By the first bytes of what a slot leads to; of a record that counts too many, those that are there. */
  readonly slots?: readonly string[];
  /** What came of calls through slots with 40 and 2: `slot0 MAdd as managed: 42`, or the exception with its HRESULT. */
  readonly calls?: readonly string[];
}

/** `int f(int, int)`; on x64 managed code is called in the same way. */
const INT = { kind: 'integer', size: 4, signed: true } as const;
const ADDITION: CallShape = { convention: 'cdecl', memberFunction: false, variadic: false, parameters: [INT, INT], result: INT };

function expectCall(module: LoadedModule, call: string): void {
  const [, index, kind, value] = /^slot(\d+) \w+ as (\w+): (.*)$/.exec(call)!;
  const slot = module.slots[Number(index)]!;
  expect(slot.content.kind).toBe(kind === 'managed' ? 'managed' : 'reverse');
  const result = module.execute(Number(slot.after), ADDITION, 40, 2);
  const [exception, hresult] = value!.split(' 0x');
  if (hresult === undefined) expect(result).toEqual({ kind: 'returned', value: Number(value) });
  else expect(result).toMatchObject({ kind: 'threw', exception: { type: exception, hresult: Number.parseInt(hresult, 16) } });
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
    const outcome = new Loader({ host: 'core', managedEntry: new FixtureCode(bytes) }).load(bytes, { path: 'mixed.dll' });
    expect(outcome.outcome).toBe(image.loaded ? 'loaded' : 'refused');
    if (outcome.outcome === 'refused') {
      expect(outcome.hresult).toBe(image.hresult);
      expect(outcome.exception?.inner !== undefined).toBe(image.inner);
    }
    expect(outcome.module?.mapped ?? false).toBe(image.mapped);
    if (image.slots) expect(outcome.module!.slots.slice(0, image.slots.length).map(kindOf)).toEqual(image.slots);
    for (const call of image.calls ?? []) expectCall(outcome.module!, call);
  });
});
