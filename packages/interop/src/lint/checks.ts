import type { BodyCheck, TableCheck } from './check.ts';
import { callingConventions } from './checks/calling-conventions.ts';
import { castableState } from './checks/castable-state.ts';
import { classInterfaces, comImports } from './checks/com-types.ts';
import { disabledMarshalling, runtimeMarshallingCalls } from './checks/disabled-marshalling.ts';
import { dynamicCastable } from './checks/dynamic-castable.ts';
import { escapingExceptions } from './checks/escaping-exceptions.ts';
import { internalCalls } from './checks/internal-calls.ts';
import { lastError } from './checks/last-error.ts';
import { registeredSignatures } from './checks/leanclr-registrations.ts';
import { loaderLock } from './checks/loader-lock.ts';
import { hosts, nativeMethods, vtableFixups } from './checks/mixed-mode.ts';
import { calliTargets, managedUseOfEntries } from './checks/native-entries.ts';
import { nativeLibrary } from './checks/native-library.ts';
import { platformInvokeMethods, strayImplMaps } from './checks/platform-invoke-methods.ts';
import { platformInvokeParameters } from './checks/platform-invoke-parameters.ts';
import { safeHandles } from './checks/safe-handles.ts';
import { searchPaths } from './checks/search-paths.ts';
import { suppressGCTransition } from './checks/suppress-gc-transition.ts';
import { interopTable, mangledNames } from './checks/tinyclr-tables.ts';
import { entryPoints, unmanagedCallersOnly } from './checks/unmanaged-callers-only.ts';
import { unrootedDelegates } from './checks/unrooted-delegates.ts';

/** Checks of tables and native bytes. */
export const tableChecks: readonly TableCheck[] = [
  platformInvokeMethods,
  platformInvokeParameters,
  strayImplMaps,
  searchPaths,
  safeHandles,
  nativeLibrary,
  unmanagedCallersOnly,
  entryPoints,
  callingConventions,
  suppressGCTransition,
  disabledMarshalling,
  dynamicCastable,
  comImports,
  classInterfaces,
  nativeMethods,
  vtableFixups,
  hosts,
  loaderLock,
  interopTable,
  mangledNames,
  internalCalls,
  registeredSignatures,
];

/** Checks of method bodies. */
export const bodyChecks: readonly BodyCheck[] = [
  lastError,
  managedUseOfEntries,
  calliTargets,
  escapingExceptions,
  unrootedDelegates,
  runtimeMarshallingCalls,
  castableState,
];
