export {
  type CastableObject,
  type DynamicInterfaceCastable,
  DynamicInterfaceCastableSimulation,
  type ImplementationType,
  type InterfaceMethodBody,
  type InterfaceType,
} from './dynamic-interface-castable-simulation.ts';
