import { RuntimeException } from '../runtime-exception.ts';
import { type Nullable, required } from './com-object.ts';
import type { ComWrappersSimulation } from './com-wrappers-simulation.ts';

/** A ComWrappers instance that is registered for the whole process: once, and for good. */
export class GlobalInstance {
  #instance: ComWrappersSimulation | undefined;

  get instance(): ComWrappersSimulation | undefined {
    return this.#instance;
  }

  /** @throws RuntimeException ArgumentNullException; InvalidOperationException for a second registration, of the same instance too */
  register(instance: Nullable<ComWrappersSimulation>): void {
    const given = required(instance, 'instance');
    if (this.#instance) throw new RuntimeException('System.InvalidOperationException', 'Attempt to update previously set global instance.');
    this.#instance = given;
  }
}
