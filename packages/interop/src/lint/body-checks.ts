import type { BodyCheck } from './check.ts';
import { castableState } from './checks/castable-state.ts';
import { escapingExceptions } from './checks/escaping-exceptions.ts';
import { lastError } from './checks/last-error.ts';
import { calliTargets, managedUseOfEntries } from './checks/native-entries.ts';
import { runtimeMarshallingCalls } from './checks/runtime-marshalling-calls.ts';
import { unrootedDelegates } from './checks/unrooted-delegates.ts';

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
