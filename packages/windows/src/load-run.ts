import type { GuestProcess } from './guest-process.ts';
import type { WindowsTrace } from './windows-event.ts';

/** One call of LoadLibrary or FreeLibrary: the process that it changes and where its steps are recorded. */
export interface LoadRun<T extends WindowsTrace = WindowsTrace> {
  readonly process: GuestProcess;
  readonly trace: T;
}
