import { RuntimeException } from '../runtime-exception.ts';
import type { ComObject } from './com-object.ts';
import type { ComWrappersSimulation } from './com-wrappers-simulation.ts';
import { CreateComInterfaceFlags, CreateObjectFlags } from './flags.ts';

/** The wrappers that are built into the runtime: used where no registered instance takes the object. */
export interface BuiltInWrappers {
  comInterfaceForObject(object: object): ComObject;
  objectForComInstance(comObject: ComObject): object;
}

/** ComWrappers.RegisterForMarshalling: P/Invokes with COM types, COM activation and the Marshal APIs ask the registered instance first. */
export class ComMarshalling {
  readonly #builtIn: BuiltInWrappers;
  #registered: ComWrappersSimulation | undefined;

  constructor(builtIn: BuiltInWrappers) {
    this.#builtIn = builtIn;
  }

  /** Throws InvalidOperationException when an instance is registered already. */
  registerForMarshalling(instance: ComWrappersSimulation): void {
    if (this.#registered)
      throw new RuntimeException('System.InvalidOperationException', 'Attempt to update previously set global instance.');
    this.#registered = instance;
  }

  comInterfaceForObject(object: object): ComObject {
    return (
      this.#registered?.tryGetOrCreateComInterfaceForObject(object, CreateComInterfaceFlags.TrackerSupport) ??
      this.#builtIn.comInterfaceForObject(object)
    );
  }

  /** Tracking and unwrapping match what the built-in wrappers do. */
  objectForComInstance(comObject: ComObject, options: { readonly unique?: boolean } = {}): object {
    const flags = CreateObjectFlags.TrackerObject | CreateObjectFlags.Unwrap | (options.unique ? CreateObjectFlags.UniqueInstance : 0);
    return this.#registered?.tryGetOrCreateObjectForComInstance(comObject, flags) ?? this.#builtIn.objectForComInstance(comObject);
  }
}
