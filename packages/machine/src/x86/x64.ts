import { ADDRESS_LIMIT } from '../page.ts';
import { CodeWriter } from '../processor/code-writer.ts';
import type { ProcessorModel } from '../processor/processor.ts';
import { decodeX64 } from './decode-x86.ts';
import { evaluateX86 } from './x86-evaluator.ts';
import { X86Processor } from './x86-processor.ts';

export const x64: ProcessorModel = {
  architecture: 'x64',
  pointerSize: 8,
  usualBase: 0x1_8000_0000,
  addressLimit: ADDRESS_LIMIT,
  returnAddressSize: 8,
  gate: (index) => new CodeWriter().op(0x0f, 0x0b).u32(index).pad(16, 0xcc), // ud2
  decode: decodeX64,
  create: (memory, stackPointer) => new X86Processor(memory, true, stackPointer),
  run: (run) => evaluateX86(run, true),
};
