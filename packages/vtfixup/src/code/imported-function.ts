import type { Diagnostics } from '@ijw/binary';
import type { PEImage } from '@ijw/pe';
import { type ImportedModule, readDelayImportDirectory, readImportDirectory } from '@ijw/pe/imports';

/** A function of another module that a pointer of this image is bound to. */
export interface ImportedFunction {
  /** As the import directory writes it: `KERNEL32.dll`. */
  readonly module: string;
  readonly name?: string;
  readonly ordinal?: number;
  /** RVA of the pointer. */
  readonly iatRva: number;
  /** Bound when first called (`/DELAYLOAD`). */
  readonly delayed: boolean;
}

/** `GetLastError`, `#6`; `?` for a function whose name cannot be read. */
export const importedName = ({ name, ordinal }: Pick<ImportedFunction, 'name' | 'ordinal'>): string =>
  name ?? (ordinal === undefined ? '?' : `#${ordinal}`);

/** `KERNEL32.dll!GetLastError`, `OLEAUT32.dll!#6`. */
export const importedFunctionText = (imported: ImportedFunction): string => `${imported.module}!${importedName(imported)}`;

function addModules(
  functions: Map<number, ImportedFunction>,
  modules: readonly Pick<ImportedModule, 'name' | 'symbols'>[],
  delayed: boolean,
): void {
  for (const { name: module, symbols } of modules) {
    for (const { name, ordinal, iatRva } of symbols) {
      if (functions.has(iatRva)) continue;
      functions.set(iatRva, { module, ...(name !== undefined && { name }), ...(ordinal !== undefined && { ordinal }), iatRva, delayed });
    }
  }
}

/** Every imported function of an image by the RVA of the pointer that is bound to it. */
export function readImportedFunctions(image: PEImage, diagnostics: Diagnostics): ReadonlyMap<number, ImportedFunction> {
  const functions = new Map<number, ImportedFunction>();
  addModules(functions, diagnostics.attempt(() => readImportDirectory(image))?.modules ?? [], false);
  addModules(functions, diagnostics.attempt(() => readDelayImportDirectory(image))?.modules ?? [], true);
  return functions;
}
