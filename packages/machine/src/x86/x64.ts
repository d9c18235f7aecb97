import { X86StubReader } from '../instructions/x86/jump-stub.ts';
import { ADDRESS_LIMIT } from '../page.ts';
import { CodeWriter } from '../processor/code-writer.ts';
import type { ProcessorModel } from '../processor/processor.ts';
import { usesThreadSegment, X86Processor } from './x86-processor.ts';

export const x64: ProcessorModel = {
  architecture: 'x64',
  pointerSize: 8,
  usualBase: 0x1_8000_0000,
  addressLimit: ADDRESS_LIMIT,
  returnAddressSize: 8,
  entryPoint: { registers: ['rcx', 'rdx', 'r8'], result: 'rax', popped: 0 },
  stubs: new X86StubReader(true),
  gate: (index) => new CodeWriter().op(0x0f, 0x0b).u32(index).pad(16, 0xcc), // ud2
  create: (memory, stackPointer) => new X86Processor(memory, true, stackPointer),
  usesThreadBlock: usesThreadSegment(true),
};
