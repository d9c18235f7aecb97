// learn.microsoft.com "x64 exception handling" and "ARM64 exception handling": how the frame of a stub is left when an exception goes through it. On x86
// frames are found through ebp, and no table says anything of them.

import type { Architecture } from '@ijw/machine';
import { type Arm64UnwindOperation, writeArm64UnwindInfo, writeX64UnwindInfo, x64Registers } from '@ijw/pe/exceptions';
import type { ReverseStub } from '../frame/reverse-stub.ts';
import { type FrameSteps, frameStepsArm64 } from './arm64.ts';
import { frameOffsetsX64 } from './x64.ts';

/** UNWIND_INFO, or a record of .xdata; `undefined` where the processor has neither. */
export function stubUnwind(architecture: Architecture, stub: ReverseStub, codeLength: number): Uint8Array | undefined {
  switch (architecture) {
    case 'x64':
      return unwindX64(stub);
    case 'arm64':
      return unwindArm64(stub, codeLength);
    case 'x86':
      return undefined;
  }
}

/** rbp holds the frame, so what is below it is given back with it. */
function unwindX64(stub: ReverseStub): Uint8Array {
  const { pushed, framed, allocated, size } = frameOffsetsX64(stub);
  const rbp = x64Registers.indexOf('rbp');
  return writeX64UnwindInfo({
    version: 1,
    flags: 0,
    sizeOfPrologue: allocated,
    frameRegister: rbp,
    frameOffset: 0,
    operations: [
      { operation: 'allocate', codeOffset: allocated, size },
      { operation: 'setFramePointer', codeOffset: framed },
      { operation: 'pushNonvolatile', codeOffset: pushed, register: rbp },
    ],
  });
}

const OPERATIONS: Readonly<Record<Exclude<FrameSteps[number], number>, Arm64UnwindOperation>> = {
  saveFrame: { code: 'save_fplr_x', registers: ['fp', 'lr'], offset: -16 },
  setFrame: { code: 'set_fp' },
  nothing: { code: 'nop' },
};

const operationOf = (step: FrameSteps[number]): Arm64UnwindOperation =>
  typeof step === 'number' ? { code: 'alloc', size: step } : OPERATIONS[step];

/** One code for each instruction of the prologue, the last one first; the epilogue is the end of the code. */
function unwindArm64(stub: ReverseStub, functionLength: number): Uint8Array {
  const { prologue, epilogue } = frameStepsArm64(stub);
  return writeArm64UnwindInfo({
    functionLength,
    prologue: prologue.map(operationOf).reverse(),
    epilogues: [{ operations: epilogue.map(operationOf) }],
  });
}
