import { ByteWriter, lazyFor } from '@ijw/binary';
import type { PEImage } from '../pe-image.ts';

/** `address`: a virtual address at the preferred base. `natural`: a count or a size of the pointer's width. */
type LoadConfigKind = 'u16' | 'u32' | 'address' | 'natural';

/**
 * PE/COFF "The Load Configuration Structure": IMAGE_LOAD_CONFIG_DIRECTORY of winnt.h (Windows SDK 10.0.26100), in order. Every version of Windows
 * appended to it; how much of it an image has, its Size field says.
 */
const fields = [
  ['size', 'u32'],
  ['timeDateStamp', 'u32'],
  ['majorVersion', 'u16'],
  ['minorVersion', 'u16'],
  ['globalFlagsClear', 'u32'],
  ['globalFlagsSet', 'u32'],
  ['criticalSectionDefaultTimeout', 'u32'],
  ['deCommitFreeBlockThreshold', 'natural'],
  ['deCommitTotalFreeThreshold', 'natural'],
  ['lockPrefixTable', 'address'],
  ['maximumAllocationSize', 'natural'],
  ['virtualMemoryThreshold', 'natural'],
  ['processAffinityMask', 'natural'],
  ['processHeapFlags', 'u32'],
  ['csdVersion', 'u16'],
  ['dependentLoadFlags', 'u16'],
  ['editList', 'address'],
  ['securityCookie', 'address'],
  ['seHandlerTable', 'address'],
  ['seHandlerCount', 'natural'],
  ['guardCFCheckFunctionPointer', 'address'],
  ['guardCFDispatchFunctionPointer', 'address'],
  ['guardCFFunctionTable', 'address'],
  ['guardCFFunctionCount', 'natural'],
  ['guardFlags', 'u32'],
  ['codeIntegrityFlags', 'u16'],
  ['codeIntegrityCatalog', 'u16'],
  ['codeIntegrityCatalogOffset', 'u32'],
  ['codeIntegrityReserved', 'u32'],
  ['guardAddressTakenIatEntryTable', 'address'],
  ['guardAddressTakenIatEntryCount', 'natural'],
  ['guardLongJumpTargetTable', 'address'],
  ['guardLongJumpTargetCount', 'natural'],
  ['dynamicValueRelocTable', 'address'],
  ['chpeMetadataPointer', 'address'],
  ['guardRFFailureRoutine', 'address'],
  ['guardRFFailureRoutineFunctionPointer', 'address'],
  ['dynamicValueRelocTableOffset', 'u32'],
  ['dynamicValueRelocTableSection', 'u16'],
  ['reserved2', 'u16'],
  ['guardRFVerifyStackPointerFunctionPointer', 'address'],
  ['hotPatchTableOffset', 'u32'],
  ['reserved3', 'u32'],
  ['enclaveConfigurationPointer', 'address'],
  ['volatileMetadataPointer', 'address'],
  ['guardEHContinuationTable', 'address'],
  ['guardEHContinuationCount', 'natural'],
  ['guardXFGCheckFunctionPointer', 'address'],
  ['guardXFGDispatchFunctionPointer', 'address'],
  ['guardXFGTableDispatchFunctionPointer', 'address'],
  ['castGuardOsDeterminedFailureMode', 'address'],
  ['guardMemcpyFunctionPointer', 'address'],
  ['umaFunctionPointers', 'address'],
] as const satisfies readonly (readonly [string, LoadConfigKind])[];

type FieldEntry = (typeof fields)[number];

export type LoadConfigField = FieldEntry[0];

type ValueOf<K> = K extends 'address' | 'natural' ? bigint : number;

/** The fields that the image has; those beyond its Size are absent. */
export type LoadConfig = { readonly size: number } & {
  readonly [E in Exclude<FieldEntry, readonly ['size', unknown]> as E[0]]?: ValueOf<E[1]>;
};

interface PlacedField {
  readonly name: LoadConfigField;
  readonly offset: number;
  readonly width: 2 | 4 | 8;
  readonly wide: boolean;
}

/** In the 32-bit structure ProcessHeapFlags precedes ProcessAffinityMask; in the 64-bit one it follows, which avoids padding. */
function ordered(pointerSize: 4 | 8): readonly FieldEntry[] {
  if (pointerSize === 8) return fields;
  const index = fields.findIndex(([name]) => name === 'processAffinityMask');
  return [...fields.slice(0, index), fields[index + 1]!, fields[index]!, ...fields.slice(index + 2)];
}

/** Where each field is for one width of pointers. */
export function loadConfigLayout(pointerSize: 4 | 8): readonly PlacedField[] {
  let offset = 0;
  return ordered(pointerSize).map(([name, kind]) => {
    const wide = kind === 'address' || kind === 'natural';
    const width = wide ? pointerSize : kind === 'u16' ? 2 : 4;
    const placed = { name, offset, width, wide } as const;
    offset += width;
    return placed;
  });
}

const READING = 'the load configuration';

/**
 * The load configuration; `undefined` when the image has none. The Size field says how much of it there is (before Windows 8.1 the directory's size
 * was 64 for every x86 image and meant nothing). Throws `BadImageError` when as much is not there.
 */
export const readLoadConfig = lazyFor((image: PEImage): LoadConfig | undefined => {
  const directory = image.directory('loadConfig');
  if (directory === undefined || directory.rva === 0) return undefined;
  const size = image.u32At(directory.rva, READING);
  const layout = loadConfigLayout(image.pointerSize);
  const last = layout.at(-1)!;
  const reader = image.readerAt(directory.rva, Math.max(4, Math.min(size, last.offset + last.width)), READING);
  const config: Record<string, number | bigint> = { size };
  for (const { name, offset, width, wide } of layout) {
    if (name === 'size' || offset + width > reader.length) continue;
    reader.position = offset;
    const value = width === 8 ? reader.u64() : width === 4 ? reader.u32() : reader.u16();
    config[name] = wide ? BigInt(value) : value;
  }
  return config as LoadConfig;
});

/** The twin: `size` bytes, what is not said being zero. */
export function writeLoadConfig(config: LoadConfig, pointerSize: 4 | 8): Uint8Array {
  const writer = new ByteWriter();
  for (const { name, offset, width } of loadConfigLayout(pointerSize)) {
    if (offset + width > config.size) break;
    const value = config[name] ?? 0;
    if (width === 8) writer.u64(BigInt(value));
    else if (width === 4) writer.u32(Number(value));
    else writer.u16(Number(value));
  }
  return writer.fill(Math.max(0, config.size - writer.length)).toBytes();
}

/** IMAGE_GUARD_* of winnt.h: GuardFlags. The upper four bits are how many bytes follow each RVA in the guard tables. */
export const GuardFlags = {
  CF_INSTRUMENTED: 0x00000100,
  CFW_INSTRUMENTED: 0x00000200,
  CF_FUNCTION_TABLE_PRESENT: 0x00000400,
  SECURITY_COOKIE_UNUSED: 0x00000800,
  PROTECT_DELAYLOAD_IAT: 0x00001000,
  DELAYLOAD_IAT_IN_ITS_OWN_SECTION: 0x00002000,
  CF_EXPORT_SUPPRESSION_INFO_PRESENT: 0x00004000,
  CF_ENABLE_EXPORT_SUPPRESSION: 0x00008000,
  CF_LONGJUMP_TABLE_PRESENT: 0x00010000,
  RF_INSTRUMENTED: 0x00020000,
  RF_ENABLE: 0x00040000,
  RF_STRICT: 0x00080000,
  RETPOLINE_PRESENT: 0x00100000,
  EH_CONTINUATION_TABLE_PRESENT: 0x00400000,
  XFG_ENABLED: 0x00800000,
  CASTGUARD_PRESENT: 0x01000000,
  MEMCPY_PRESENT: 0x02000000,
} as const;
