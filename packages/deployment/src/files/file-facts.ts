import { type ProcessPlatform, processPlatform } from '@ijw/assembly/runtime-profiles';
import { ifReadable } from '@ijw/binary';
import { Metadata } from '@ijw/metadata';
import { CoffCharacteristics, detectContainer, type ImageKind, imageKindOf, PEImage, readCliHeader } from '@ijw/pe';
import { readExportDirectory } from '@ijw/pe/exports';
import { readDelayImportDirectory, readImportDirectory } from '@ijw/pe/imports';
import { readLoadConfig } from '@ijw/pe/load-config';
import { readElfFile } from '../native/elf-file.ts';
import { readMachOFile } from '../native/mach-o-file.ts';
import type { NativeLibrary } from '../native/native-library.ts';
import { type ManagedFacts, managedFacts } from './managed-facts.ts';
import { type ResourceFacts, readResourceFacts } from './resource-facts.ts';
import type { TextPool } from './text-pool.ts';

/** A DLL that an image imports. */
export interface NativeImport {
  readonly module: string;
  /** Names, or ordinals. */
  readonly symbols: readonly (string | number)[];
  readonly delayed: boolean;
}

/** Arm64 code in an image for more than one kind of process (Windows documentation, "Arm64EC"): its Machine says amd64, or arm64. */
export type HybridKind = 'arm64ec' | 'arm64x';

/** What is known of a PE image without its bytes. */
export interface PeFacts {
  readonly format: 'pe';
  /** `x86`, `x64`, `arm64`, or another machine's own name. */
  readonly machine: string;
  /** The operating system of ReadyToRun code for another than Windows. */
  readonly machineOs: string | undefined;
  readonly hybrid: HybridKind | undefined;
  readonly kind: ImageKind;
  /** It has code that was compiled ahead for its machine and system. */
  readonly readyToRun: boolean;
  readonly isDll: boolean;
  readonly platform: ProcessPlatform;
  readonly imports: readonly NativeImport[];
  readonly managed: ManagedFacts | undefined;
  readonly resources: ResourceFacts;
  /** `14.36` of the linker that made it. */
  readonly linker: readonly [major: number, minor: number];
}

/** An ELF or a Mach-O file. */
export interface ForeignFacts {
  readonly format: 'elf' | 'machO';
  readonly machines: readonly string[];
  readonly needed: readonly string[];
  readonly program: boolean;
}

/** A file that no loader takes. */
export interface OtherFacts {
  readonly format: 'other';
  /** As it completes "the file is …". */
  readonly description: string;
}

export type FileFacts = PeFacts | ForeignFacts | OtherFacts;

const MACHINE_NAMES: Readonly<Record<string, string>> = { i386: 'x86', amd64: 'x64' };

/** Machines as processes are called. */
export const architectureName = (machine: string): string => MACHINE_NAMES[machine] ?? machine;

/** Reads what the checks need; nothing of the bytes is kept. */
export function readFileFacts(bytes: Uint8Array, pool: TextPool): FileFacts {
  const { kind, description } = detectContainer(bytes);
  if (kind === 'pe' || kind === 'mz')
    return ifReadable(() => peFacts(bytes, pool)) ?? { format: 'other', description: damaged(kind, description) };
  const foreign = ifReadable(() => nativeLibraryOf(bytes));
  if (foreign === undefined) return { format: 'other', description: kind === 'elf' ? 'a damaged ELF file' : description };
  const { format, machines, needed, program } = foreign;
  return { format, machines, needed, program };
}

const damaged = (kind: string, description: string): string => (kind === 'pe' ? 'a damaged PE image' : description);

function nativeLibraryOf(bytes: Uint8Array): NativeLibrary | undefined {
  switch (detectContainer(bytes).kind) {
    case 'elf':
      return readElfFile(bytes);
    case 'machO':
    case 'machOUniversal':
      return readMachOFile(bytes);
    default:
      return undefined;
  }
}

function peFacts(bytes: Uint8Array, pool: TextPool): PeFacts {
  const image = PEImage.parse(bytes);
  const header = ifReadable(() => readCliHeader(image));
  const metadata = header && ifReadable(() => Metadata.of(image));
  const { majorLinkerVersion, minorLinkerVersion } = image.optionalHeader;
  const kind = imageKindOf(header);
  const isDll = (image.coffHeader.characteristics & CoffCharacteristics.DLL) !== 0;
  return {
    format: 'pe',
    machine: architectureName(image.machine),
    machineOs: image.machineOs,
    hybrid: hybridKind(image),
    kind,
    readyToRun: kind === 'managed' && header !== undefined && header.managedNativeHeader.size !== 0,
    isDll,
    platform: ifReadable(() => processPlatform(image, header)) ?? {
      architecture: architectureName(image.machine),
      anyCpu: false,
      text: '',
    },
    imports: nativeImports(image),
    managed: metadata && ifReadable(() => managedFacts(image, metadata, pool)),
    resources: readResourceFacts(image, kind),
    linker: [majorLinkerVersion, minorLinkerVersion],
  };
}

/** The CHPE metadata of the load configuration: code for Arm64 in the terms of x64. */
function hybridKind(image: PEImage): HybridKind | undefined {
  const pointer = ifReadable(() => readLoadConfig(image)?.chpeMetadataPointer);
  if (pointer === undefined || pointer === 0n) return undefined;
  return image.machine === 'amd64' ? 'arm64ec' : image.machine === 'arm64' ? 'arm64x' : undefined;
}

function nativeImports(image: PEImage): readonly NativeImport[] {
  const table = (read: typeof readImportDirectory | typeof readDelayImportDirectory, delayed: boolean): NativeImport[] =>
    (ifReadable(() => read(image))?.modules ?? [])
      .filter(({ name }) => name !== '')
      .map(({ name, symbols }) => ({
        module: name,
        symbols: symbols.flatMap(({ name: symbol, ordinal }) => symbol ?? ordinal ?? []),
        delayed,
      }));
  return [...table(readImportDirectory, false), ...table(readDelayImportDirectory, true)];
}

/** What a library exports: names, and ordinals as numbers. @throws BadImageError */
export function readExports(bytes: Uint8Array): ReadonlySet<string | number> {
  const foreign = nativeLibraryOf(bytes);
  if (foreign !== undefined) return foreign.exports();
  const symbols = readExportDirectory(PEImage.parse(bytes))?.symbols ?? [];
  const names = new Set<string | number>();
  for (const { name, ordinal } of symbols) {
    if (name !== undefined) names.add(name);
    names.add(ordinal);
  }
  return names;
}
