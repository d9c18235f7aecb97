import type { StubTarget } from '../generated/stub-target.ts';
import { leanClrStubs } from './generate.ts';
import { leanClrNatives } from './native-methods.ts';

/** `--for leanclr`. */
export const leanClrTarget: StubTarget = {
  versions: [],
  generate({ metadata, methods }) {
    const module = metadata.strings.get(metadata.tables.Module.get(1, 'Name')).replace(/\.(?:dll|exe|netmodule)$/i, '');
    return leanClrStubs(module, leanClrNatives(metadata, methods ?? []));
  },
};
