import { addressKind } from './operands/addresses.ts';
import { generalRegisterKind } from './operands/general-registers.ts';
import { immediateKind } from './operands/immediates.ts';
import type { OperandKind } from './operands/operand-kind.ts';
import { systemKind } from './operands/system-operands.ts';
import { vectorRegisterKind } from './operands/vector-registers.ts';

/** A piece of an operand list: text as it stands, an operand, or what is left out where its operand is empty. */
type Part = string | OperandKind | { readonly optional: readonly Part[] };

/** The operands of a signature. */
export interface OperandTemplate {
  readonly parts: readonly Part[];
  /** The conditions of its operands on a word. */
  readonly conditions: readonly ((word: number) => boolean)[];
}

/** Names of operands, and the text between them. */
const NAME = /(!?[A-Za-z][\w|]*(?:[.+@*]!?\w+)*)/;

/** The meaning of a name in a signature: an operand, or a literal word. */
function partOf(name: string, isElement: boolean, isOptional: boolean): string | OperandKind {
  return (
    generalRegisterKind(name) ??
    vectorRegisterKind(name, isElement) ??
    immediateKind(name, isOptional) ??
    addressKind(name) ??
    systemKind(name) ??
    name
  );
}

function partsOf(text: string, isOptional: boolean): Part[] {
  const pieces = text.split(NAME);
  return pieces
    .map((piece, index) => (index % 2 === 0 ? piece : partOf(piece, pieces[index + 1]?.startsWith('[') ?? false, isOptional)))
    .filter((part) => part !== '');
}

const isKind = (part: Part): part is OperandKind => typeof part === 'object' && 'text' in part;

function conditionsOf(parts: readonly Part[]): ((word: number) => boolean)[] {
  const found = parts.flatMap((part) => {
    if (typeof part === 'string') return [];
    return isKind(part) ? (part.isValid ?? []) : conditionsOf(part.optional);
  });
  return [...new Set(found)];
}

/** `Rd, Rn|sp(, shift)`: names of operands, punctuation, and parentheses around what an empty operand leaves out. */
export function operandTemplate(text: string): OperandTemplate {
  const parts = text
    .split(/[()]/)
    .flatMap((piece, index): Part[] => (index % 2 === 0 ? partsOf(piece, false) : [{ optional: partsOf(piece, true) }]));
  return { parts, conditions: conditionsOf(parts) };
}

function partText(part: Part, word: number, address: bigint): string {
  if (typeof part === 'string') return part;
  if (isKind(part)) return part.text(word, address);
  const texts = part.optional.map((each) => partText(each, word, address));
  return texts.includes('') ? '' : texts.join('');
}

export const templateText = ({ parts }: OperandTemplate, word: number, address: bigint): string =>
  parts.map((part) => partText(part, word, address)).join('');
