import { expect } from 'vitest';
import type { Fact, FactGroup } from './fact-file.ts';
import { replay } from './replay.ts';
import { expectException, expectSlots, Scene } from './scene.ts';

const text = (fact: Fact): string => String(fact.value);
const list = (fact: Fact): readonly string[] => (Array.isArray(fact.value) ? fact.value : []);

function expectRefusal(outcome: ReturnType<Scene['load']>, fact: Fact): void {
  expect(outcome.outcome).toBe('refused');
  if (outcome.outcome === 'refused') expectException(outcome.exception, text(fact));
}

/** From a byte[] or a stream: there is no file for Windows to map. */
function bytes(group: FactGroup): void {
  replay(new Scene(group), group.facts, [
    [/^Assembly\.Load\(byte\[\]\)$/, (scene, _match, fact) => expectRefusal(scene.load({ from: 'bytes' }), fact)],
    [/^LoadFromStream$/, (scene, _match, fact) => expectRefusal(scene.load({ from: 'bytes', context: { name: 's' } }), fact)],
    [
      /^LoadFromStream collectible$/,
      (scene, _match, fact) => expectRefusal(scene.load({ from: 'bytes', context: { name: 'sc', collectible: true } }), fact),
    ],
  ]);
}

function collectible(group: FactGroup): void {
  replay(new Scene(group), group.facts, [
    [
      /^collectible LoadFromAssemblyPath$/,
      (scene, _match, fact) => expectRefusal(scene.load({ context: { name: 'c', collectible: true } }), fact),
    ],
    [/^then default LoadFrom$/, (scene) => expect(scene.load().outcome).toBe('loaded')],
  ]);
}

function alc(group: FactGroup): void {
  replay(new Scene(group), group.facts, [
    [/^ALC LoadFromAssemblyPath$/, (scene) => expect(scene.load({ context: { name: 'n' } }).outcome).toBe('loaded')],
    [/^same ALC again$/, (scene) => expect(scene.load({ context: { name: 'n' } })).toMatchObject({ outcome: 'loaded', again: true })],
    [
      /^second ALC, same file$/,
      (scene) => {
        expect(scene.load({ context: { name: 'n2' } })).toMatchObject({ outcome: 'loaded', again: false });
        expect(scene.modules[1]!.base).toBe(scene.module.base);
        scene.modules[1]!.call('PAdd', 1, 2);
        scene.modules[1]!.call('MAdd', 1, 2);
      },
    ],
    [/^slots unchanged by second ALC$/, (scene) => expect(scene.modules[1]!.slots).toEqual(scene.module.slots)],
    [/^LoadFile$/, (scene) => expect(scene.load({ from: 'loadFile' })).toMatchObject({ outcome: 'loaded', again: false })],
    [/^LoadFrom \(default\)$/, (scene) => expect(scene.load()).toMatchObject({ outcome: 'loaded', again: false })],
    [/^slotcall$/, (scene) => expect(scene.module.call('PCallSlot0', 1, 2).kind).toBe('native')],
  ]);
}

function copy(group: FactGroup): void {
  const path = `elsewhere\\${group.image}.dll`;
  replay(new Scene(group), group.facts, [
    [
      /^LoadFrom copy$/,
      (scene) => {
        const outcome = scene.load({ path });
        expect(outcome).toMatchObject({ outcome: 'loaded', again: true });
        expect(outcome.module!.base).toBe(scene.module.base);
      },
    ],
    [/^LoadFile copy$/, (scene) => expect(scene.load({ path, from: 'loadFile' })).toMatchObject({ outcome: 'loaded', again: false })],
    [
      /^slots of copy$/,
      (scene, _match, fact) => {
        const second = scene.modules[1]!;
        expectSlots(second, scene.map, list(fact));
        expect(second.slots.some((slot) => scene.module.slots.some((other) => other.after === slot.after))).toBe(false);
      },
    ],
    [/^bytes after load$/, (scene, _match, fact) => expectRefusal(scene.load({ from: 'bytes' }), fact)],
  ]);
}

function twice(group: FactGroup): void {
  const before = new Map<Scene, unknown>();
  replay(new Scene(group), group.facts, [
    [
      /^second LoadFrom same$/,
      (scene) => {
        before.set(scene, scene.module.slots);
        expect(scene.load()).toMatchObject({ outcome: 'loaded', again: true });
      },
    ],
    [/^slots unchanged$/, (scene) => expect(scene.module.slots).toEqual(before.get(scene))],
  ]);
}

/** NativeLibrary.Load in a managed process, then LoadFrom. */
function natload(group: FactGroup): void {
  const scene = new Scene(group);
  replay(scene, group.facts, [
    [/^NativeLibrary\.Load$/, (at) => expect(at.load({ nativeFirst: true }).outcome).toBe('loaded')],
    [/^LoadFrom$/, (at) => expect(at.load().outcome).toBe('loaded')],
  ]);
}

export const contexts = { bytes, collectible, alc, copy, twice, natload };
