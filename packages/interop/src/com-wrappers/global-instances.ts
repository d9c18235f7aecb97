import { RuntimeException } from '../runtime-exception.ts';
import { type ComObject, type Nullable, type ReferenceTrackerHost, required } from './com-object.ts';
import type { ComWrappersSimulation } from './com-wrappers-simulation.ts';
import { CreateComInterfaceFlags, CreateObjectFlags } from './flags.ts';

/** A ComWrappers instance that is registered for the whole process, once. */
class GlobalInstance {
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

/** The wrappers that are built into the runtime: used where no registered instance takes the object. */
export interface BuiltInWrappers {
  comInterfaceForObject(object: object): ComObject;
  objectForComInstance(comObject: ComObject): object;
}

/** ComWrappers.RegisterForMarshalling: P/Invokes with COM types, COM activation and the Marshal APIs ask the registered instance first. */
export class ComMarshalling {
  readonly #builtIn: BuiltInWrappers;
  readonly #registered = new GlobalInstance();

  constructor(builtIn: BuiltInWrappers) {
    this.#builtIn = builtIn;
  }

  /** @throws RuntimeException ArgumentNullException; InvalidOperationException where an instance is registered already */
  registerForMarshalling(instance: Nullable<ComWrappersSimulation>): void {
    this.#registered.register(instance);
  }

  comInterfaceForObject(object: object): ComObject {
    return (
      this.#registered.instance?.tryGetOrCreateComInterfaceForObject(object, CreateComInterfaceFlags.TrackerSupport) ??
      this.#builtIn.comInterfaceForObject(object)
    );
  }

  /** Tracking and unwrapping match what the built-in wrappers do. */
  objectForComInstance(comObject: ComObject, options: { readonly unique?: boolean } = {}): object {
    const flags = CreateObjectFlags.TrackerObject | CreateObjectFlags.Unwrap | (options.unique ? CreateObjectFlags.UniqueInstance : 0);
    return this.#registered.instance?.tryGetOrCreateObjectForComInstance(comObject, flags) ?? this.#builtIn.objectForComInstance(comObject);
  }
}

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
