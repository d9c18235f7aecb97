export { cStubs } from './c-stubs/generate.ts';
export {
  type ComObject,
  IID_IReferenceTracker,
  IID_IReferenceTrackerTarget,
  IID_IUnknown,
  type ReferenceTracker,
  type ReferenceTrackerHost,
  type ReferenceTrackerManager,
} from './com-wrappers/com-object.ts';
export {
  type ComWrappersOverrides,
  ComWrappersSimulation,
  tryGetComInstance,
  tryGetObject,
} from './com-wrappers/com-wrappers-simulation.ts';
export { CreateComInterfaceFlags, CreateObjectFlags } from './com-wrappers/flags.ts';
export { type BuiltInWrappers, ComMarshalling, TrackerSupport } from './com-wrappers/global-instances.ts';
export { type ComInterfaceEntry, type CustomQueryInterface, ManagedObjectWrapper } from './com-wrappers/managed-object-wrapper.ts';
export { csharpStubs } from './csharp-stubs/generate.ts';
export {
  type CastableObject,
  type DynamicInterfaceCastable,
  DynamicInterfaceCastableSimulation,
  type ImplementationType,
  type InterfaceMethodBody,
  type InterfaceType,
} from './dynamic-interface-castable/dynamic-interface-castable-simulation.ts';
export {
  checkFirmware,
  compareVendorChecksum,
  compareWithCauses,
  type FirmwareFiles,
  type FirmwareReport,
  type FirmwareTable,
} from './firmware/check-firmware.ts';
export { FirmwareImage } from './firmware/firmware-image.ts';
export { type DeviceMemory, type InteropDefinition, InteropError, InteropRegistry, TinyClrResult } from './firmware/interop-registry.ts';
export { isLinkerMap, type LinkerMap, type MappedSection, readLinkerMap } from './firmware/linker-map.ts';
export type { MemoryRegion } from './firmware/memory-region.ts';
export { isScatterFile, readScatterFile } from './firmware/scatter-file.ts';
export type { ExpectedTable } from './firmware/slot-changes.ts';
export { compareMethodsTables, readSourceTable, type SourceTable, type StubMismatch } from './firmware/source-table.ts';
export { isVendorAssembly, readVendorAssembly, type VendorAssembly } from './firmware/vendor-assembly.ts';
export type { GeneratedFile } from './generated/generated-file.ts';
export { type MergedFile, mergeStubs } from './generated/merge-stubs.ts';
export type { StubEntry, StubRefusal, StubSet } from './generated/stub-set.ts';
export { compareFiles, type StubInput, type StubTarget } from './generated/stub-target.ts';
export { type StubComparison, type StubsDocument, stubsDocument, utf8Size } from './generated/stubs-document.ts';
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
export {
  ArgumentReader,
  ArgumentSlots,
  type ArgumentSlotValue,
  SLOT_SIZE,
  SLOT_TYPES,
  type SlotType,
  slotCount,
} from './leanclr/argument-slots.ts';
export { type LeanClrBinding, leanClrBindings, type RejectedRegistration } from './leanclr/bindings.ts';
export { leanClrStubs } from './leanclr/generate.ts';
export { type LeanClrMethodEntry, LeanClrMethodIndex } from './leanclr/method-index.ts';
export { leanClrSignature } from './leanclr/method-signature.ts';
export { type LeanClrNative, type LeanClrNatives, leanClrNatives } from './leanclr/native-methods.ts';
export { type ListedRegistration, readRegistrations } from './leanclr/registration-list.ts';
export {
  type Dispatch,
  type Invoker,
  LeanClrCallError,
  type LeanClrMethod,
  lookUpKeys,
  type NativeFunction,
  nativeKindOf,
  PInvokeRegistry,
  type Registration,
  type RegistrationKind,
  simpleInvoker,
} from './leanclr/registry.ts';
export {
  formatLeanClrSignature,
  formatLeanClrType,
  LEANCLR_CONVENTIONS,
  type LeanClrConvention,
  type LeanClrSignature,
  type LeanClrType,
} from './leanclr/signature.ts';
export { LeanClrSignatureError, parseLeanClrSignature } from './leanclr/signature-parser.ts';
export { SlotValues, type SlotValueType } from './leanclr/slot-value.ts';
export { type Baseline, baselineOf, findingKey, formatBaseline, newFindings, parseBaseline } from './lint/baseline.ts';
export type { LintFinding } from './lint/context/lint-finding.ts';
export type { LintOptions, MissingLibrary, NativeExports } from './lint/context/lint-options.ts';
export { isAtLeast, type LintReport, lintModule } from './lint/lint-module.ts';
export { explanationText, findingText, placeText } from './lint/output/lint-text.ts';
export { type LintDocument, type LintedFile, lintDocument, lintFile } from './lint/output/linted-file.ts';
export { type FileFindings, sarifLog } from './lint/output/sarif.ts';
export type { LintLevel, LintNeed, LintRule } from './lint/rules/lint-rule.ts';
export { lintRule, lintRules, unknownRuleText } from './lint/rules/rule-catalog.ts';
export { matchesPattern, parseSuppressions, type Suppression, suppressionOf } from './lint/suppressions.ts';
export { nanoStubs } from './nanoframework/generate.ts';
export { NANO_PROFILES, type NanoProfile } from './nanoframework/nano-profile.ts';
export { buildNanoTable, type NanoSlot, type NanoTable, nanoChecksum } from './nanoframework/native-table.ts';
export { RuntimeException } from './runtime-exception.ts';
export {
  type AssemblyShape,
  type FieldShape,
  type MethodShape,
  qualifiedName,
  type ShapeKind,
  type TypeShape,
} from './shape/assembly-shape.ts';
export {
  type NativeBoundary,
  type NativeCrossing,
  type RefusedCrossing,
  readNativeBoundary,
  structsOf,
} from './shape/native-boundary.ts';
export { readAssemblyShape } from './shape/read-assembly-shape.ts';
export { STUB_TARGETS } from './stub-targets.ts';
export { type TinyClrBinding, tinyClrBindings } from './tinyclr/bindings.ts';
export { compareInteropTable, interopFirmwareTable, readInteropSource } from './tinyclr/check.ts';
export { generateTinyClr, type TinyClrOptions, tinyClrStubs } from './tinyclr/generate.ts';
export { buildInteropTable, type InteropStruct, type InteropTable, interopChecksum, type NativeSlot } from './tinyclr/interop-table.ts';
export { TINYCLR_PROFILES, type TinyClrProfile } from './tinyclr/profile.ts';
export { type RuntimeVerdict, type VerdictMoment, type VerdictTopic, verdictMessages } from './verdict/runtime-verdict.ts';
export { RuntimeVerdicts } from './verdict/runtime-verdicts.ts';
export { projectedTypes } from './winrt/projected-types.ts';
