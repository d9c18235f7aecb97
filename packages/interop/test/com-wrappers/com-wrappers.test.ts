import {
  type ComInterfaceEntry,
  ComMarshalling,
  type ComObject,
  ComWrappersSimulation,
  CreateComInterfaceFlags,
  CreateObjectFlags,
  IID_IReferenceTracker,
  IID_IReferenceTrackerTarget,
  IID_IUnknown,
  TrackerSupport,
} from '@ijw/interop';
import { describe, expect, it, vi } from 'vitest';

const comObject = (interfaces: Record<string, object> = {}): ComObject => {
  const self: ComObject = { queryInterface: (iid) => (iid === IID_IUnknown ? self : (interfaces[iid] as ComObject | undefined)) };
  return self;
};
const overrides = () => ({
  computeVtables: vi.fn((_object: object, _flags: number): readonly ComInterfaceEntry[] | undefined => []),
  createObject: vi.fn((_comObject: ComObject, _flags: number): object | undefined => ({})),
  releaseObjects: vi.fn(),
});

describe('ComWrappersSimulation', () => {
  it('keeps one CCW for an object and computes its vtables once', () => {
    const mine = overrides();
    const wrappers = new ComWrappersSimulation(mine);
    const object = {};
    const first = wrappers.getOrCreateComInterfaceForObject(object, CreateComInterfaceFlags.None);
    expect(wrappers.getOrCreateComInterfaceForObject(object, CreateComInterfaceFlags.None)).toBe(first);
    expect([mine.computeVtables.mock.calls.length, first.references]).toEqual([1, 2]);
    expect(new ComWrappersSimulation(overrides()).getOrCreateComInterfaceForObject(object, 0)).not.toBe(first);
  });

  it('keeps one RCW for a COM identity, whichever interface it comes by', () => {
    const mine = overrides();
    const wrappers = new ComWrappersSimulation(mine);
    const identity = comObject();
    const face: ComObject = { queryInterface: (iid) => identity.queryInterface(iid) };
    expect(wrappers.getOrCreateObjectForComInstance(face, 0)).toBe(wrappers.getOrCreateObjectForComInstance(identity, 0));
    expect(mine.createObject).toHaveBeenCalledTimes(1);
  });

  it('passes the cache by for UniqueInstance, both ways', () => {
    const wrappers = new ComWrappersSimulation(overrides());
    const identity = comObject();
    const unique = wrappers.getOrCreateObjectForComInstance(identity, CreateObjectFlags.UniqueInstance);
    const cached = wrappers.getOrCreateObjectForComInstance(identity, CreateObjectFlags.None);
    expect(cached).not.toBe(unique);
    expect(wrappers.getOrCreateObjectForComInstance(identity, CreateObjectFlags.UniqueInstance)).not.toBe(cached);
    expect(wrappers.getOrCreateObjectForComInstance(identity, CreateObjectFlags.None)).toBe(cached);
  });

  it('unwraps its own CCWs only when asked', () => {
    const wrappers = new ComWrappersSimulation(overrides());
    const object = {};
    const ccw = wrappers.getOrCreateComInterfaceForObject(object, 0);
    expect(wrappers.getOrCreateObjectForComInstance(ccw, CreateObjectFlags.Unwrap)).toBe(object);
    expect(wrappers.getOrCreateObjectForComInstance(ccw, CreateObjectFlags.None)).not.toBe(object);
    expect(new ComWrappersSimulation(overrides()).getOrCreateObjectForComInstance(ccw, CreateObjectFlags.Unwrap)).not.toBe(object);
  });

  it('throws what the runtime throws for null results, unknown flags and a wrapper in use', () => {
    const mine = overrides();
    const wrappers = new ComWrappersSimulation(mine);
    const mineToo = {};
    wrappers.getOrRegisterObjectForComInstance(comObject(), 0, mineToo);
    expect(() => wrappers.getOrRegisterObjectForComInstance(comObject(), 0, mineToo)).toThrow(
      expect.objectContaining({ type: 'System.NotSupportedException' }),
    );
    mine.createObject.mockReturnValue(undefined);
    mine.computeVtables.mockReturnValue(undefined);
    expect(() => wrappers.getOrCreateObjectForComInstance(comObject(), 0)).toThrow(
      expect.objectContaining({ type: 'System.ArgumentNullException' }),
    );
    expect(() => wrappers.getOrCreateComInterfaceForObject({}, 0)).toThrow(expect.objectContaining({ type: 'System.ArgumentException' }));
    expect(() => wrappers.getOrCreateComInterfaceForObject({}, 0x40)).toThrow(
      expect.objectContaining({ type: 'System.ArgumentOutOfRangeException' }),
    );
  });

  it('registers an object once and gives back the one that is there', () => {
    const wrappers = new ComWrappersSimulation(overrides());
    const identity = comObject();
    const mine = {};
    expect(wrappers.getOrRegisterObjectForComInstance(identity, 0, mine)).toBe(mine);
    expect(wrappers.getOrRegisterObjectForComInstance(identity, 0, {})).toBe(mine);
  });

  it('exposes the runtime interfaces that the flags ask for', () => {
    const wrappers = new ComWrappersSimulation(overrides());
    const plain = wrappers.getOrCreateComInterfaceForObject({}, CreateComInterfaceFlags.None);
    const tracked = wrappers.getOrCreateComInterfaceForObject(
      {},
      CreateComInterfaceFlags.TrackerSupport | CreateComInterfaceFlags.CallerDefinedIUnknown,
    );
    expect([plain.queryInterface(IID_IUnknown), plain.queryInterface(IID_IReferenceTrackerTarget)]).toEqual([plain, undefined]);
    expect([tracked.queryInterface(IID_IUnknown), tracked.queryInterface(IID_IReferenceTrackerTarget)]).toEqual([undefined, tracked]);
  });

  it('gives a tracker manager its host once', () => {
    const trackers = new TrackerSupport();
    const manager = { setReferenceTrackerHost: vi.fn() };
    const tracked = () =>
      comObject({
        [IID_IReferenceTracker]: {
          queryInterface: () => undefined,
          connectFromTrackerSource: vi.fn(),
          getReferenceTrackerManager: () => manager,
        },
      });
    const wrappers = new ComWrappersSimulation(overrides(), trackers);
    wrappers.getOrCreateObjectForComInstance(tracked(), CreateObjectFlags.TrackerObject);
    wrappers.getOrCreateObjectForComInstance(tracked(), CreateObjectFlags.TrackerObject);
    wrappers.getOrCreateObjectForComInstance(tracked(), CreateObjectFlags.None);
    expect(manager.setReferenceTrackerHost.mock.calls).toEqual([[trackers]]);
    expect(() => trackers.getTrackerTarget({})).toThrow('registered');
    trackers.registerForTrackerSupport(wrappers);
    expect(trackers.getTrackerTarget({}).queryInterface(IID_IReferenceTrackerTarget)).toBeDefined();
    expect(() => trackers.registerForTrackerSupport(wrappers)).toThrow(
      expect.objectContaining({ type: 'System.InvalidOperationException' }),
    );
  });
});

describe('ComMarshalling', () => {
  it('asks the registered instance first and falls back to the built-in wrappers where it declines', () => {
    const builtIn = { comInterfaceForObject: vi.fn(() => comObject()), objectForComInstance: vi.fn(() => ({})) };
    const marshalling = new ComMarshalling(builtIn);
    const mine = overrides();
    marshalling.registerForMarshalling(new ComWrappersSimulation(mine));
    marshalling.comInterfaceForObject({});
    marshalling.objectForComInstance(comObject());
    expect([builtIn.comInterfaceForObject.mock.calls.length, builtIn.objectForComInstance.mock.calls.length]).toEqual([0, 0]);
    expect(mine.createObject.mock.calls[0]![1]).toBe(CreateObjectFlags.TrackerObject | CreateObjectFlags.Unwrap);
    mine.computeVtables.mockReturnValue(undefined);
    mine.createObject.mockReturnValue(undefined);
    marshalling.comInterfaceForObject({});
    marshalling.objectForComInstance(comObject());
    expect([builtIn.comInterfaceForObject.mock.calls.length, builtIn.objectForComInstance.mock.calls.length]).toEqual([1, 1]);
    expect(() => marshalling.registerForMarshalling(new ComWrappersSimulation(mine))).toThrow('previously set');
  });
});
