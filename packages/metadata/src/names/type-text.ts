import type { Metadata } from '../metadata.ts';
import { decodeTypeSpec } from '../signatures/decode-signature.ts';
import { MAX_SIGNATURE_DEPTH } from '../signatures/signature-decoder.ts';
import { CallingConvention } from '../signatures/signature-header.ts';
import type { MethodSignature } from '../signatures/signature-type-provider.ts';
import { type TypeNode, typeNodes } from '../signatures/type-node.ts';
import { TableId } from '../tables/table-id.ts';
import { type Token, tokenRid, tokenTable } from '../tables/token.ts';
import { csharpKeywords } from './primitive-names.ts';
import { typeFullName } from './type-full-name.ts';

const unmanagedConventions: Readonly<Record<number, string>> = {
  [CallingConvention.C]: ' unmanaged[Cdecl]',
  [CallingConvention.StdCall]: ' unmanaged[Stdcall]',
  [CallingConvention.ThisCall]: ' unmanaged[Thiscall]',
  [CallingConvention.FastCall]: ' unmanaged[Fastcall]',
};

/** TypeSpecs that name TypeSpecs deeper than this are a loop. */
const MAX_TYPE_SPECS = 20;

/** No real signature nests this many types: TypeSpecs that name each other several times multiply with every step. */
const MAX_TYPES = 20_000;

/** No real signature nests types deeper than this, TypeSpecs looked through. */
const MAX_DEPTH = MAX_SIGNATURE_DEPTH;

/** The rest of the budget of one text, and its depth in types and TypeSpecs. */
interface TextBudget {
  types: number;
  depth: number;
  typeSpecs: number;
}

/** The names of the modifiers around a type, outermost first, without their namespace; a modifier that is a TypeSpec has none. */
export function modifierNames(metadata: Metadata, type: TypeNode): string[] {
  const names: string[] = [];
  for (let node = type; node.kind === 'modified'; node = node.unmodified) {
    if (node.modifier.kind !== 'named' || tokenTable(node.modifier.token) === TableId.TypeSpec) continue;
    names.push(typeFullName(metadata, node.modifier.token).replace(/^.*\./, ''));
  }
  return names;
}

function conventionText(metadata: Metadata, { header, returnType }: MethodSignature<TypeNode>): string {
  const convention = header & 0xf;
  if (convention !== CallingConvention.Unmanaged) return unmanagedConventions[convention] ?? '';
  const named = modifierNames(metadata, returnType).filter((name) => name.startsWith('CallConv'));
  return named.length === 0 ? ' unmanaged' : ` unmanaged[${named.map((name) => name.slice('CallConv'.length)).join(', ')}]`;
}

function write(metadata: Metadata, type: TypeNode, budget: TextBudget): string {
  if (--budget.types < 0) throw metadata.place.error('TYPE_TOO_LARGE', 0, 'a signature', `A type is made of more than ${MAX_TYPES} others`);
  if (++budget.depth > MAX_DEPTH)
    throw metadata.place.error('TYPE_TOO_DEEP', 0, 'a signature', `Types are nested more than ${MAX_DEPTH} deep`);
  const text = writeNode(metadata, type, budget);
  budget.depth--;
  return text;
}

function writeNode(metadata: Metadata, type: TypeNode, budget: TextBudget): string {
  const text = (node: TypeNode) => write(metadata, node, budget);
  switch (type.kind) {
    case 'primitive':
      return csharpKeywords[type.type];
    case 'named':
      return tokenTable(type.token) === TableId.TypeSpec ? writeTypeSpec(metadata, type.token, budget) : typeFullName(metadata, type.token);
    case 'pointer':
      return `${text(type.element)}*`;
    case 'byReference':
      return `ref ${text(type.element)}`;
    case 'pinned':
      return `pinned ${text(type.element)}`;
    case 'szArray':
      return `${text(type.element)}[]`;
    case 'array':
      return `${text(type.element)}[${','.repeat(Math.min(Math.max(0, type.shape.rank - 1), 31))}]`;
    case 'genericInstance':
      return `${text(type.generic)}<${type.arguments.map(text).join(', ')}>`;
    case 'genericTypeParameter':
      return `!${type.index}`;
    case 'genericMethodParameter':
      return `!!${type.index}`;
    case 'functionPointer': {
      const { signature } = type;
      return `delegate*${conventionText(metadata, signature)}<${[...signature.parameterTypes, signature.returnType].map(text).join(', ')}>`;
    }
    case 'modified':
      return text(type.unmodified);
  }
}

function writeTypeSpec(metadata: Metadata, token: Token, budget: TextBudget): string {
  const rid = tokenRid(token);
  const signature = metadata.tables.TypeSpec.column('Signature');
  if (++budget.typeSpecs > MAX_TYPE_SPECS) throw signature.error('TYPE_SPEC_CYCLE', 'TypeSpecs name each other in a circle', rid);
  const text = write(metadata, decodeTypeSpec(metadata.blobs.reader(signature.at(rid), 'a TypeSpec'), typeNodes), budget);
  budget.typeSpecs--;
  return text;
}

/** Looking through a TypeSpec takes longer than decoding a byte. */
const TYPE_COST = 4;

/** One text, whose types the pass over the metadata pays for: a few bytes of TypeSpecs may stand for thousands. */
function paid(metadata: Metadata, make: (budget: TextBudget) => string): string {
  const budget: TextBudget = { types: MAX_TYPES, depth: 0, typeSpecs: 0 };
  const text = make(budget);
  metadata.budget.spend((MAX_TYPES - budget.types) * TYPE_COST, metadata.place);
  return text;
}

/**
 * A type as C# would write it, custom modifiers left out; nested types by `/`, generic parameters by number (`!0`, `!!0`).
 * @throws BadImageError, also for TypeSpecs that name each other in a circle
 */
export const typeText = (metadata: Metadata, type: TypeNode): string => paid(metadata, (budget) => write(metadata, type, budget));

/** The type that a TypeSpec stands for, as C# would write it. @throws BadImageError as `typeText` */
export const typeSpecText = (metadata: Metadata, token: Token): string =>
  paid(metadata, (budget) => writeTypeSpec(metadata, token, budget));
