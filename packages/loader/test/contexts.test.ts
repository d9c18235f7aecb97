// Load contexts, reflection-only loads, application domains, a second load.
import { buildMixedImage } from '@ijw/fixtures';
import { Loader, type LoadRequest, RecordingManagedEntry } from '@ijw/loader';
import { describe, expect, it } from 'vitest';

const { bytes } = buildMixedImage({
  architecture: 'x64',
  host: 'ijwhost.dll',
  records: [
    { type: 6, slots: ['Add'] },
    { type: 2, slots: ['Add', 'Twice'] },
  ],
});

function start() {
  const managed = new RecordingManagedEntry();
  const loader = new Loader({ host: 'core', managedEntry: managed });
  const load = (request: LoadRequest = {}) => loader.load(bytes, { path: 'C:\\app\\mixed.dll', ...request });
  const constructors = () => managed.calls.filter((call) => call.through === 'moduleConstructor').length;
  return { load, constructors };
}

describe('one image, loaded again', () => {
  it('is the same assembly in the same context', () => {
    const { load } = start();
    const first = load();
    expect(load()).toMatchObject({ outcome: 'loaded', again: true });
    expect(load().module!.base).toBe(first.module!.base);
  });

  it('is a second assembly over the same module in a second context: slots are the first’s, the module constructor runs for each', () => {
    const { load, constructors } = start();
    const first = load({ context: { name: 'one' } }).module!;
    const second = load({ context: { name: 'two' } }).module!;
    expect(second.base).toBe(first.base);
    expect(second.slots.map((slot) => slot.after)).toEqual(first.slots.map((slot) => slot.after));
    first.call('Add', 1, 2);
    second.call('Add', 1, 2);
    second.call('Add', 1, 2);
    expect(constructors()).toBe(2);
    expect([first.constructorRuns, second.constructorRuns]).toEqual([1, 1]);
  });

  it('from another folder is the first assembly by LoadFrom, a module of its own by LoadFile', () => {
    const { load } = start();
    const first = load().module!;
    const again = load({ path: 'D:\\copy\\mixed.dll' });
    expect(again).toMatchObject({ again: true });
    expect(again.module!.base).toBe(first.base);
    expect(again.events.filter((event) => event.step === 'unmap')).toHaveLength(1);
    const copy = load({ path: 'D:\\copy\\mixed.dll', from: 'loadFile' }).module!;
    expect(copy.base).not.toBe(first.base);
    expect(copy.slots.some((slot) => first.slots.some((other) => other.after === slot.after))).toBe(false);
  });

  it('from bytes is refused, whatever was loaded before', () => {
    const { load } = start();
    load();
    expect(load({ from: 'bytes' })).toMatchObject({ outcome: 'refused', rule: 'mixedFromBytes', hresult: 0x8007000b });
    expect(load({ from: 'bytes', nativeFirst: true })).toMatchObject({ outcome: 'refused', rule: 'nativeFromBytes' });
  });

  it('in a collectible context is refused and unmapped; the default context takes it afterwards', () => {
    const { load } = start();
    const refused = load({ context: { name: 'short', collectible: true } });
    expect(refused).toMatchObject({ outcome: 'refused', rule: 'collectibleContext' });
    expect(refused.module).toBeUndefined();
    expect(refused.events.map((event) => event.step)).toContain('unmap');
    expect(load().outcome).toBe('loaded');
  });
});

describe('a reflection-only load', () => {
  const mscoree = buildMixedImage({ architecture: 'x64', host: 'mscoree.dll', records: [{ type: 6, slots: ['Add'] }] }).bytes;

  it('on .NET Framework shows metadata: nothing is mapped, fixed or run', () => {
    const outcome = new Loader({ host: 'framework' }).load(mscoree, { path: 'mixed.dll', from: 'reflectionOnly' });
    expect(outcome.outcome).toBe('loaded');
    const module = outcome.module!;
    expect([module.mapped, module.slots, module.assemblyName]).toEqual([
      false,
      [],
      'mixed, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null',
    ]);
    expect(module.use('getTypes').kind).toBe('returned');
    expect(module.call('Add', 1, 2)).toMatchObject({ kind: 'threw', exception: { hresult: 0x80131509 } });
  });

  it('on .NET is refused', () => {
    const outcome = new Loader({ host: 'core' }).load(mscoree, { path: 'mixed.dll', from: 'reflectionOnly' });
    expect(outcome).toMatchObject({ outcome: 'refused', rule: 'reflectionOnly', hresult: 0x80131539 });
  });
});

describe('application domains of .NET Framework', () => {
  it('P|4 goes to the first, P|8 to the caller’s', () => {
    const image = buildMixedImage({
      architecture: 'x64',
      host: 'mscoree.dll',
      records: [
        { type: 6, slots: ['Add'] },
        { type: 0xa, slots: ['Add'] },
      ],
    });
    const managed = new RecordingManagedEntry();
    const loader = new Loader({ host: 'framework', managedEntry: managed });
    loader.load(image.bytes, { path: 'mixed.dll', context: { name: 'first' } });
    const second = loader.load(image.bytes, { path: 'mixed.dll', context: { name: 'second' } }).module!;
    for (const slot of second.slots) second.callSlot(slot.rva, 1, 2);
    expect(managed.calls.filter((call) => call.through === 'slot').map((call) => call.context)).toEqual(['first', 'second']);
    expect(managed.calls.filter((call) => call.through === 'moduleConstructor').map((call) => call.context)).toEqual(['first', 'second']);
  });
});

describe('a use of an assembly', () => {
  it.each(['getTypes', 'getMethods'] as const)('%s does not activate it', (use) => {
    const { load, constructors } = start();
    load().module!.use(use);
    expect(constructors()).toBe(0);
  });

  it.each(['newObject', 'readField', 'createDelegate', 'functionPointer', 'prelink', 'prepareMethod', 'runModuleConstructor'] as const)(
    '%s activates it',
    (use) => {
      const { load, constructors } = start();
      const { module } = load();
      module!.use(use);
      module!.use(use);
      expect(constructors()).toBe(1);
    },
  );

  it('a call through a slot of type 2 does not, one of type 6 does', () => {
    const { load, constructors } = start();
    const module = load().module!;
    module.callSlot(module.slots[1]!.rva, 1, 2);
    expect(constructors()).toBe(0);
    module.callSlot(module.slots[0]!.rva, 1, 2);
    expect(constructors()).toBe(1);
  });

  it('a P/Invoke does', () => {
    const { load, constructors } = start();
    expect(load().module!.call('NativeAdd', 1, 2)).toMatchObject({ kind: 'native', setLastError: true });
    expect(constructors()).toBe(1);
  });

  it('names that are not there are said so', () => {
    const { load } = start();
    const module = load().module!;
    expect(module.call('Nobody')).toEqual({ kind: 'noSuchMethod', method: 'Nobody' });
    expect(module.callExport('Nobody')).toEqual({ kind: 'noSuchMethod', method: 'Nobody' });
    expect(module.callSlot(0x00ab_cde0)).toMatchObject({ kind: 'accessViolation' });
  });
});
