import { UnsupportedError } from '@ijw/binary';
import { cStubs } from './c-stubs/generate.ts';
import { csharpStubs } from './csharp-stubs/generate.ts';
import type { StubSet } from './generated/stub-set.ts';
import type { StubInput, StubTarget } from './generated/stub-target.ts';
import { leanClrStubs } from './leanclr/generate.ts';
import { leanClrModule } from './leanclr/method-signature.ts';
import { leanClrNatives } from './leanclr/native-methods.ts';
import { nanoFrameworkTarget } from './nanoframework/nanoframework-target.ts';
import { type NativeBoundary, readNativeBoundary } from './shape/native-boundary.ts';
import { tinyClrTarget } from './tinyclr/tinyclr-target.ts';

/** Code for the native boundary of an image. */
const boundaryTarget = (generate: (boundary: NativeBoundary) => StubSet): StubTarget => ({
  versions: [],
  generate({ assembly }: StubInput) {
    if (assembly.image === undefined) throw new UnsupportedError('Metadata alone has no native code: the whole image is needed');
    return generate(readNativeBoundary(assembly));
  },
});

const leanClrTarget: StubTarget = {
  versions: [],
  generate: ({ assembly, methods }) => leanClrStubs(leanClrModule(assembly.requireMetadata()), leanClrNatives(assembly, methods ?? [])),
};

/** Every system that stubs are generated for, by the name that users type. */
export const STUB_TARGETS: ReadonlyMap<string, StubTarget> = new Map([
  ['tinyclr', tinyClrTarget],
  ['nanoframework', nanoFrameworkTarget],
  ['leanclr', leanClrTarget],
  ['c', boundaryTarget(cStubs)],
  ['csharp', boundaryTarget(csharpStubs)],
]);
