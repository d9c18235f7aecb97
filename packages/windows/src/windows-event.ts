/** Why an entry point is called: DLL_PROCESS_ATTACH and its kind. */
export type DllReason = 'processAttach' | 'threadAttach' | 'threadDetach' | 'processDetach';

/**
 * One step of the Windows loader, in the order it happens. Addresses are guest addresses, `rva` is relative to the image's base, rights are `rwx`
 * with dashes.
 */
export type WindowsEvent =
  | {
      readonly step: 'map';
      readonly module: string;
      readonly base: number;
      readonly size: number;
      readonly preferredBase: number;
      readonly moved: boolean;
    }
  | {
      readonly step: 'mapSection';
      readonly module: string;
      readonly section: string;
      readonly rva: number;
      readonly size: number;
      readonly rights: string;
      readonly note?: string;
    }
  | { readonly step: 'relocate'; readonly module: string; readonly delta: string; readonly count: number }
  | {
      readonly step: 'bindModule';
      readonly module: string;
      readonly imports: string;
      readonly symbols: number;
      readonly resolvedBy: string;
    }
  | {
      readonly step: 'bindImport';
      readonly module: string;
      readonly imports: string;
      readonly name: string;
      readonly iatRva: number;
      readonly address: number;
      readonly resolvedBy: string;
    }
  | { readonly step: 'delayImports'; readonly module: string; readonly imports: string; readonly symbols: number }
  | {
      readonly step: 'boundImports';
      readonly module: string;
      readonly imports: string;
      readonly timeDateStamp: number;
      readonly honoured: false;
    }
  | { readonly step: 'securityCookie'; readonly module: string; readonly address: number; readonly value: string }
  | { readonly step: 'tls'; readonly module: string; readonly index: number; readonly callbacks: readonly number[] }
  | { readonly step: 'protectSections'; readonly module: string }
  | { readonly step: 'callTlsCallback'; readonly module: string; readonly address: number; readonly reason: DllReason }
  | {
      readonly step: 'callEntryPoint';
      readonly module: string;
      readonly address: number;
      readonly reason: DllReason;
      readonly reaches?: string;
      readonly result?: number;
    }
  | { readonly step: 'unmap'; readonly module: string; readonly base: number };

/** The trace of a load. */
export interface WindowsTrace {
  add(event: WindowsEvent): void;
}
