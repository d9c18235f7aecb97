import { RuntimeException } from '../runtime-exception.ts';

/** A COM object: interfaces by IID. Two pointers are the same object when their IUnknown is. */
export interface ComObject {
  /** The object's interface of that IID, or `undefined` (E_NOINTERFACE). The answer for IUnknown is always the same reference. */
  queryInterface(iid: string): ComObject | undefined;
}

export const IID_IUnknown = '00000000-0000-0000-c000-000000000046';
export const IID_IReferenceTracker = '11d3b13a-180e-4789-a8be-7712882893e6';
export const IID_IReferenceTrackerTarget = '64bd43f8-bfee-4ec4-b7eb-2935158dae21';

/** A parameter that .NET checks for null when it is called. */
export type Nullable<T> = T | null | undefined;

/** The value, or ArgumentNullException with the parameter's name. */
export function required<T>(value: Nullable<T>, parameter: string): T {
  if (value === null || value === undefined)
    throw new RuntimeException('System.ArgumentNullException', `Value cannot be null. (Parameter '${parameter}')`);
  return value;
}

/** The IReferenceTracker interface of a COM object that takes part in reference tracking. */
export interface ReferenceTracker extends ComObject {
  connectFromTrackerSource(): void;
  getReferenceTrackerManager(): ReferenceTrackerManager;
}

export interface ReferenceTrackerManager {
  setReferenceTrackerHost(host: ReferenceTrackerHost): void;
}

/** The runtime's interface for a tracker manager. */
export interface ReferenceTrackerHost {
  /** Gets a target from the ComWrappers that is registered for tracker support; throws without one. */
  getTrackerTarget(object: object): ComObject | undefined;
  /** The manager releases its objects; the registered ComWrappers is notified. */
  releaseDisconnectedReferenceSources(objects: readonly object[]): void;
}
