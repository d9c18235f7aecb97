import { type PEImage, readImportDirectory } from '@ijw/pe';

/** `framework`: mscoree.dll of the .NET Framework; `core`: ijwhost.dll of .NET. */
export type RuntimeHost = 'framework' | 'core';

/** The host that a mixed image or a program was linked for: the module it imports `_CorDllMain` or `_CorExeMain` from. An image that imports neither is for .NET. */
export function hostOf(image: PEImage): RuntimeHost {
  const modules = readImportDirectory(image)?.modules.map((module) => module.name.toLowerCase()) ?? [];
  return modules.includes('mscoree.dll') && !modules.includes('ijwhost.dll') ? 'framework' : 'core';
}
