import { CorFlags, type DirectoryName, directoryNames, SectionCharacteristics } from '@ijw/pe';
import { type ImageView, isReadyToRun, rvaProblem } from './image-view.ts';
import type { FormatRule } from './nt-header-rules.ts';

const S = SectionCharacteristics;

/** The directories that an IL-only image may have. */
const ALLOWED: readonly DirectoryName[] = ['import', 'resource', 'security', 'baseRelocation', 'debug', 'importAddressTable', 'cliHeader'];

/** dotnet/runtime `utilcode/pedecoder.cpp`, CheckILOnly: what is asked of IL-only images and of no mixed one. */
export const IL_ONLY_RULES: readonly FormatRule[] = [
  ilOnly('ilOnlyDirectory', 'data directories', directoriesProblem),
  ilOnly('ilOnlySharedSection', 'section table', ({ image }) => {
    const shared = image.sections.find((section) => section.characteristics & S.MEM_SHARED);
    return shared && `is IL-only and shares ${shared.name}`;
  }),
  ilOnly('ilOnlySectionRights', 'section table', ({ image }) => {
    const barred = image.sections.find((section) => (section.characteristics & (S.MEM_EXECUTE | S.MEM_READ | S.MEM_WRITE)) === 0);
    return barred && `is IL-only and has no right to ${barred.name}`;
  }),
];

function ilOnly(rule: string, structure: string, broken: (view: ImageView) => string | undefined): FormatRule {
  return {
    rule,
    structure,
    broken: (view) => (view.cli && view.cli.flags & CorFlags.ILONLY && !isReadyToRun(view.cli) ? broken(view) : undefined),
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
