import { type ComObject, IID_IReferenceTrackerTarget, IID_IUnknown } from './com-object.ts';
import { CreateComInterfaceFlags } from './flags.ts';

/** One interface of a CCW: its IID and the functions of its vtable. */
export interface ComInterfaceEntry {
  readonly iid: string;
  readonly vtable: readonly ((...values: unknown[]) => unknown)[];
}

/** A COM callable wrapper: the native face of one managed object for one ComWrappers instance. */
export class ManagedObjectWrapper implements ComObject {
  readonly target: object;
  readonly owner: object;
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
    return this.interfaces.has(iid.toLowerCase()) ? this : undefined;
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
