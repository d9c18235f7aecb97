/** System.Runtime.InteropServices.CreateComInterfaceFlags. */
export const CreateComInterfaceFlags = { None: 0, CallerDefinedIUnknown: 1, TrackerSupport: 2 } as const;

/** System.Runtime.InteropServices.CreateObjectFlags. */
export const CreateObjectFlags = { None: 0, TrackerObject: 1, UniqueInstance: 2, Aggregation: 4, Unwrap: 8 } as const;
