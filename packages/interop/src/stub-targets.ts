import { cTarget } from './c-stubs/c-target.ts';
import { csharpTarget } from './csharp-stubs/csharp-target.ts';
import type { StubTarget } from './generated/stub-target.ts';
import { leanClrTarget } from './leanclr/leanclr-target.ts';
import { nanoFrameworkTarget } from './nanoframework/nanoframework-target.ts';
import { tinyClrTarget } from './tinyclr/tinyclr-target.ts';

/** Every system that stubs are generated for, by the name that users type. */
export const STUB_TARGETS: ReadonlyMap<string, StubTarget> = new Map([
  ['tinyclr', tinyClrTarget],
  ['nanoframework', nanoFrameworkTarget],
  ['leanclr', leanClrTarget],
  ['c', cTarget],
  ['csharp', csharpTarget],
]);
