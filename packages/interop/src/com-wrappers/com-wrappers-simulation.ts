// dotnet/runtime `src/libraries/System.Private.CoreLib/src/System/Runtime/InteropServices/ComWrappers.cs`; each rule was seen in .NET 10.

import { RuntimeException } from '../runtime-exception.ts';
import {
  type ComObject,
  IID_IReferenceTracker,
  IID_IUnknown,
  type Nullable,
  type ReferenceTracker,
  type ReferenceTrackerHost,
  type ReferenceTrackerManager,
  required,
} from './com-object.ts';
import { CreateObjectFlags } from './flags.ts';
import { type ComInterfaceEntry, ManagedObjectWrapper } from './managed-object-wrapper.ts';

/** The three methods that a subclass of ComWrappers overrides. */
export interface ComWrappersOverrides {
  /** The interfaces of a CCW for `object`, possibly an empty list; `undefined` (a null pointer with a count) says that it cannot be wrapped. `flags` are passed on as they were given. */
  computeVtables(object: object, flags: number): readonly ComInterfaceEntry[] | undefined;
  /** A managed object for a COM identity, or `undefined` (null). `flags` are passed on as they were given. */
  createObject(identity: ComObject, flags: number): object | undefined;
  releaseObjects(objects: readonly object[]): void;
}

/** The COM identity that an object stands for: an object stands for one only, whichever ComWrappers instance registered it. */
const sources = new WeakMap<object, ComObject>();

/** `ComWrappers.TryGetComInstance`: the COM object behind an RCW of any instance. */
export const tryGetComInstance = (object: object): ComObject | undefined => sources.get(object);

/** `ComWrappers.TryGetObject`: the managed object behind a CCW of any instance. */
export function tryGetObject(comObject: ComObject): object | undefined {
  const identity = comObject.queryInterface(IID_IUnknown);
  return identity instanceof ManagedObjectWrapper ? identity.target : undefined;
}

/**
 * The runtime's side of System.Runtime.InteropServices.ComWrappers: identity and caching. The caches belong to one instance; in it a managed object has one CCW, and a COM
 * identity one RCW.
 */
export class ComWrappersSimulation {
  readonly overrides: ComWrappersOverrides;
  readonly #wrappers = new WeakMap<object, ManagedObjectWrapper>();
  readonly #proxies = new WeakMap<ComObject, object>();
  readonly #trackers: ReferenceTrackerHost | undefined;
  readonly #managers = new WeakSet<ReferenceTrackerManager>();

  /** `trackers` is the process's tracker support; without it `TrackerObject` does not notify a manager. */
  constructor(overrides: ComWrappersOverrides, trackers?: ReferenceTrackerHost) {
    this.overrides = overrides;
    this.#trackers = trackers;
  }

  /**
   * The IUnknown of the object's CCW, with a reference added for the caller. ComputeVtables is called once for an object, by the first call, whose flags count. `undefined` is the null
   * pointer: the flags say CallerDefinedIUnknown, and the entries have none.
   */
  getOrCreateComInterfaceForObject(object: Nullable<object>, flags: number): ManagedObjectWrapper | undefined {
    const wrapper = this.#wrapperFor(required(object, 'instance'), flags);
    if (!wrapper) throw new RuntimeException('System.ArgumentException', 'ComputeVtables gave no interfaces for the object.');
    return wrapper.queryUnknown();
  }

  /** The same, `undefined` where ComputeVtables declines: marshalling then falls back to the built-in wrappers. */
  tryGetOrCreateComInterfaceForObject(object: object, flags: number): ManagedObjectWrapper | undefined {
    return this.#wrapperFor(object, flags)?.queryUnknown();
  }

  #wrapperFor(object: object, flags: number): ManagedObjectWrapper | undefined {
    const known = this.#wrappers.get(object);
    if (known) return known;
    const entries = this.overrides.computeVtables(object, flags);
    if (!entries) return undefined;
    // ComputeVtables may itself request this object's wrapper: the first one wins.
    const wrapper = this.#wrappers.get(object) ?? new ManagedObjectWrapper(this, object, entries, flags);
    this.#wrappers.set(object, wrapper);
    return wrapper;
  }

  /** The RCW for a COM object: the cached one of its identity, else what CreateObject makes. */
  getOrCreateObjectForComInstance(comObject: Nullable<ComObject>, flags: number): object {
    return required(this.tryGetOrCreateObjectForComInstance(required(comObject, 'externalComObject'), flags), 'obj');
  }

  /** The same, `undefined` where CreateObject declines. */
  tryGetOrCreateObjectForComInstance(comObject: ComObject, flags: number): object | undefined {
    return this.#objectFor(identityOf(comObject), flags);
  }

  /**
   * Makes `wrapper` the RCW of a COM object. An RCW that the identity has already is returned instead; UniqueInstance asks CreateObject, whatever was given.
   * @param inner the inner object of an aggregation, which the flags must then say
   */
  getOrRegisterObjectForComInstance(
    comObject: Nullable<ComObject>,
    flags: number,
    wrapper: Nullable<object>,
    inner?: Nullable<ComObject>,
  ): object {
    const given = required(wrapper, 'wrapper');
    const identity = identityOf(required(comObject, 'externalComObject'));
    if (inner && !(flags & CreateObjectFlags.Aggregation))
      throw new RuntimeException('System.InvalidOperationException', 'Supplying a non-null inner should also be marked as Aggregation.');
    return required(this.#objectFor(identity, flags, given), 'obj');
  }

  #objectFor(identity: ComObject, flags: number, given?: object): object | undefined {
    if (flags & CreateObjectFlags.UniqueInstance) return this.#create(identity, flags);
    const cached = this.#proxies.get(identity);
    if (cached) return cached;
    if (given) return this.#register(identity, flags, given);
    const isOwn = identity instanceof ManagedObjectWrapper && identity.owner === this;
    return isOwn && flags & CreateObjectFlags.Unwrap ? identity.target : this.#create(identity, flags);
  }

  #create(identity: ComObject, flags: number): object | undefined {
    const created = this.overrides.createObject(identity, flags);
    return created && this.#register(identity, flags, created);
  }

  /** Binds an object to an identity. @throws RuntimeException NotSupportedException for an object that is bound already, by whichever instance */
  #register(identity: ComObject, flags: number, object: object): object {
    // CreateObject may itself request this identity's object: the first one wins.
    const raced = flags & CreateObjectFlags.UniqueInstance ? undefined : this.#proxies.get(identity);
    if (raced) return raced;
    if (sources.has(object)) throw new RuntimeException('System.NotSupportedException', 'The object wraps a COM object already.');
    sources.set(object, identity);
    if (!(flags & CreateObjectFlags.UniqueInstance)) this.#proxies.set(identity, object);
    if (flags & CreateObjectFlags.TrackerObject) this.#track(identity);
    return object;
  }

  /** Gives a tracked COM object's manager the runtime's host, once. */
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
