export { type InteropCounts, interopCounts } from './inventory/interop-counts.ts';
export type {
  CodeSite,
  ComImportType,
  ComWrappersType,
  ConventionUse,
  GenericArgument,
  InteropInventory,
  LibraryImport,
  MarshalledField,
  MethodConventionUse,
  NamedMethod,
  NamedType,
  PointerConvention,
  UnmanagedEntry,
  WindowsRuntimeUse,
} from './inventory/interop-inventory.ts';
export { type InteropJson, type InteropLists, interopJson } from './inventory/interop-json.ts';
export type { InteropParameter, PlatformInvokeMethod } from './inventory/platform-invoke-method.ts';
export { readInteropInventory } from './inventory/read-interop-inventory.ts';
export { isWindowsRuntimeVersion } from './inventory/windows-runtime-use.ts';
export { RuntimeException } from './runtime-exception.ts';
export { type RuntimeVerdict, type VerdictMoment, type VerdictTopic, verdictMessages } from './verdict/runtime-verdict.ts';
export { RuntimeVerdicts } from './verdict/runtime-verdicts.ts';
export { projectedTypes } from './winrt/projected-types.ts';
