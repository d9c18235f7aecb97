import { RuntimeException } from '../runtime-exception.ts';
import type { ComObject, ReferenceTrackerHost } from './com-object.ts';
import type { ComWrappersSimulation } from './com-wrappers-simulation.ts';
import { CreateComInterfaceFlags } from './flags.ts';

/** The runtime's IReferenceTrackerHost, and ComWrappers.RegisterForTrackerSupport: one instance for the whole process. */
export class TrackerSupport implements ReferenceTrackerHost {
  #registered: ComWrappersSimulation | undefined;

  /** Throws InvalidOperationException when an instance is registered already. */
  registerForTrackerSupport(instance: ComWrappersSimulation): void {
    if (this.#registered)
      throw new RuntimeException('System.InvalidOperationException', 'Attempt to update previously set global instance.');
    this.#registered = instance;
  }

  getTrackerTarget(object: object): ComObject {
    if (!this.#registered) throw new RuntimeException('System.NotSupportedException', 'No ComWrappers is registered for tracker support.');
    return this.#registered.getOrCreateComInterfaceForObject(object, CreateComInterfaceFlags.TrackerSupport);
  }

  releaseDisconnectedReferenceSources(objects: readonly object[]): void {
    this.#registered?.overrides.releaseObjects(objects);
  }
}
