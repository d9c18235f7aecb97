export type { EntryPointCall, EntryPointHost } from './call-entry-point.ts';
export { type ExportTarget, findExport, type ModuleLoader, type SymbolName } from './find-export.ts';
export { type Gate, type GateTable, gateText } from './gate-table.ts';
export { type AddressRange, GuestProcess, type GuestProcessOptions } from './guest-process.ts';
export { GuestStack } from './guest-stack.ts';
export { type ImagePlace, LoadRefusal, type LoadRefusalDetails } from './load-refusal.ts';
export type { LoadRun } from './load-run.ts';
export { placeOf } from './map-image.ts';
export {
  firstOf,
  type HostCall,
  type HostFunction,
  type HostModule,
  type HostSymbol,
  type HostValue,
  type ImageModule,
  type ModuleProvider,
  modulesByName,
  searchedModules,
} from './module-provider.ts';
export { type LoadLibraryRequest, OsLoader, type OsLoaderOptions } from './os-loader.ts';
export { type BoundImport, fileName, type HostedModule, isDll, type MappedModule, type OsModule, type TlsState } from './os-module.ts';
export { DLL_REASONS, type DllMainCall, runDllMain } from './run-dll-main.ts';
export { WindowsError, type WindowsErrorName, windowsRefusal } from './windows-error.ts';
export type { DllReason, WindowsEvent, WindowsTrace } from './windows-event.ts';
