// dotnet/runtime `src/libraries/System.Private.CoreLib/src/System/Runtime/InteropServices/DynamicInterfaceCastableHelpers.cs`; each rule was seen in .NET 10.

import { RuntimeException } from '../runtime-exception.ts';

/** An interface type: its identity is the object. */
export interface InterfaceType {
  readonly name: string;
  readonly methods: readonly string[];
  /** Interfaces it inherits. */
  readonly interfaces?: readonly InterfaceType[];
  /** Default interface methods, its own and those it overrides, by `Interface.Method`. */
  readonly bodies?: Readonly<Record<string, InterfaceMethodBody>>;
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

/** A managed object: the interfaces of its type, and its own implementation if it is dynamically castable. */
export interface CastableObject {
  /** Dispatch is kept by this type, so two objects share the resolution of the first. */
  readonly type: { readonly name: string; readonly interfaces: readonly InterfaceType[] };
  readonly dynamic?: DynamicInterfaceCastable;
  readonly methods?: Readonly<Record<string, InterfaceMethodBody>>;
}

/** The runtime's cache for an interface method: the body for each type of object. */
type KeptBodies = WeakMap<object, InterfaceMethodBody>;

/**
 * Casts and interface calls of an object that implements IDynamicInterfaceCastable. The object is asked only after its type's own interfaces. Casts ask every time. Calls
 * ask for each method that is resolved, and keep the body for the object's type; a failure is not kept.
 */
export class DynamicInterfaceCastableSimulation {
  /** By `Interface.Method` of an interface. A method that was never resolved has no entry: the runtime makes its table at the first resolution, and keeps bodies from the second on. */
  readonly #dispatch = new WeakMap<InterfaceType, Map<string, KeptBodies>>();

  /** `is` and `as`: an object that says no gives `false`; an exception of its own passes through. */
  isInstance(object: CastableObject, type: InterfaceType): boolean {
    return implementsStatically(object, type) || (object.dynamic?.isInterfaceImplemented(type, false) ?? false);
  }

  /** A cast: InvalidCastException where the object says no; an exception of its own passes through. */
  cast(object: CastableObject, type: InterfaceType): CastableObject {
    if (implementsStatically(object, type) || object.dynamic?.isInterfaceImplemented(type, true)) return object;
    throw invalidCast(object, type);
  }

  /** An interface call: `callvirt type::method`. A method that `type` inherits is called, and asked for, by the interface that declares it. */
  call(object: CastableObject, type: InterfaceType, method: string, ...values: unknown[]): unknown {
    const owner = declaring(type, method) ?? type;
    const name = `${owner.name}.${method}`;
    const own = object.methods?.[name];
    if (own && implementsStatically(object, owner)) return own(object, ...values);
    return this.#bodyFor(object, owner, name)(object, ...values);
  }

  #bodyFor(object: CastableObject, type: InterfaceType, name: string): InterfaceMethodBody {
    const methods = this.#dispatch.get(type) ?? new Map<string, KeptBodies>();
    const bodies = methods.get(name);
    const kept = bodies?.get(object.type);
    if (kept) return kept;
    const implementation = object.dynamic?.getInterfaceImplementation(type);
    if (!implementation) throw invalidCast(object, type);
    checkImplementation(implementation, type);
    const body = resolve(implementation, type, name);
    if (bodies) bodies.set(object.type, body);
    else this.#dispatch.set(type, methods.set(name, new WeakMap()));
    return body;
  }
}

/** The most specific body: the implementation's own, else that of the interfaces it inherits, else the default of the interface itself. */
function resolve(implementation: ImplementationType, type: InterfaceType, name: string): InterfaceMethodBody {
  const own = implementation.bodies[name];
  if (own) return own;
  const providers = closure(implementation.interfaces).filter((candidate) => candidate !== type && candidate.bodies?.[name]);
  const specific = providers.filter((one) => !providers.some((other) => other !== one && inherits(other.interfaces ?? [], one)));
  if (specific.length > 1)
    throw new RuntimeException(
      'System.Runtime.AmbiguousImplementationException',
      `Could not call method '${name}()' on interface '${type.name}' with type '${implementation.name}' because there are multiple incompatible interface methods overriding this method.`,
    );
  const body = (specific[0] ?? type).bodies?.[name];
  if (!body) throw new RuntimeException('System.EntryPointNotFoundException', 'Entry point was not found.');
  return body;
}

/** Interfaces and all that they inherit, each once. */
function closure(interfaces: readonly InterfaceType[]): readonly InterfaceType[] {
  const all = new Set(interfaces);
  for (const type of all) for (const inherited of type.interfaces ?? []) all.add(inherited);
  return [...all];
}

function checkImplementation({ name, isInterface, isMarked, interfaces }: ImplementationType, type: InterfaceType): void {
  const fail = (problem: string): RuntimeException =>
    new RuntimeException('System.InvalidOperationException', `Type '${name}' returned by IDynamicInterfaceCastable ${problem}.`);
  if (!isInterface) throw fail('is not an interface');
  if (!isMarked) throw fail("does not have the attribute 'DynamicInterfaceCastableImplementationAttribute'");
  if (!inherits(interfaces, type)) throw fail(`does not implement the requested interface '${type.name}'`);
}

const inherits = (interfaces: readonly InterfaceType[], type: InterfaceType): boolean => closure(interfaces).includes(type);

/** The interface that declares a method: the type itself, or the nearest that it inherits. */
const declaring = (type: InterfaceType, method: string): InterfaceType | undefined =>
  closure([type]).find(({ methods }) => methods.includes(method));

const implementsStatically = (object: CastableObject, type: InterfaceType): boolean => inherits(object.type.interfaces, type);

const invalidCast = (object: CastableObject, type: InterfaceType): RuntimeException =>
  new RuntimeException('System.InvalidCastException', `Invalid cast from '${object.type.name}' to '${type.name}'.`);
