export {
  type ComObject,
  IID_IReferenceTracker,
  IID_IReferenceTrackerTarget,
  IID_IUnknown,
  type ReferenceTracker,
  type ReferenceTrackerHost,
  type ReferenceTrackerManager,
} from './com-object.ts';
export { type ComWrappersOverrides, ComWrappersSimulation, tryGetComInstance, tryGetObject } from './com-wrappers-simulation.ts';
export { CreateComInterfaceFlags, CreateObjectFlags } from './flags.ts';
export { type BuiltInWrappers, ComMarshalling, TrackerSupport } from './global-instances.ts';
export { type ComInterfaceEntry, type CustomQueryInterface, ManagedObjectWrapper } from './managed-object-wrapper.ts';
