import type { ComObject, Nullable } from './com-object.ts';
import type { ComWrappersSimulation } from './com-wrappers-simulation.ts';
import { CreateComInterfaceFlags, CreateObjectFlags } from './flags.ts';
import { GlobalInstance } from './global-instance.ts';

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
