import { X86StubReader } from '../instructions/x86/jump-stub.ts';
import { CodeWriter } from '../processor/code-writer.ts';
import type { ProcessorModel } from '../processor/processor.ts';
import { usesThreadSegment, X86Processor } from './x86-processor.ts';

export const x86: ProcessorModel = {
  architecture: 'x86',
  pointerSize: 4,
  usualBase: 0x1000_0000,
  addressLimit: 0x7fff_0000,
  returnAddressSize: 4,
  entryPoint: { registers: [], result: 'eax', popped: 12 },
  stubs: new X86StubReader(false),
  gate: (index) => new CodeWriter().op(0x0f, 0x0b).u32(index).pad(16, 0xcc), // ud2
  create: (memory, stackPointer) => new X86Processor(memory, false, stackPointer),
  usesThreadBlock: usesThreadSegment(false),
};
