export {
  type ComObject,
  IID_IReferenceTracker,
  IID_IReferenceTrackerTarget,
  IID_IUnknown,
  type ReferenceTracker,
  type ReferenceTrackerHost,
  type ReferenceTrackerManager,
} from './com-wrappers/com-object.ts';
export { type ComWrappersOverrides, ComWrappersSimulation } from './com-wrappers/com-wrappers-simulation.ts';
export { CreateComInterfaceFlags, CreateObjectFlags } from './com-wrappers/flags.ts';
export { type ComInterfaceEntry, ManagedObjectWrapper } from './com-wrappers/managed-object-wrapper.ts';
export { type BuiltInWrappers, ComMarshalling } from './com-wrappers/marshalling.ts';
export { TrackerSupport } from './com-wrappers/tracker-support.ts';
export {
  type CastableObject,
  type DynamicInterfaceCastable,
  DynamicInterfaceCastableSimulation,
  type ImplementationType,
  type InterfaceMethodBody,
  type InterfaceType,
} from './dynamic-interface-castable/dynamic-interface-castable-simulation.ts';
export {
  ArgumentReader,
  ArgumentSlots,
  SLOT_SIZE,
  SLOT_TYPES,
  type SlotType,
  type SlotValue,
  slotCount,
} from './leanclr/argument-slots.ts';
export {
  type Dispatch,
  type Invoker,
  LeanClrCallError,
  type LeanClrMethod,
  lookUpKeys,
  type NativeFunction,
  PInvokeRegistry,
  type Registration,
  type RegistrationKind,
  simpleInvoker,
} from './leanclr/registry.ts';
export {
  formatLeanClrSignature,
  formatLeanClrType,
  LEANCLR_CONVENTIONS,
  type LeanClrConvention,
  type LeanClrSignature,
  type LeanClrType,
} from './leanclr/signature.ts';
export { LeanClrSignatureError, parseLeanClrSignature } from './leanclr/signature-parser.ts';
export { RuntimeException } from './runtime-exception.ts';
