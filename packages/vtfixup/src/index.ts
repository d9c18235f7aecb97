export {
  Boundary,
  type BoundaryOptions,
  type ExportJumpEntry,
  type FixupEntries,
} from './boundary.ts';
export { type CodeRegion, codeRegion, ImageCode } from './code/code-region.ts';
export { type ImportedFunction, importedFunctionText, importedName, readImportedFunctions } from './code/imported-function.ts';
export type { IndirectCall, Jump, Transfer, TransferKind } from './code/jump.ts';
export type { DoubleThunk } from './code/read-jump.ts';
export { type CppCliData, readCppCliData, type SizedType } from './cppcli/cpp-cli-data.ts';
export { literalAllowance, type MappedField, type MappedValue, readMappedField } from './cppcli/mapped-field.ts';
export type { SlotField } from './cppcli/slot-fields.ts';
export { readStartupLists, type StartupEntry, type StartupList, type StartupTable, startupTables } from './cppcli/startup-list.ts';
export { type LiteralEncoding, literalEncoding, literalText } from './cppcli/string-literal.ts';
export type { Crossing, ManagedToNative, NativeToManaged } from './crossing.ts';
export { type EntryPoints, readEntryPoints } from './entries/entry-point.ts';
export { exportText, type ImageExport, readImageExports } from './entries/image-export.ts';
export { type SlotEntry, SlotMethods, slotEntry } from './entries/slot-entry.ts';
export { isMethodToken, type ReadMemory, type SlotContent, slotContent } from './entries/slot-token.ts';
export { readUnmanagedCallersOnly, type UnmanagedCallersOnly } from './entries/unmanaged-callers-only.ts';
export { boundaryToDot } from './output/boundary-dot.ts';
export { type BoundaryJson, boundaryJson } from './output/boundary-json.ts';
export { type BoundaryName, boundaryNames, boundaryNamesText, type NamesFormat, namesFormats } from './output/boundary-names.ts';
export {
  type BootstrapThunk,
  type BootstrapThunkLayout,
  bootstrapThunkArm64,
  bootstrapThunkOffset,
  bootstrapThunkX64,
  bootstrapThunkX86,
  type FoundBootstrapThunk,
  readBootstrapThunk,
  writeBootstrapThunk,
} from './platform/bootstrap-thunk.ts';
export type { Platform, PlatformName } from './platform/platform.ts';
export { platformOf, requirePlatform } from './platform/platform-of.ts';
export {
  EXPORT_JUMP_SIZE,
  type ExportJump,
  type PlacedExportJump,
  readExportJump,
  readExportJumps,
  writeExportJump,
  writeExportJumps,
} from './table/export-jump.ts';
export {
  readVTableFixup,
  readVTableFixups,
  VTABLE_FIXUP_SIZE,
  type VTableFixup,
  writeVTableFixup,
  writeVTableFixups,
} from './table/vtable-fixup.ts';
export {
  entersFromUnmanaged,
  hasOneWidth,
  slotWidth,
  unknownTypeBits,
  VTableFixupType,
  vtableFixupTypeText,
} from './table/vtable-fixup-type.ts';
export { readVTableSlots, slotToken, type VTableSlot, writeSlot, writeSlots } from './table/vtable-slot.ts';
export { findDirectTransfers, findIndirectTransfers, type IndirectJump, type IndirectTransfers } from './transfers/indirect-transfers.ts';
export { type CallerKind, findNativeCallers, type NativeCaller } from './transfers/native-callers.ts';
export { decodeStub, type PointerMeaning, type Stub, type StubDestination } from './transfers/stub.ts';
