import type { DllReason, ImagePlace, WindowsEvent } from '@ijw/windows';
import type { CaughtException } from './refusal-by-runtime.ts';
import type { StartUpState } from './start-up.ts';

/** One step of the host or the runtime, in the order it happens. Addresses are guest addresses, `rva` is relative to the image's base. */
export type ClrEvent =
  | { readonly step: 'open'; readonly file: string; readonly size: number; readonly machine: string }
  | { readonly step: 'state'; readonly from: StartUpState | 'unloaded'; readonly to: StartUpState }
  | { readonly step: 'corDllMain'; readonly host: string; readonly module: string; readonly reason: DllReason }
  | { readonly step: 'disableThreadLibraryCalls'; readonly module: string }
  | {
      readonly step: 'unprotectSlots';
      readonly record: number;
      readonly rva: number;
      readonly size: number;
      readonly before: string;
      readonly after: string;
    }
  | {
      readonly step: 'bootstrapThunk';
      readonly record: number;
      readonly rva: number;
      readonly token: number;
      readonly before: number | string;
      readonly thunk: number;
    }
  | { readonly step: 'releaseBootstrapThunks'; readonly module: string; readonly count: number }
  | { readonly step: 'corExeMain'; readonly host: string; readonly module: string }
  /** `reason` is that of a DllMain: the entry point of a program has none. */
  | { readonly step: 'nativeEntryPoint'; readonly address: number; readonly reason?: DllReason; readonly result?: number }
  | {
      readonly step: 'managedEntryPoint';
      readonly token: number;
      readonly method: string;
      readonly reason?: DllReason;
      readonly result?: number;
    }
  | { readonly step: 'startRuntime'; readonly runtime: string; readonly cause: string }
  | { readonly step: 'check'; readonly rule: string; readonly passed: boolean; readonly reason?: string }
  | { readonly step: 'bindAssembly'; readonly assembly: string; readonly context: string }
  | { readonly step: 'eagerFixups' }
  | { readonly step: 'deliverEvents' }
  | {
      readonly step: 'findHost';
      readonly module?: string;
      readonly symbol?: string;
      readonly reads: 'tokens from thunks' | 'tokens from slots' | 'tokens from the host';
    }
  | { readonly step: 'skipFixups'; readonly reason: string }
  | { readonly step: 'collectTokens'; readonly stage: 1; readonly records: number; readonly tokens: number; readonly expected: number }
  | { readonly step: 'resolveToken'; readonly stage: 2; readonly token: number; readonly method: string }
  | { readonly step: 'loadType'; readonly token: number; readonly type: string }
  | {
      readonly step: 'makeThunk';
      readonly stage: 3;
      readonly token: number;
      readonly method: string;
      readonly kind: string;
      readonly address: number;
      readonly size: number;
      readonly appDomain?: string;
    }
  | {
      readonly step: 'prepareThunk';
      readonly token: number;
      readonly method: string;
      readonly thunk: number;
      /** The new target: marshalling code, or the method's own code. */
      readonly target: number;
    }
  | {
      readonly step: 'patchSlot';
      readonly stage: 3;
      readonly record: number;
      readonly rva: number;
      readonly token: number;
      readonly before: number | string;
      readonly after: number;
      readonly protection: string;
    }
  | { readonly step: 'bindPInvoke'; readonly token: number; readonly method: string; readonly address?: number; readonly via: string }
  | { readonly step: 'loaded'; readonly assembly: string; readonly base: number }
  | { readonly step: 'alreadyLoaded'; readonly assembly: string; readonly base: number }
  | { readonly step: 'activate'; readonly cause: string }
  | { readonly step: 'moduleConstructor'; readonly token: number; readonly outcome: 'ran' | 'threw' }
  | { readonly step: 'callManaged'; readonly token: number; readonly method: string; readonly through: string }
  | { readonly step: 'callNative'; readonly token?: number; readonly method?: string; readonly address: number; readonly target: string }
  | {
      readonly step: 'refuse';
      readonly rule: string;
      /** Absent where it is not known of the runtime. */
      readonly hresult?: number;
      readonly reason: string;
      readonly place?: ImagePlace;
      readonly exception?: CaughtException;
    };

/** One step of a load: of the Windows loader, or of the host and the runtime. */
export type LoadEvent = WindowsEvent | ClrEvent;

export type LoadStep = LoadEvent['step'];

/** The events of one load, in order. */
export class Trace {
  readonly #events: LoadEvent[] = [];
  #unread: (LoadEvent | (() => Iterable<LoadEvent>))[] = [];

  add(event: LoadEvent): void {
    this.#unread.push(event);
  }

  /** Events that are created when the trace is read. Their content must not change after this call. */
  defer(events: () => Iterable<LoadEvent>): void {
    this.#unread.push(events);
  }

  get events(): readonly LoadEvent[] {
    const unread = this.#unread;
    this.#unread = [];
    for (const part of unread) {
      if (typeof part === 'function') for (const event of part()) this.#events.push(event);
      else this.#events.push(part);
    }
    return this.#events;
  }
}
