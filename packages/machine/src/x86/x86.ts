import { CodeWriter } from '../processor/code-writer.ts';
import type { ProcessorModel } from '../processor/processor.ts';
import { decodeX86 } from './decode-x86.ts';
import { evaluateX86 } from './x86-evaluator.ts';
import { X86Processor } from './x86-processor.ts';

export const x86: ProcessorModel = {
  architecture: 'x86',
  pointerSize: 4,
  usualBase: 0x1000_0000,
  addressLimit: 0x7fff_0000,
  returnAddressSize: 4,
  gate: (index) => new CodeWriter().op(0x0f, 0x0b).u32(index).pad(16, 0xcc), // ud2
  decode: decodeX86,
  create: (memory, stackPointer) => new X86Processor(memory, false, stackPointer),
  run: (run) => evaluateX86(run, false),
};
