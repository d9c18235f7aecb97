import type { Architecture } from '../architecture.ts';
import { fitsArm64, writeReverseStubArm64 } from './arm64.ts';
import type { ReverseStub, ReverseStubWriter } from './reverse-stub.ts';
import { FRAME_LIMIT } from './transition-record.ts';
import { writeReverseStubX64 } from './x64.ts';
import { writeReverseStubX86 } from './x86.ts';

const WRITERS: Readonly<Record<Architecture, ReverseStubWriter>> = {
  x86: writeReverseStubX86,
  x64: writeReverseStubX64,
  arm64: writeReverseStubArm64,
};

/** The writer for a stub, or `undefined` where its frame is too large for the code. */
export function reverseStubWriter(architecture: Architecture, stub: ReverseStub): ReverseStubWriter | undefined {
  if (stub.record.size > FRAME_LIMIT || stub.placement.calleePops > 0xffff) return undefined;
  if (architecture === 'arm64' && !fitsArm64(stub)) return undefined;
  return WRITERS[architecture];
}
