import { type ComObject, IID_IReferenceTrackerTarget, IID_IUnknown } from './com-object.ts';
import { CreateComInterfaceFlags } from './flags.ts';

/** One interface of a CCW: its IID and the functions of its vtable. */
export interface ComInterfaceEntry {
  readonly iid: string;
  readonly vtable: readonly ((...values: unknown[]) => unknown)[];
}

/** System.Runtime.InteropServices.ICustomQueryInterface, which the wrapped object may implement. */
export interface CustomQueryInterface {
  /** The interface, `failed` (E_NOINTERFACE whatever the wrapper has), or `notHandled`. The runtime does not ask it for interfaces that it implements itself. */
  getInterface(iid: string): ComObject | 'failed' | 'notHandled';
}

const hasCustomQuery = (target: object): target is CustomQueryInterface =>
  'getInterface' in target && typeof target.getInterface === 'function';

/** A COM callable wrapper: the native face of one managed object for one ComWrappers instance. */
export class ManagedObjectWrapper implements ComObject {
  readonly target: object;
  readonly owner: object;
  /** By IID; `undefined` for those that the runtime implements. */
  readonly interfaces: ReadonlyMap<string, ComInterfaceEntry | undefined>;
  #references = 0;

  constructor(owner: object, target: object, entries: readonly ComInterfaceEntry[], flags: number) {
    this.owner = owner;
    this.target = target;
    const interfaces = new Map<string, ComInterfaceEntry | undefined>(entries.map((entry) => [entry.iid.toLowerCase(), entry]));
    if (!(flags & CreateComInterfaceFlags.CallerDefinedIUnknown)) interfaces.set(IID_IUnknown, undefined);
    if (flags & CreateComInterfaceFlags.TrackerSupport) interfaces.set(IID_IReferenceTrackerTarget, undefined);
    this.interfaces = interfaces;
  }

  queryInterface(iid: string): ComObject | undefined {
    const key = iid.toLowerCase();
    const isRuntimes = this.interfaces.has(key) && this.interfaces.get(key) === undefined;
    const custom = !isRuntimes && hasCustomQuery(this.target) ? this.target.getInterface(key) : 'notHandled';
    if (custom !== 'notHandled') return custom === 'failed' ? undefined : custom;
    return this.interfaces.has(key) ? this : undefined;
  }

  /** IUnknown with a reference added; `undefined` where the caller defines it and the entries have none. */
  queryUnknown(): ManagedObjectWrapper | undefined {
    if (!this.interfaces.has(IID_IUnknown)) return undefined;
    this.addReference();
    return this;
  }

  get references(): number {
    return this.#references;
  }

  addReference(): number {
    return ++this.#references;
  }

  release(): number {
    return --this.#references;
  }
}
