import { codeOf, decodeInstructions, type Instruction, type MethodBody, type OpCodeName } from '@ijw/il';
import type { MethodDefToken } from '@ijw/metadata';

/** A method body for checks; its instructions are decoded at their first use. */
export class BodyView {
  readonly token: MethodDefToken;
  readonly body: MethodBody;
  #instructions: readonly Instruction[] | undefined;
  #positions: ReadonlyMap<number, number> | undefined;

  constructor(token: MethodDefToken, body: MethodBody) {
    this.token = token;
    this.body = body;
  }

  /** Bytes that start no instruction are left out. */
  get instructions(): readonly Instruction[] {
    this.#instructions ??= [...decodeInstructions(codeOf(this.body))].filter((one): one is Instruction => one.opCode !== undefined);
    return this.#instructions;
  }

  /** The position in `instructions` by the offset in the code. */
  positionOf(offset: number): number | undefined {
    this.#positions ??= new Map(this.instructions.map((instruction, position) => [instruction.offset, position]));
    return this.#positions.get(offset);
  }
}

export const isOne = (instruction: Instruction | undefined, ...names: readonly OpCodeName[]): boolean =>
  instruction !== undefined && names.includes(instruction.opCode.name);

/** The token of an instruction that has one. */
export const tokenOf = (instruction: Instruction | undefined): number | undefined =>
  instruction?.operand.kind === 'token' ? instruction.operand.token : undefined;

const SHORT_LOCAL = /^(ld|st)loc(?:\.([0-3])|\.s)?$/;

/** The number of the local variable that `ldloc` or `stloc` works on. */
export function localOf(instruction: Instruction | undefined, kind: 'ld' | 'st'): number | undefined {
  const match = instruction && SHORT_LOCAL.exec(instruction.opCode.name);
  if (!match || match[1] !== kind) return undefined;
  if (match[2] !== undefined) return Number(match[2]);
  return instruction.operand.kind === 'variable' ? instruction.operand.number : undefined;
}
