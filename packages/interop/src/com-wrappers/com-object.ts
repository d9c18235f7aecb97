import { RuntimeException } from '../runtime-exception.ts';

/** A COM object as its callers see it: interfaces by IID. Two pointers are the same object when their IUnknown is. */
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

/** What a COM object that takes part in reference tracking offers behind IReferenceTracker. */
export interface ReferenceTracker extends ComObject {
  connectFromTrackerSource(): void;
  getReferenceTrackerManager(): ReferenceTrackerManager;
}

export interface ReferenceTrackerManager {
  setReferenceTrackerHost(host: ReferenceTrackerHost): void;
}

/** What the runtime implements for a tracker manager. */
export interface ReferenceTrackerHost {
  /** Asks the ComWrappers that is registered for tracker support for a target; throws without one. */
  getTrackerTarget(object: object): ComObject | undefined;
  /** The manager lets go of the objects it holds; the registered ComWrappers is told. */
  releaseDisconnectedReferenceSources(objects: readonly object[]): void;
}
