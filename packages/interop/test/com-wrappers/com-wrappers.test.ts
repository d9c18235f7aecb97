// ComWrappers: identity, caching and refusals; each expected value is .NET 10's.
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
  tryGetComInstance,
  tryGetObject,
} from '@ijw/interop/com-wrappers';
import { describe, expect, it, vi } from 'vitest';

const comObject = (interfaces: Record<string, object> = {}): ComObject => {
  const self: ComObject = { queryInterface: (iid) => (iid === IID_IUnknown ? self : (interfaces[iid] as ComObject | undefined)) };
  return self;
};
/** The type of the exception, or `nothing`. */
function thrown(act: () => unknown): string {
  try {
    act();
    return 'nothing';
  } catch (error) {
    return (error as { type?: string }).type ?? String(error);
  }
}

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
    expect([mine.computeVtables.mock.calls.length, first?.references]).toEqual([1, 2]);
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

  it('throws what the runtime throws for null results and null arguments, at every call', () => {
    const mine = overrides();
    const wrappers = new ComWrappersSimulation(mine);
    mine.createObject.mockReturnValue(undefined);
    mine.computeVtables.mockReturnValue(undefined);
    expect(thrown(() => wrappers.getOrCreateObjectForComInstance(comObject(), 0))).toBe('System.ArgumentNullException');
    expect(thrown(() => wrappers.getOrCreateComInterfaceForObject({}, 0))).toBe('System.ArgumentException');
    for (const nothing of [null, undefined]) {
      expect(thrown(() => wrappers.getOrCreateComInterfaceForObject(nothing, 0))).toBe('System.ArgumentNullException');
      expect(thrown(() => wrappers.getOrCreateObjectForComInstance(nothing, 0))).toBe('System.ArgumentNullException');
      expect(thrown(() => wrappers.getOrRegisterObjectForComInstance(comObject(), 0, nothing))).toBe('System.ArgumentNullException');
      expect(thrown(() => wrappers.getOrRegisterObjectForComInstance(nothing, 0, {}))).toBe('System.ArgumentNullException');
      expect(thrown(() => new TrackerSupport().registerForTrackerSupport(nothing))).toBe('System.ArgumentNullException');
    }
    const object = {};
    expect(thrown(() => wrappers.getOrCreateComInterfaceForObject(object, 0))).toBe('System.ArgumentException');
    mine.computeVtables.mockReturnValue([]);
    expect(wrappers.getOrCreateComInterfaceForObject(object, 0)).toBeDefined();
  });

  it('passes unknown flags on', () => {
    const mine = overrides();
    const wrappers = new ComWrappersSimulation(mine);
    expect(wrappers.getOrCreateComInterfaceForObject({}, 0x80)).toBeDefined();
    wrappers.getOrCreateObjectForComInstance(comObject(), 0x1f3);
    expect([mine.computeVtables.mock.calls[0]![1], mine.createObject.mock.calls[0]![1]]).toEqual([0x80, 0x1f3]);
  });

  it('lets exceptions of the overrides through', () => {
    const fails = () => {
      throw new Error('FormatException');
    };
    const wrappers = new ComWrappersSimulation({ computeVtables: fails, createObject: fails, releaseObjects: () => {} });
    expect(() => wrappers.getOrCreateComInterfaceForObject({}, 0)).toThrow('FormatException');
    expect(() => wrappers.getOrCreateObjectForComInstance(comObject(), 0)).toThrow('FormatException');
  });

  it('binds an object to one COM identity, whichever instance does it', () => {
    const shared = {};
    const mine = overrides();
    mine.createObject.mockReturnValue(shared);
    const wrappers = new ComWrappersSimulation(mine);
    const [one, two] = [comObject(), comObject()];
    expect(wrappers.getOrCreateObjectForComInstance(one, 0)).toBe(shared);
    expect(thrown(() => wrappers.getOrCreateObjectForComInstance(two, 0))).toBe('System.NotSupportedException');
    expect(thrown(() => wrappers.getOrRegisterObjectForComInstance(two, 0, shared))).toBe('System.NotSupportedException');
    expect(thrown(() => new ComWrappersSimulation(mine).getOrCreateObjectForComInstance(one, 0))).toBe('System.NotSupportedException');
    expect(thrown(() => wrappers.getOrCreateObjectForComInstance(two, CreateObjectFlags.UniqueInstance))).toBe(
      'System.NotSupportedException',
    );
    const free = {};
    expect(wrappers.getOrRegisterObjectForComInstance(two, 0, free)).toBe(free);
    expect(wrappers.getOrRegisterObjectForComInstance(one, 0, free)).toBe(shared);
  });

  it('asks CreateObject where an object is registered as a unique instance', () => {
    const mine = overrides();
    const wrappers = new ComWrappersSimulation(mine);
    const [identity, given] = [comObject(), {}];
    expect(wrappers.getOrRegisterObjectForComInstance(identity, CreateObjectFlags.UniqueInstance, given)).not.toBe(given);
    expect(wrappers.getOrRegisterObjectForComInstance(identity, 0, given)).toBe(given);
    expect(mine.createObject).toHaveBeenCalledTimes(1);
    mine.createObject.mockReturnValue(undefined);
    expect(thrown(() => wrappers.getOrRegisterObjectForComInstance(identity, CreateObjectFlags.UniqueInstance, {}))).toBe(
      'System.ArgumentNullException',
    );
  });

  it('prefers a cached wrapper to unwrapping, and a unique instance to both', () => {
    const wrappers = new ComWrappersSimulation(overrides());
    const target = {};
    const ccw = wrappers.getOrCreateComInterfaceForObject(target, 0);
    expect(wrappers.getOrCreateObjectForComInstance(ccw, CreateObjectFlags.Unwrap | CreateObjectFlags.UniqueInstance)).not.toBe(target);
    expect(wrappers.getOrCreateObjectForComInstance(ccw, CreateObjectFlags.Unwrap)).toBe(target);
    const cached = wrappers.getOrCreateObjectForComInstance(ccw, CreateObjectFlags.None);
    expect(wrappers.getOrCreateObjectForComInstance(ccw, CreateObjectFlags.Unwrap)).toBe(cached);
    expect([tryGetObject(ccw!), tryGetComInstance(cached), tryGetComInstance(target)]).toEqual([target, ccw, undefined]);
  });

  it('gives CreateObject the identity, and keeps what a nested call made', () => {
    const mine = overrides();
    const wrappers = new ComWrappersSimulation(mine);
    const identity = comObject();
    const face: ComObject = { queryInterface: (iid) => identity.queryInterface(iid) };
    let inner: object | undefined;
    mine.createObject.mockImplementationOnce((asked) => {
      inner = wrappers.getOrCreateObjectForComInstance(asked, 0);
      return {};
    });
    expect(wrappers.getOrCreateObjectForComInstance(face, 0)).toBe(inner);
    expect(mine.createObject.mock.calls.map(([asked]) => asked)).toEqual([identity, identity]);
  });

  it('gives the null pointer for a wrapper without IUnknown, at every call', () => {
    const mine = overrides();
    const wrappers = new ComWrappersSimulation(mine);
    const object = {};
    expect(wrappers.getOrCreateComInterfaceForObject(object, CreateComInterfaceFlags.CallerDefinedIUnknown)).toBeUndefined();
    expect(wrappers.getOrCreateComInterfaceForObject(object, CreateComInterfaceFlags.None)).toBeUndefined();
    expect(mine.computeVtables).toHaveBeenCalledTimes(1);
    mine.computeVtables.mockReturnValue([{ iid: IID_IUnknown.toUpperCase(), vtable: [] }]);
    expect(wrappers.getOrCreateComInterfaceForObject({}, CreateComInterfaceFlags.CallerDefinedIUnknown)).toBeDefined();
  });

  it('asks ICustomQueryInterface of the object before its own entries, and not for IUnknown', () => {
    const asked: string[] = [];
    let answer: ComObject | 'failed' | 'notHandled' = 'notHandled';
    const object = {
      getInterface(iid: string) {
        asked.push(iid.slice(0, 8));
        return answer;
      },
    };
    const mine = overrides();
    const [known, unknown] = ['11111111-2222-3333-4444-555555555555', '99999999-2222-3333-4444-555555555555'];
    mine.computeVtables.mockReturnValue([{ iid: known, vtable: [] }]);
    const ccw = new ComWrappersSimulation(mine).getOrCreateComInterfaceForObject(object, 0)!;
    expect([ccw.queryInterface(IID_IUnknown), ccw.queryInterface(known), ccw.queryInterface(unknown)]).toEqual([ccw, ccw, undefined]);
    expect(asked).toEqual(['11111111', '99999999']);
    answer = 'failed';
    expect([ccw.queryInterface(IID_IUnknown), ccw.queryInterface(known)]).toEqual([ccw, undefined]);
    answer = comObject();
    expect(ccw.queryInterface(unknown)).toBe(answer);
  });

  it('wants Aggregation for an inner object', () => {
    const wrappers = new ComWrappersSimulation(overrides());
    const inner = comObject();
    expect(thrown(() => wrappers.getOrRegisterObjectForComInstance(comObject(), 0, {}, inner))).toBe('System.InvalidOperationException');
    const object = {};
    expect(wrappers.getOrRegisterObjectForComInstance(comObject(), CreateObjectFlags.Aggregation, object, inner)).toBe(object);
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
    const tracked = wrappers.getOrCreateComInterfaceForObject({}, CreateComInterfaceFlags.TrackerSupport);
    expect([plain?.queryInterface(IID_IUnknown), plain?.queryInterface(IID_IReferenceTrackerTarget)]).toEqual([plain, undefined]);
    expect(tracked?.queryInterface(IID_IReferenceTrackerTarget)).toBe(tracked);
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
    expect(trackers.getTrackerTarget({})?.queryInterface(IID_IReferenceTrackerTarget)).toBeDefined();
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
