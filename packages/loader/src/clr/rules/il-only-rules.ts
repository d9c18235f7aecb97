import { CoffCharacteristics, CorFlags, type DirectoryName, directoryNames, SectionCharacteristics } from '@ijw/pe';
import { readImportDirectory } from '@ijw/pe/imports';
import { RelocationType, readBaseRelocations } from '@ijw/pe/relocations';
import { type CheckedView, type ImageView, isReadyToRun, rvaProblem } from '../image/image-view.ts';
import type { FormatRule } from './nt-header-rules.ts';

const S = SectionCharacteristics;

/** The directories that an IL-only image may have. */
const ALLOWED: readonly DirectoryName[] = ['import', 'resource', 'security', 'baseRelocation', 'debug', 'importAddressTable', 'cliHeader'];

/** dotnet/runtime `utilcode/pedecoder.cpp`, CheckILOnly: the rules for IL-only images, which do not apply to mixed ones. */
export const IL_ONLY_RULES: readonly FormatRule<CheckedView>[] = [
  ilOnly('ilOnlyDirectory', 'data directories', directoriesProblem),
  ilOnly('ilOnlyImports', 'import directory', importsProblem),
  ilOnly('ilOnlyRelocations', 'base relocations', relocationsProblem),
  ilOnly('ilOnlySharedSection', 'section table', ({ image }) => {
    const shared = image.sections.find((section) => section.characteristics & S.MEM_SHARED);
    return shared && `is IL-only and shares ${shared.name}`;
  }),
  ilOnly('ilOnlySectionRights', 'section table', ({ image }) => {
    const barred = image.sections.find((section) => (section.characteristics & (S.MEM_EXECUTE | S.MEM_READ | S.MEM_WRITE)) === 0);
    return barred && `is IL-only and has no right to ${barred.name}`;
  }),
];

function ilOnly(rule: string, structure: string, broken: (view: ImageView) => string | undefined): FormatRule<CheckedView> {
  return {
    rule,
    structure,
    broken: (view) => (view.cli.flags & CorFlags.ILONLY && !isReadyToRun(view.cli) ? broken(view) : undefined),
  };
}

function directoriesProblem(view: ImageView): string | undefined {
  for (const name of directoryNames) {
    const directory = view.image.directory(name);
    if (!directory || directory.rva === 0) continue;
    if (!ALLOWED.includes(name)) return `is IL-only and has the ${name} directory`;
    const problem = name === 'security' ? undefined : rvaProblem(view, directory.rva, directory.size, S.MEM_SHARED, false);
    if (problem) return `has a ${name} directory that ${problem}`;
  }
  return undefined;
}

/** Imports, relocations and the entry point must have the form that compilers give IL-only images. */
const hasNativePart = ({ image }: ImageView): boolean =>
  image.directory('import') !== undefined ||
  image.directory('baseRelocation') !== undefined ||
  image.optionalHeader.addressOfEntryPoint !== 0;

const ENTRY_NAMES: readonly (string | undefined)[] = ['_cordllmain', '_corexemain'];

/** CheckILOnlyImportDlls: one module, mscoree.dll, and of it one symbol by name. A mapped 64-bit image may have lost its imports. */
function importsProblem(view: ImageView): string | undefined {
  if (!hasNativePart(view)) return undefined;
  const directory = view.image.directory('import');
  if (!directory) return view.mapped && view.image.is64Bit ? undefined : 'is IL-only and imports nothing';
  const problem = rvaProblem(view, directory.rva, directory.size, S.MEM_WRITE, false);
  if (problem) return `has an import directory that ${problem}`;
  const [first, ...others] = readImportDirectory(view.image)?.modules ?? [];
  const isShape = others.length === 0 && first?.name.toLowerCase() === 'mscoree.dll' && first.symbols.length === 1;
  return isShape && ENTRY_NAMES.includes(first.symbols[0]!.name?.toLowerCase())
    ? undefined
    : 'is IL-only and imports more than _CorDllMain';
}

/** CheckILOnlyBaseRelocations: a DLL has one block whose first entry is the pointer of the entry point's jump and whose others are padding. */
function relocationsProblem(view: ImageView): string | undefined {
  const { image } = view;
  if (!hasNativePart(view) || (view.mapped && !image.directory('import') && !image.directory('baseRelocation'))) return undefined;
  const isStripped = (image.coffHeader.characteristics & CoffCharacteristics.RELOCS_STRIPPED) !== 0;
  const directory = image.directory('baseRelocation');
  if (!directory) {
    const isDll = (image.coffHeader.characteristics & CoffCharacteristics.DLL) !== 0;
    return isDll || !isStripped ? 'is IL-only and has no relocations' : undefined;
  }
  if (isStripped) return 'has relocations and says that they were stripped';
  const [block, ...others] = readBaseRelocations(image) ?? [];
  const [first, ...padding] = block?.entries ?? [];
  const wanted = image.is64Bit ? RelocationType.DIR64 : RelocationType.HIGHLOW;
  const isShape = others.length === 0 && first?.type === wanted && padding.every((entry) => entry.type === RelocationType.ABSOLUTE);
  return isShape ? undefined : 'is IL-only and relocates more than its entry point';
}
