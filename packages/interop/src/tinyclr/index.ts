export {
  checkFirmware,
  compareVendorChecksum,
  compareWithCauses,
  type FirmwareFiles,
  type FirmwareReport,
  type FirmwareTable,
} from '../firmware/check-firmware.ts';
export { FirmwareImage } from '../firmware/firmware-image.ts';
export { type DeviceMemory, type InteropDefinition, InteropError, InteropRegistry, TinyClrResult } from '../firmware/interop-registry.ts';
export { isLinkerMap, type LinkerMap, type MappedSection, readLinkerMap } from '../firmware/linker-map.ts';
export type { MemoryRegion } from '../firmware/memory-region.ts';
export { isScatterFile, readScatterFile } from '../firmware/scatter-file.ts';
export type { ExpectedTable } from '../firmware/slot-changes.ts';
export { compareMethodsTables, readSourceTable, type SourceTable, type StubMismatch } from '../firmware/source-table.ts';
export { isVendorAssembly, readVendorAssembly, type VendorAssembly } from '../firmware/vendor-assembly.ts';
export { type TinyClrBinding, tinyClrBindings } from './bindings.ts';
export { compareInteropTable, interopFirmwareTable, readInteropSource } from './check.ts';
export { generateTinyClr, type TinyClrOptions, tinyClrStubs } from './generate.ts';
export { buildInteropTable, type InteropStruct, type InteropTable, interopChecksum, type NativeSlot } from './interop-table.ts';
export { TINYCLR_PROFILES, type TinyClrProfile } from './profile.ts';
