import { ifReadable } from '@ijw/binary';
import { codeOf, decodeInstructions, type MethodBody, methodCodes, SingleInstructionText } from '@ijw/il';
import { isTokenOf, type Metadata, type MethodDefToken, type Token } from '@ijw/metadata';
import { TokenText } from '@ijw/metadata/canonical';
import type { PEImage } from '@ijw/pe';
import type { Change } from './change.ts';
import { methodKey, uniqueKeys } from './member-key.ts';

interface BodyVersion {
  readonly image: PEImage | undefined;
  readonly metadata: Metadata | undefined;
}

/** Bodies of one version by what their methods are called. */
class Bodies {
  readonly bodies = new Map<string, MethodBody>();
  readonly #tokens: TokenText;
  readonly #instructions: SingleInstructionText;

  constructor(image: PEImage, metadata: Metadata) {
    this.#tokens = new TokenText(metadata);
    this.#instructions = new SingleInstructionText(metadata);
    const unique = uniqueKeys();
    for (const code of methodCodes(image, metadata)) {
      if (code.kind === 'il') this.bodies.set(unique(methodKey(metadata, code.method.token as MethodDefToken)), code.body);
    }
  }

  /** The body in words: what tokens name, not the tokens. */
  text(body: MethodBody): string {
    const { initLocals, localVarSigToken, exceptionClauses } = body;
    const locals = isTokenOf(localVarSigToken as Token, 'StandAloneSig')
      ? (ifReadable(() => this.#tokens.of(localVarSigToken as Token)) ?? '?')
      : '';
    const lines = [`${initLocals ? 'init ' : ''}${locals}`];
    for (const instruction of decodeInstructions(codeOf(body)))
      lines.push(`${instruction.offset}: ${ifReadable(() => this.#instructions.of(instruction)) ?? '?'}`);
    for (const clause of exceptionClauses)
      lines.push(`${clause.kind} ${clause.tryOffset}+${clause.tryLength} ${clause.handlerOffset}+${clause.handlerLength}`);
    return lines.join('\n');
  }
}

/** Methods whose IL differs, is new or is gone. Methods are the same by their names and signatures, operands by what they name. */
export function* bodyChanges(before: BodyVersion, after: BodyVersion): Generator<Change> {
  const old = bodiesOf(before);
  const now = bodiesOf(after);
  for (const [member, body] of old?.bodies ?? []) {
    const other = now?.bodies.get(member);
    if (other === undefined) yield { area: 'il', kind: 'removed', member, old: sizeText(body) };
    else if (old !== undefined && now !== undefined && old.text(body) !== now.text(other))
      yield { area: 'il', kind: 'changed', member, old: sizeText(body), new: sizeText(other) };
  }
  for (const [member, body] of now?.bodies ?? [])
    if (old?.bodies.has(member) !== true) yield { area: 'il', kind: 'added', member, new: sizeText(body) };
}

const bodiesOf = ({ image, metadata }: BodyVersion): Bodies | undefined =>
  image === undefined || metadata === undefined ? undefined : new Bodies(image, metadata);

const sizeText = ({ codeSize }: MethodBody): string => `${codeSize} bytes of IL`;
