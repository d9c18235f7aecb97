import type { CommandDefinition } from './command.ts';
import type { Io } from './io.ts';

/** The operands of a command that runs once a file. */
export interface FileOperands {
  /** The operands before the files. */
  readonly before: readonly string[];
  readonly files: readonly string[];
  readonly subject?: string;
}

/** Extensions of images: an operand that has one is a file, also where the file does not exist. */
const IMAGE_EXTENSION = /\.(dll|exe|node|winmd|netmodule|sys|ocx|pdb|wasm)$/i;

const isFile = (operand: string, io: Io): boolean => operand === '-' || IMAGE_EXTENSION.test(operand) || io.isFile(operand);

/** The last operand is the subject if the command has one, files precede it, and it does not name a file. */
export function fileOperands(definition: CommandDefinition, operands: readonly string[], io: Io): FileOperands {
  const start = definition.operands.findIndex(({ notation }) => notation.includes('files'));
  const before = operands.slice(0, start);
  const files = operands.slice(start);
  const last = files.at(-1);
  if (definition.subject === undefined || files.length < 2 || last === undefined || isFile(last, io)) return { before, files };
  return { before, files: files.slice(0, -1), subject: last };
}
