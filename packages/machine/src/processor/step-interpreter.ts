import type { Interpreter, PreparedInstruction } from '../instructions/interpreter/interpreter.ts';
import type { ProcessorCore } from '../instructions/interpreter/processor-core.ts';
import { NativeFault } from './native-fault.ts';
import { UnknownInstruction } from './unknown-instruction.ts';

/** One instruction, and how many steps it counts for. @throws NativeFault, UnknownInstruction */
export function stepInterpreter<Core extends ProcessorCore, Op extends PreparedInstruction<Core, Op>>(
  interpreter: Interpreter<Core, Op>,
): number {
  const exit = interpreter.run(1);
  if (exit.kind === 'fault') throw new NativeFault(exit.fault);
  if (exit.kind !== 'budget') throw new UnknownInstruction();
  return 1;
}
