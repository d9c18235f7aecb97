import { hex } from '@ijw/binary';
import type { Metadata } from '../metadata.ts';
import { CallingConvention, SignatureFlags } from '../signatures/signature-header.ts';
import type { MethodSignature } from '../signatures/signature-type-provider.ts';
import type { TypeNode } from '../signatures/type-node.ts';
import { TableId } from '../tables/table-id.ts';
import { type Token, tokenRid, tokenTable } from '../tables/token.ts';
import { methodFullName } from './method-full-name.ts';
import { typeText } from './type-text.ts';

/** The signature of a MethodDef, MemberRef, StandAloneSig (of a `calli`) or MethodSpec's method. @throws BadImageError */
export function methodSignatureOf(metadata: Metadata, token: Token): MethodSignature<TypeNode> {
  const rid = tokenRid(token);
  const { tables } = metadata;
  switch (tokenTable(token)) {
    case TableId.MethodDef:
      return metadata.methodSignature(tables.MethodDef.get(rid, 'Signature'));
    case TableId.MemberRef:
      return metadata.methodSignature(tables.MemberRef.get(rid, 'Signature'));
    case TableId.StandAloneSig:
      return metadata.methodSignature(tables.StandAloneSig.get(rid, 'Signature'));
    case TableId.MethodSpec:
      return methodSignatureOf(metadata, tables.MethodSpec.column('Method').token(rid));
    default:
      throw metadata.place.error('BAD_TOKEN', 0, 'a method signature', `${hex(token)} is not a method`);
  }
}

const NO_ROWS: ReadonlyMap<number, number> = new Map();

/** The Param rows of a method by position, 0 for the result. Not every parameter needs one. @throws BadImageError */
export function parameterRids(metadata: Metadata, token: Token): ReadonlyMap<number, number> {
  const rows = metadata.paramsOf(tokenRid(token));
  if (rows.length === 0) return NO_ROWS;
  const sequence = metadata.tables.Param.column('Sequence');
  const rids = new Map<number, number>();
  for (const rid of rows) rids.set(sequence.at(rid), rid);
  return rids;
}

/** The name of a parameter; empty where it has no row. @throws BadImageError */
export const parameterName = ({ strings, tables: { Param } }: Metadata, rid: number | undefined): string =>
  rid === undefined ? '' : strings.get(Param.get(rid, 'Name'));

/** The texts of the types of a signature. */
interface TypeTexts {
  readonly result: string;
  readonly parameters: readonly string[];
}

/** Texts that are kept are no longer than this; long ones are made, and paid for, each time. */
const KEPT_LENGTH = 512;

const keptTexts = new WeakMap<MethodSignature<TypeNode>, TypeTexts>();

function typeTexts(metadata: Metadata, signature: MethodSignature<TypeNode>): TypeTexts {
  const kept = keptTexts.get(signature);
  if (kept !== undefined) return kept;
  const made = {
    result: typeText(metadata, signature.returnType),
    parameters: signature.parameterTypes.map((type) => typeText(metadata, type)),
  };
  const length = made.parameters.reduce((sum, text) => sum + text.length, made.result.length);
  if (length <= KEPT_LENGTH) keptTexts.set(signature, made);
  return made;
}

const genericSuffix = (count: number): string =>
  count === 0 ? '' : `<${Array.from({ length: Math.min(count, 64) }, (_, index) => `!!${index}`).join(', ')}>`;

/**
 * A method as C# would declare it, with its full name: `int Namespace.Type::Name(string text, ref int count)`. `static` where it has no `this`; the types after `__arglist`
 * are a call's variable arguments.
 * @throws BadImageError
 */
export function methodSignatureText(metadata: Metadata, token: Token): string {
  const signature = methodSignatureOf(metadata, token);
  const rows = tokenTable(token) === TableId.MethodDef ? parameterRids(metadata, token) : NO_ROWS;
  const texts = typeTexts(metadata, signature);
  const parameters = texts.parameters.map((text, index) => {
    const name = parameterName(metadata, rows.get(index + 1));
    return name ? `${text} ${name}` : text;
  });
  if ((signature.header & 0xf) === CallingConvention.VarArg) parameters.splice(signature.requiredParameterCount, 0, '__arglist');
  const instance = signature.header & SignatureFlags.HasThis ? '' : 'static ';
  const name = `${methodFullName(metadata, token)}${genericSuffix(signature.genericParameterCount)}`;
  return `${instance}${texts.result} ${name}(${parameters.join(', ')})`;
}
