import type { BodyCheck, TableCheck } from '../context/check.ts';
import { callingConventions } from './calling-conventions.ts';
import { castableState } from './castable-state.ts';
import { classInterfaces, comImports } from './com-types.ts';
import { disabledMarshalling, runtimeMarshallingCalls } from './disabled-marshalling.ts';
import { dynamicCastable } from './dynamic-castable.ts';
import { escapingExceptions } from './escaping-exceptions.ts';
import { internalCalls } from './internal-calls.ts';
import { lastError } from './last-error.ts';
import { registeredSignatures } from './leanclr-registrations.ts';
import { loaderLock } from './loader-lock.ts';
import { hosts, nativeMethods, vtableFixups } from './mixed-mode.ts';
import { calliTargets, managedUseOfEntries } from './native-entries.ts';
import { nativeLibrary } from './native-library.ts';
import { platformInvokeMethods, strayImplMaps } from './platform-invoke-methods.ts';
import { platformInvokeParameters } from './platform-invoke-parameters.ts';
import { safeHandles } from './safe-handles.ts';
import { searchPaths } from './search-paths.ts';
import { suppressGCTransition } from './suppress-gc-transition.ts';
import { interopTable, mangledNames } from './tinyclr-tables.ts';
import { entryPoints, unmanagedCallersOnly } from './unmanaged-callers-only.ts';
import { unrootedDelegates } from './unrooted-delegates.ts';

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
