import { RuntimeException } from '../runtime-exception.ts';
import type { ComObject, Nullable, ReferenceTrackerHost } from './com-object.ts';
import type { ComWrappersSimulation } from './com-wrappers-simulation.ts';
import { CreateComInterfaceFlags } from './flags.ts';
import { GlobalInstance } from './global-instance.ts';

/** The runtime's IReferenceTrackerHost, and ComWrappers.RegisterForTrackerSupport. */
export class TrackerSupport implements ReferenceTrackerHost {
  readonly #registered = new GlobalInstance();

  /** @throws RuntimeException ArgumentNullException; InvalidOperationException where an instance is registered already */
  registerForTrackerSupport(instance: Nullable<ComWrappersSimulation>): void {
    this.#registered.register(instance);
  }

  getTrackerTarget(object: object): ComObject | undefined {
    const { instance } = this.#registered;
    if (!instance) throw new RuntimeException('System.NotSupportedException', 'No ComWrappers is registered for tracker support.');
    return instance.getOrCreateComInterfaceForObject(object, CreateComInterfaceFlags.TrackerSupport);
  }

  releaseDisconnectedReferenceSources(objects: readonly object[]): void {
    this.#registered.instance?.overrides.releaseObjects(objects);
  }
}
