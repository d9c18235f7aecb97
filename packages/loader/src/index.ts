export { type Architecture, architectureOf, type Host } from './architecture.ts';
export type { CallResult, Use } from './clr/call-result.ts';
export type { BoundPInvoke, CallOutcome } from './clr/p-invoke.ts';
export type { ResolvedMethod } from './clr/resolve-fixup-token.ts';
export type { ExecutionResult } from './execution/execution-result.ts';
export type { VariableArgument } from './execution/forward-execution.ts';
export { START_UP, type StartUpPath, type StartUpState } from './hosts/start-up.ts';
export { type LoadDocument, loadDocument } from './load-document.ts';
export type { DllReason, LoadEvent, LoadStep } from './load-event.ts';
export type { LoadedOutcome, LoadOutcome, RefusedOutcome } from './load-outcome.ts';
export type { ClrException, Place } from './load-refusal.ts';
export { LoadedModule, type SlotContent, type SlotState, type ThunkStub } from './loaded-module.ts';
export { Loader } from './loader.ts';
export type { ContextRequest, ImageInput, LoaderOptions, LoadRequest } from './loader-options.ts';
export { type ManagedCall, type ManagedEntry, type ManagedResult, RecordingManagedEntry } from './managed-entry.ts';
export type { NativeValue } from './native/native-value.ts';
export { DATA_DISTANCE } from './process/precode-run.ts';
export { type ReverseThunk, ReverseThunks } from './thunk/reverse-thunk.ts';
export { type TransitionRecord, transitionRecord } from './thunk/transition-record.ts';
export {
  firstOf,
  type HostCall,
  type HostFunction,
  type HostModule,
  type HostSymbol,
  type ImageModule,
  type ModuleProvider,
  modulesByName,
} from './windows/module-provider.ts';
export type { BoundImport } from './windows/os-module.ts';
