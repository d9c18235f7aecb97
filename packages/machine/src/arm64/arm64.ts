import { ADDRESS_LIMIT } from '../page.ts';
import { CodeWriter } from '../processor/code-writer.ts';
import { LiveMemory } from '../processor/evaluated-memory.ts';
import type { ProcessorModel } from '../processor/processor.ts';
import { Arm64Processor } from './arm64-processor.ts';
import { decodeArm64 } from './decode-arm64.ts';
import { followArm64 } from './follow-arm64.ts';

export const arm64: ProcessorModel = {
  architecture: 'arm64',
  pointerSize: 8,
  usualBase: 0x1_8000_0000,
  addressLimit: ADDRESS_LIMIT,
  returnAddressSize: 0,
  gate: (index) => new CodeWriter().u32(0xd4200000).u32(index).pad(16, 0), // brk #0
  decode: decodeArm64,
  create: (memory, stackPointer) => new Arm64Processor(new LiveMemory(memory), stackPointer),
  run: followArm64,
};
