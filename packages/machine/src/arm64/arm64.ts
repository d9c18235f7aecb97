import { arm64StubReader } from '../instructions/arm64/jump-stub.ts';
import { ADDRESS_LIMIT } from '../page.ts';
import { CodeWriter } from '../processor/code-writer.ts';
import type { ProcessorModel } from '../processor/processor.ts';
import { Arm64Processor, usesThreadRegister } from './arm64-processor.ts';

export const arm64: ProcessorModel = {
  architecture: 'arm64',
  pointerSize: 8,
  usualBase: 0x1_8000_0000,
  addressLimit: ADDRESS_LIMIT,
  returnAddressSize: 0,
  entryPoint: { registers: ['x0', 'x1', 'x2'], result: 'x0', popped: 0 },
  stubs: arm64StubReader,
  gate: (index) => new CodeWriter().u32(0xd4200000).u32(index).pad(16, 0), // brk #0
  create: (memory, stackPointer) => new Arm64Processor(memory, stackPointer),
  usesThreadBlock: usesThreadRegister,
};
