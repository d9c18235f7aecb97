import { RuntimeException } from '../runtime-exception.ts';

/** An interface type: its identity is the object. */
export interface InterfaceType {
  readonly name: string;
  readonly methods: readonly string[];
  /** Interfaces it inherits. */
  readonly interfaces?: readonly InterfaceType[];
}

export type InterfaceMethodBody = (self: object, ...values: unknown[]) => unknown;

/** The type whose handle GetInterfaceImplementation returns. */
export interface ImplementationType {
  readonly name: string;
  readonly isInterface: boolean;
  /** Carries DynamicInterfaceCastableImplementationAttribute. */
  readonly isMarked: boolean;
  readonly interfaces: readonly InterfaceType[];
  /** Default interface methods by `Interface.Method`. */
  readonly bodies: Readonly<Record<string, InterfaceMethodBody>>;
}

/** System.Runtime.InteropServices.IDynamicInterfaceCastable. */
export interface DynamicInterfaceCastable {
  isInterfaceImplemented(type: InterfaceType, throwIfNotImplemented: boolean): boolean;
  /** `undefined` is the default handle. */
  getInterfaceImplementation(type: InterfaceType): ImplementationType | undefined;
}

/** A managed object: the interfaces of its type, and its own answers if it is dynamically castable. */
export interface CastableObject {
  /** Dispatch is cached for this type, so two objects of it share the answer of the first. */
  readonly type: { readonly name: string; readonly interfaces: readonly InterfaceType[] };
  readonly dynamic?: DynamicInterfaceCastable;
  readonly methods?: Readonly<Record<string, InterfaceMethodBody>>;
}

/**
 * What casts and interface calls do with an object that implements IDynamicInterfaceCastable. The object is asked only after its type's own interfaces; casts ask every time, calls
 * keep the implementation for the object's type.
 */
export class DynamicInterfaceCastableSimulation {
  readonly #dispatch = new WeakMap<object, Map<InterfaceType, ImplementationType>>();

  /** `is` and `as`: never throws for an object that says no. */
  isInstance(object: CastableObject, type: InterfaceType): boolean {
    return implementsStatically(object, type) || (object.dynamic?.isInterfaceImplemented(type, false) ?? false);
  }

  /** A cast: InvalidCastException where the object says no; an exception of its own passes through. */
  cast(object: CastableObject, type: InterfaceType): CastableObject {
    if (implementsStatically(object, type) || object.dynamic?.isInterfaceImplemented(type, true)) return object;
    throw invalidCast(object, type);
  }

  /** An interface call: `callvirt type::method`. */
  call(object: CastableObject, type: InterfaceType, method: string, ...values: unknown[]): unknown {
    const name = `${type.name}.${method}`;
    const own = object.methods?.[name];
    if (implementsStatically(object, type) && own) return own(object, ...values);
    const implementation = this.#implementationFor(object, type);
    const body = implementation.bodies[name];
    if (!body) throw new RuntimeException('System.EntryPointNotFoundException', `${implementation.name} has no implementation of ${name}.`);
    return body(object, ...values);
  }

  #implementationFor(object: CastableObject, type: InterfaceType): ImplementationType {
    const cached = this.#dispatch.get(object.type)?.get(type);
    if (cached) return cached;
    const implementation = object.dynamic?.getInterfaceImplementation(type);
    if (!implementation) throw invalidCast(object, type);
    checkImplementation(implementation, type);
    const perType = this.#dispatch.get(object.type) ?? new Map<InterfaceType, ImplementationType>();
    this.#dispatch.set(object.type, perType.set(type, implementation));
    return implementation;
  }
}

function checkImplementation(implementation: ImplementationType, type: InterfaceType): void {
  const fail = (message: string): RuntimeException => new RuntimeException('System.InvalidOperationException', message);
  if (!implementation.isInterface) throw fail(`${implementation.name} is not an interface.`);
  if (!implementation.isMarked)
    throw fail(`${implementation.name} does not have the attribute DynamicInterfaceCastableImplementationAttribute.`);
  if (!inherits(implementation.interfaces, type)) throw fail(`${implementation.name} does not implement ${type.name}.`);
}

const inherits = (interfaces: readonly InterfaceType[], type: InterfaceType): boolean =>
  interfaces.some((candidate) => candidate === type || inherits(candidate.interfaces ?? [], type));

const implementsStatically = (object: CastableObject, type: InterfaceType): boolean => inherits(object.type.interfaces, type);

const invalidCast = (object: CastableObject, type: InterfaceType): RuntimeException =>
  new RuntimeException('System.InvalidCastException', `Unable to cast object of type '${object.type.name}' to type '${type.name}'.`);
