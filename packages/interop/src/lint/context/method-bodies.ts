import type { Assembly } from '@ijw/assembly';
import { ifReadable } from '@ijw/binary';
import { codeOf, decodeInstructions, type Instruction, InstructionCursor, type MethodBody } from '@ijw/il';
import { type MethodDefToken, tokenRid } from '@ijw/metadata';
import { namesMethod } from '../../inventory/il-roles.ts';

/** Bodies of an image by their method. */
export class MethodBodies {
  readonly #assembly: Assembly;
  readonly #called = new Map<MethodDefToken, readonly number[]>();

  constructor(assembly: Assembly) {
    this.#assembly = assembly;
  }

  /** The IL of a method; `undefined` where it has none that can be read. */
  of(method: MethodDefToken): MethodBody | undefined {
    const exists = this.#assembly.metadata?.tables.MethodDef.has(tokenRid(method));
    return exists ? ifReadable(() => this.#assembly.bodyOf(method)) : undefined;
  }

  /** The instructions of a method; none where it has no IL that can be read. */
  instructionsOf(method: MethodDefToken): readonly Instruction[] {
    const body = this.of(method);
    return body === undefined ? [] : [...decodeInstructions(codeOf(body))].filter((one): one is Instruction => one.opCode !== undefined);
  }

  /** The tokens of the methods that a method's IL names. */
  calledBy(method: MethodDefToken): readonly number[] {
    let tokens = this.#called.get(method);
    if (tokens === undefined) {
      const body = this.of(method);
      tokens = body === undefined ? [] : calledTokens(body);
      this.#called.set(method, tokens);
    }
    return tokens;
  }
}

function calledTokens(body: MethodBody): readonly number[] {
  const tokens: number[] = [];
  const cursor = new InstructionCursor(codeOf(body));
  while (cursor.moveNext()) if (cursor.index >= 0 && namesMethod[cursor.index]) tokens.push(cursor.uint32);
  return tokens;
}
