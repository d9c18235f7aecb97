import { isTokenOf } from '@ijw/metadata';
import type { TableCheck } from '../context/check.ts';

/** DllImportSearchPath: UseDllDirectoryForDependencies, ApplicationDirectory, AssemblyDirectory. */
const UNSAFE = 0x100 | 0x200 | 0x2;

const searchPathNames: readonly (readonly [number, string])[] = [
  [0x2, 'AssemblyDirectory'],
  [0x100, 'UseDllDirectoryForDependencies'],
  [0x200, 'ApplicationDirectory'],
  [0x400, 'UserDirectories'],
  [0x800, 'System32'],
  [0x1000, 'SafeDirectories'],
];

const text = (value: number): string => {
  const names = searchPathNames.filter(([bit]) => value & bit).map(([, name]) => name);
  return names.length === 0 ? 'LegacyBehavior' : names.join(' | ');
};

/** NI006: the attribute is there, and allows folders that others may write to. */
export const searchPaths: TableCheck = {
  rules: ['NI006'],
  run(context) {
    const { module } = context;
    for (const { rid, parent } of module.attributes.all('defaultDllImportSearchPaths')) {
      // In a linked assembly, attributes of a netmodule stay on a type reference that nothing reads.
      if (!isTokenOf(parent, 'Assembly') && !isTokenOf(parent, 'MethodDef')) continue;
      const value = module.attributes.value(rid)?.fixedArguments[0]?.value;
      if (typeof value !== 'number') continue;
      if ((value & UNSAFE) !== 0 || value === 0) context.report('NI006', { token: parent, values: { value: text(value) } });
    }
  },
};
