import { BadImageError } from '@ijw/binary';
import { codeOf, decodeInstructions, type Instruction, InstructionCursor, type MethodBody, MethodBodySource } from '@ijw/il';
import { type Metadata, type MethodDefToken, methodCodeKind, tokenRid } from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import { namesMethod } from '../inventory/il-roles.ts';

/** Bodies of an image by their method. */
export class MethodBodies {
  readonly #metadata: Metadata;
  readonly #source: MethodBodySource | undefined;
  readonly #called = new Map<MethodDefToken, readonly number[]>();

  constructor(metadata: Metadata, image: PEImage | undefined) {
    this.#metadata = metadata;
    this.#source = image && new MethodBodySource(image);
  }

  /** The IL of a method; `undefined` where it has none that can be read. */
  of(method: MethodDefToken): MethodBody | undefined {
    const { MethodDef } = this.#metadata.tables;
    const rid = tokenRid(method);
    if (!MethodDef.has(rid)) return undefined;
    if (methodCodeKind(this.#metadata, method) !== 'il') return undefined;
    const body = this.#source?.attempt(MethodDef.get(rid, 'RVA'), method);
    return body instanceof BadImageError ? undefined : body;
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
