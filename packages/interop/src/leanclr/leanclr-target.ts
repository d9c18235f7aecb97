import type { StubTarget } from '../generated/stub-target.ts';
import { leanClrStubs } from './generate.ts';
import { leanClrModule } from './method-signature.ts';
import { leanClrNatives } from './native-methods.ts';

/** `--for leanclr`. */
export const leanClrTarget: StubTarget = {
  versions: [],
  generate({ metadata, methods }) {
    return leanClrStubs(leanClrModule(metadata), leanClrNatives(metadata, methods ?? []));
  },
};
