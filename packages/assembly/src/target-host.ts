import type { PEImage } from '@ijw/pe';
import { readImportDirectory } from '@ijw/pe/imports';

/** `framework`: mscoree.dll of the .NET Framework; `core`: ijwhost.dll of .NET. */
export type RuntimeHost = 'framework' | 'core';

/** The host that an image imports `_CorDllMain` or `_CorExeMain` from; `undefined` where it imports neither. @throws BadImageError */
export function hostImportOf(image: PEImage): RuntimeHost | undefined {
  const modules = new Set(readImportDirectory(image)?.modules.map(({ name }) => name.toLowerCase()));
  if (modules.has('ijwhost.dll')) return 'core';
  return modules.has('mscoree.dll') ? 'framework' : undefined;
}
