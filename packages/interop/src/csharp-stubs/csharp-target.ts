import { boundaryOf } from '../c-stubs/c-target.ts';
import type { StubTarget } from '../generated/stub-target.ts';
import { csharpStubs } from './generate.ts';

/** `--for csharp`. */
export const csharpTarget: StubTarget = { versions: [], generate: (input) => csharpStubs(boundaryOf(input)) };
