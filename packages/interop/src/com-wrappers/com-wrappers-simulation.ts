import { RuntimeException } from '../runtime-exception.ts';
import { type ComObject, IID_IReferenceTracker, IID_IUnknown, type ReferenceTracker, type ReferenceTrackerManager } from './com-object.ts';
import { CreateComInterfaceFlags, CreateObjectFlags } from './flags.ts';
import { type ComInterfaceEntry, ManagedObjectWrapper } from './managed-object-wrapper.ts';
import type { TrackerSupport } from './tracker-support.ts';

/** The three methods that a subclass of ComWrappers overrides. */
export interface ComWrappersOverrides {
  /** The interfaces of a CCW for `object`; `undefined` says that it cannot be wrapped. */
  computeVtables(object: object, flags: number): readonly ComInterfaceEntry[] | undefined;
  /** A managed object for a COM object; `undefined` says that there is none. */
  createObject(comObject: ComObject, flags: number): object | undefined;
  releaseObjects(objects: readonly object[]): void;
}

/**
 * The runtime's side of System.Runtime.InteropServices.ComWrappers: identity and caching. The caches belong to one instance; in it a managed object has one CCW, and a COM
 * identity one RCW, however often they are asked for.
 */
export class ComWrappersSimulation {
  readonly overrides: ComWrappersOverrides;
  readonly #wrappers = new WeakMap<object, ManagedObjectWrapper>();
  readonly #proxies = new WeakMap<ComObject, object>();
  readonly #sources = new WeakMap<object, ComObject>();
  readonly #trackers: TrackerSupport | undefined;
  readonly #managers = new WeakSet<ReferenceTrackerManager>();

  /** `trackers` is the process's tracker support; without it `TrackerObject` has nobody to tell. */
  constructor(overrides: ComWrappersOverrides, trackers?: TrackerSupport) {
    this.overrides = overrides;
    this.#trackers = trackers;
  }

  /** The CCW of `object`, with a reference added for the caller. ComputeVtables is called once for an object, by the first call. */
  getOrCreateComInterfaceForObject(object: object, flags: number): ManagedObjectWrapper {
    const wrapper = this.tryGetOrCreateComInterfaceForObject(object, flags);
    if (!wrapper) throw new RuntimeException('System.ArgumentException', 'ComputeVtables gave no interfaces for the object.');
    return wrapper;
  }

  /** The same, `undefined` where ComputeVtables declines: marshalling then falls back to the built-in wrappers. */
  tryGetOrCreateComInterfaceForObject(object: object, flags: number): ManagedObjectWrapper | undefined {
    checkFlags(flags, CreateComInterfaceFlags.CallerDefinedIUnknown | CreateComInterfaceFlags.TrackerSupport);
    let wrapper = this.#wrappers.get(object);
    if (!wrapper) {
      const entries = this.overrides.computeVtables(object, flags);
      if (!entries) return undefined;
      // ComputeVtables may itself have asked for this object's wrapper: the first one wins.
      wrapper = this.#wrappers.get(object) ?? new ManagedObjectWrapper(this, object, entries, flags);
      this.#wrappers.set(object, wrapper);
    }
    wrapper.addReference();
    return wrapper;
  }

  /** The RCW for a COM object: the cached one of its identity, else what CreateObject makes. */
  getOrCreateObjectForComInstance(comObject: ComObject, flags: number): object {
    const object = this.tryGetOrCreateObjectForComInstance(comObject, flags);
    if (!object) throw new RuntimeException('System.ArgumentNullException', 'CreateObject returned null.');
    return object;
  }

  tryGetOrCreateObjectForComInstance(comObject: ComObject, flags: number): object | undefined {
    return this.#objectFor(comObject, flags, () => this.overrides.createObject(comObject, flags));
  }

  /** Makes `wrapper` the RCW of a COM object; an RCW that the identity has already is returned instead. */
  getOrRegisterObjectForComInstance(comObject: ComObject, flags: number, wrapper: object): object {
    const registered = this.#sources.get(wrapper);
    if (registered && registered !== identityOf(comObject)) {
      throw new RuntimeException('System.NotSupportedException', 'The object wraps another COM object already.');
    }
    return this.#objectFor(comObject, flags, () => wrapper) ?? wrapper;
  }

  #objectFor(comObject: ComObject, flags: number, create: () => object | undefined): object | undefined {
    checkFlags(
      flags,
      CreateObjectFlags.TrackerObject | CreateObjectFlags.UniqueInstance | CreateObjectFlags.Aggregation | CreateObjectFlags.Unwrap,
    );
    const identity = identityOf(comObject);
    const unique = (flags & CreateObjectFlags.UniqueInstance) !== 0;
    if (flags & CreateObjectFlags.Unwrap && identity instanceof ManagedObjectWrapper && identity.owner === this) return identity.target;
    const cached = unique ? undefined : this.#proxies.get(identity);
    if (cached) return cached;
    const created = create();
    if (!created) return undefined;
    if (unique) {
      this.#sources.set(created, identity);
    } else {
      const raced = this.#proxies.get(identity);
      if (raced) return raced;
      this.#proxies.set(identity, created);
      this.#sources.set(created, identity);
    }
    if (flags & CreateObjectFlags.TrackerObject) this.#track(identity);
    return created;
  }

  /** A tracked COM object's manager learns of the runtime's host, once. */
  #track(identity: ComObject): void {
    const tracker = identity.queryInterface(IID_IReferenceTracker) as ReferenceTracker | undefined;
    if (!tracker || !this.#trackers) return;
    const manager = tracker.getReferenceTrackerManager();
    if (!this.#managers.has(manager)) {
      this.#managers.add(manager);
      manager.setReferenceTrackerHost(this.#trackers);
    }
    tracker.connectFromTrackerSource();
  }
}

function identityOf(comObject: ComObject): ComObject {
  const identity = comObject.queryInterface(IID_IUnknown);
  if (!identity) throw new RuntimeException('System.InvalidCastException', 'The COM object has no IUnknown.');
  return identity;
}

function checkFlags(flags: number, known: number): void {
  if (flags & ~known) throw new RuntimeException('System.ArgumentOutOfRangeException', `Unknown flags 0x${(flags & ~known).toString(16)}.`);
}
