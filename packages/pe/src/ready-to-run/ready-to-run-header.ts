import { type ByteReader, ByteWriter, ExpansionBudget, hex, lazyFor } from '@ijw/binary';
import type { Rva } from '../address.ts';
import { readCliHeader } from '../cli-header/cli-header.ts';
import { readExportDirectory } from '../exports/export-directory.ts';
import type { DataDirectory } from '../headers/data-directory.ts';
import type { PEImage } from '../pe-image.ts';

/** dotnet/runtime `src/coreclr/inc/readytorun.h`: ReadyToRunSectionType. */
export const ReadyToRunSectionType = {
  CompilerIdentifier: 100,
  ImportSections: 101,
  RuntimeFunctions: 102,
  MethodDefEntryPoints: 103,
  ExceptionInfo: 104,
  DebugInfo: 105,
  DelayLoadMethodCallThunks: 106,
  AvailableTypesOld: 107,
  AvailableTypes: 108,
  InstanceEntryPoints: 109,
  InliningInfo: 110,
  ProfileDataInfo: 111,
  ManifestMetadata: 112,
  AttributePresence: 113,
  InliningInfo2: 114,
  ComponentAssemblies: 115,
  OwnerCompositeExecutable: 116,
  PgoInstrumentationData: 117,
  ManifestAssemblyMvids: 118,
  CrossModuleInlineInfo: 119,
  HotColdMap: 120,
  MethodIsGenericMap: 121,
  EnclosingTypeMap: 122,
  TypeGenericInfoMap: 123,
  ExternalTypeMaps: 124,
  ProxyTypeMaps: 125,
  TypeMapAssemblyTargets: 126,
} as const;

/** READYTORUN_FLAG_* of the same file. */
export const ReadyToRunFlags = {
  PLATFORM_NEUTRAL_SOURCE: 0x001,
  SKIP_TYPE_VALIDATION: 0x002,
  PARTIAL: 0x004,
  NONSHARED_PINVOKE_STUBS: 0x008,
  EMBEDDED_MSIL: 0x010,
  COMPONENT: 0x020,
  MULTIMODULE_VERSION_BUBBLE: 0x040,
  UNRELATED_R2R_CODE: 0x080,
  PLATFORM_NATIVE_IMAGE: 0x100,
} as const;

export interface ReadyToRunSection extends DataDirectory {
  /** `ReadyToRunSectionType`. */
  readonly type: number;
}

export interface ReadyToRunCore {
  /** `ReadyToRunFlags`. */
  readonly flags: number;
  readonly sections: readonly ReadyToRunSection[];
}

/** An assembly that a composite image was compiled of. */
export interface ReadyToRunComponent {
  /** Its CLI header, in the composite image; absent where the assembly is a file of its own. */
  readonly cliHeader?: DataDirectory;
  readonly core?: ReadyToRunCore;
}

export interface ReadyToRunHeader extends ReadyToRunCore {
  readonly kind: 'readyToRun';
  readonly rva: Rva;
  readonly majorVersion: number;
  readonly minorVersion: number;
  /** The header belongs to an image of several assemblies, and was found by the export RTR_HEADER. */
  readonly composite: boolean;
  readonly components: readonly ReadyToRunComponent[];
}

/** The header of ngen.exe: its format changed with every build of the runtime, so only its version is read. */
export interface NgenHeader {
  readonly kind: 'ngen';
  readonly rva: Rva;
  readonly majorVersion: number;
  readonly minorVersion: number;
}

const RTR_SIGNATURE = 0x00525452;
/** CORCOMPILE_SIGNATURE of corcompile.h: "NGEN". */
const NGEN_SIGNATURE = 0x0045474e;
const SECTION_SIZE = 12;
const COMPONENT_SIZE = 16;
const READING = 'the ReadyToRun header';

function readCore(reader: ByteReader): ReadyToRunCore {
  const flags = reader.u32();
  const count = reader.count(reader.u32(), SECTION_SIZE);
  const sections = Array.from({ length: count }, () => ({ type: reader.u32(), rva: reader.u32(), size: reader.u32() }));
  return { flags, sections };
}

function readComponents(image: PEImage, sections: readonly ReadyToRunSection[]): ReadyToRunComponent[] {
  const section = sections.find(({ type }) => type === ReadyToRunSectionType.ComponentAssemblies);
  if (section === undefined) return [];
  const components: ReadyToRunComponent[] = [];
  image.diagnostics.attempt(() => {
    const reading = 'the component assemblies';
    const reader = image.readerAt(section.rva, section.size, reading);
    const budget = ExpansionBudget.ofDistinctData(image.bytes.length, reading);
    while (reader.remaining >= COMPONENT_SIZE) {
      const cliHeader = { rva: reader.u32(), size: reader.u32() };
      const coreHeader = { rva: reader.u32(), size: reader.u32() };
      budget.spend(coreHeader.size, { offset: reader.offset - COMPONENT_SIZE });
      const core =
        coreHeader.rva === 0
          ? undefined
          : image.diagnostics.attempt(() => readCore(image.readerAt(coreHeader.rva, coreHeader.size, READING)));
      components.push({ ...(cliHeader.rva !== 0 && { cliHeader }), ...(core && { core }) });
    }
  });
  return components;
}

/** Where the header is: in the CLI header's directory, or (composite images have no CLI header) where the export RTR_HEADER leads. */
function headerPlace(image: PEImage): { readonly rva: Rva; readonly composite: boolean } | undefined {
  const directory = readCliHeader(image)?.managedNativeHeader;
  if (directory !== undefined && directory.rva !== 0) return { rva: directory.rva, composite: false };
  if (image.directory('export') === undefined) return undefined;
  const exported = readExportDirectory(image)?.symbols.find((symbol) => symbol.name === 'RTR_HEADER');
  return exported?.rva === undefined ? undefined : { rva: exported.rva, composite: true };
}

/**
 * The header of precompiled code; `undefined` when the image has none, or one of neither kind (which is recorded in its diagnostics).
 * Throws `BadImageError` when it is not all there.
 */
export const readReadyToRunHeader = lazyFor((image: PEImage): ReadyToRunHeader | NgenHeader | undefined => {
  const place = headerPlace(image);
  if (place === undefined) return undefined;
  const { rva, composite } = place;
  const reader = image.readerAt(rva, undefined, READING);
  const signature = reader.u32();
  const majorVersion = reader.u16();
  const minorVersion = reader.u16();
  if (signature === NGEN_SIGNATURE) return { kind: 'ngen', rva, majorVersion, minorVersion };
  if (signature !== RTR_SIGNATURE) {
    image.diagnostics.record(reader.error('UNKNOWN_NATIVE_HEADER', `Signature ${hex(signature)} is neither ReadyToRun nor NGEN`, 0));
    return undefined;
  }
  const core = readCore(reader);
  return { kind: 'readyToRun', rva, majorVersion, minorVersion, composite, ...core, components: readComponents(image, core.sections) };
});

/** The twin, without what the sections hold. */
export function writeReadyToRunHeader(header: Pick<ReadyToRunHeader, 'majorVersion' | 'minorVersion' | 'flags' | 'sections'>): Uint8Array {
  const writer = new ByteWriter().u32(RTR_SIGNATURE).u16(header.majorVersion).u16(header.minorVersion);
  writer.u32(header.flags).u32(header.sections.length);
  for (const { type, rva, size } of header.sections) writer.u32(type).u32(rva).u32(size);
  return writer.toBytes();
}
