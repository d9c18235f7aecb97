import type { RuntimeId } from '@ijw/assembly/runtime-profiles';
import type { Architecture } from '@ijw/machine';
import type { ImagePlace } from '@ijw/windows';
import type { Host } from './load/host.ts';
import type { LoadEvent } from './load/load-event.ts';
import type { RuntimeRefusal } from './load/refusal-by-runtime.ts';
import type { LoadedModule } from './loaded-module.ts';

interface CommonOutcome {
  readonly host: Host;
  readonly runtime: RuntimeId;
  readonly architecture: Architecture;
  readonly nativeFirst: boolean;
  /** The steps of this load. */
  readonly events: readonly LoadEvent[];
}

export interface LoadedOutcome extends CommonOutcome {
  readonly outcome: 'loaded';
  readonly hresult: 0;
  readonly module: LoadedModule;
  /** The assembly was loaded already: the outcome has the existing module. */
  readonly again: boolean;
}

export interface RefusedOutcome extends CommonOutcome, RuntimeRefusal {
  readonly outcome: 'refused';
  /** The rule that was broken. */
  readonly rule: string;
  readonly reason: string;
  readonly place?: ImagePlace;
  /** Not catchable: the process ends. */
  readonly fatal: boolean;
  /** What stays mapped after the refusal, if anything does. */
  readonly module?: LoadedModule;
}

export type LoadOutcome = LoadedOutcome | RefusedOutcome;
