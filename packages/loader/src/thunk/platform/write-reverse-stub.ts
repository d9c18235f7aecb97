import type { Architecture } from '@ijw/machine';
import type { ReverseStub, ReverseStubWriter } from '../frame/reverse-stub.ts';
import { FRAME_LIMIT } from '../frame/transition-record.ts';
import { fitsArm64, writeReverseStubArm64 } from './arm64.ts';
import { writeReverseStubX64 } from './x64.ts';
import { writeReverseStubX86 } from './x86.ts';

interface StubCode {
  readonly write: ReverseStubWriter;
  /** Whether every offset of the frame has an encoding. */
  readonly fits: (stub: ReverseStub) => boolean;
}

const CODE: Readonly<Record<Architecture, StubCode>> = {
  x86: { write: writeReverseStubX86, fits: () => true },
  x64: { write: writeReverseStubX64, fits: () => true },
  arm64: { write: writeReverseStubArm64, fits: fitsArm64 },
};

/** The writer for a stub, or `undefined` where its frame is too large for the code. */
export function reverseStubWriter(architecture: Architecture, stub: ReverseStub): ReverseStubWriter | undefined {
  if (stub.record.size > FRAME_LIMIT || stub.placement.calleePops > 0xffff) return undefined;
  const { write, fits } = CODE[architecture];
  return fits(stub) ? write : undefined;
}
