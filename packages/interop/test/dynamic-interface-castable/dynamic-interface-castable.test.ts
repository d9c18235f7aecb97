import { type CastableObject, DynamicInterfaceCastableSimulation, type ImplementationType, type InterfaceType } from '@ijw/interop';
import { describe, expect, it, vi } from 'vitest';

const IAnimal: InterfaceType = { name: 'IAnimal', methods: ['Name'] };
const IDog: InterfaceType = { name: 'IDog', methods: ['Bark'], interfaces: [IAnimal] };
const DogImplementation: ImplementationType = {
  name: 'DogImplementation',
  isInterface: true,
  isMarked: true,
  interfaces: [IDog],
  bodies: { 'IDog.Bark': (self, times) => `${(self as CastableObject).type.name} barks ${times} times` },
};
const castable = (implementation: ImplementationType | undefined, says = true) => {
  const dynamic = { isInterfaceImplemented: vi.fn(() => says), getInterfaceImplementation: vi.fn(() => implementation) };
  return { type: { name: 'Box', interfaces: [] as InterfaceType[] }, dynamic };
};

describe('DynamicInterfaceCastableSimulation', () => {
  it('asks at every cast and once for dispatch', () => {
    const runtime = new DynamicInterfaceCastableSimulation();
    const object = castable(DogImplementation);
    expect([runtime.isInstance(object, IDog), runtime.cast(object, IDog)]).toEqual([true, object]);
    expect(runtime.call(object, IDog, 'Bark', 2)).toBe('Box barks 2 times');
    runtime.call({ ...object }, IDog, 'Bark', 2);
    expect([object.dynamic.isInterfaceImplemented.mock.calls.length, object.dynamic.getInterfaceImplementation.mock.calls.length]).toEqual([
      2, 1,
    ]);
  });

  it('does not ask for what the type itself implements', () => {
    const object = { ...castable(undefined, false), type: { name: 'Dog', interfaces: [IDog] }, methods: { 'IAnimal.Name': () => 'Rex' } };
    const runtime = new DynamicInterfaceCastableSimulation();
    expect([runtime.isInstance(object, IAnimal), runtime.call(object, IAnimal, 'Name')]).toEqual([true, 'Rex']);
    expect(object.dynamic.isInterfaceImplemented).not.toHaveBeenCalled();
  });

  it.each([
    ['a default handle', undefined, 'System.InvalidCastException'],
    ['a class', { ...DogImplementation, isInterface: false }, 'System.InvalidOperationException'],
    ['no attribute', { ...DogImplementation, isMarked: false }, 'System.InvalidOperationException'],
    ['another interface', { ...DogImplementation, interfaces: [IAnimal] }, 'System.InvalidOperationException'],
    ['no body', { ...DogImplementation, bodies: {} }, 'System.EntryPointNotFoundException'],
  ])('refuses %s', (_title, implementation, type) => {
    expect(() => new DynamicInterfaceCastableSimulation().call(castable(implementation), IDog, 'Bark')).toThrow(
      expect.objectContaining({ type }),
    );
  });

  it('throws InvalidCastException for a cast that the object denies', () => {
    const runtime = new DynamicInterfaceCastableSimulation();
    expect(runtime.isInstance(castable(undefined, false), IDog)).toBe(false);
    expect(() => runtime.cast(castable(undefined, false), IDog)).toThrow(expect.objectContaining({ type: 'System.InvalidCastException' }));
  });
});
