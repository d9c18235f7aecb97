import { hex } from '@ijw/binary';
import type { Metadata } from '../metadata.ts';
import { CallingConvention, SignatureFlags } from '../signatures/signature-header.ts';
import type { MethodSignature } from '../signatures/signature-type-provider.ts';
import type { TypeNode } from '../signatures/type-node.ts';
import { TableId } from '../tables/table-id.ts';
import { type MethodDefToken, type Token, tokenRid, tokenTable } from '../tables/token.ts';
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

const NO_NAMES: ReadonlyMap<number, string> = new Map();

/** The names of a method's parameters by their position, from 1 (0 is the return value). */
export function parameterNames(metadata: Metadata, token: MethodDefToken): ReadonlyMap<number, string> {
  const { Param } = metadata.tables;
  const rows = metadata.paramsOf(tokenRid(token));
  if (rows.length === 0) return NO_NAMES;
  const names = new Map<number, string>();
  for (const rid of rows) names.set(Param.get(rid, 'Sequence'), metadata.strings.get(Param.get(rid, 'Name')));
  return names;
}

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
 * A method as C# would declare it, with its full name: `int Namespace.Type::Name(string text, ref int count)`. `static` where it has no `this`; what stands after `__arglist`
 * are a call's variable arguments.
 * @throws BadImageError
 */
export function methodSignatureText(metadata: Metadata, token: Token): string {
  const signature = methodSignatureOf(metadata, token);
  const names = tokenTable(token) === TableId.MethodDef ? parameterNames(metadata, token as MethodDefToken) : NO_NAMES;
  const texts = typeTexts(metadata, signature);
  const parameters = texts.parameters.map((text, index) => {
    const name = names.get(index + 1);
    return name ? `${text} ${name}` : text;
  });
  if ((signature.header & 0xf) === CallingConvention.VarArg) parameters.splice(signature.requiredParameterCount, 0, '__arglist');
  const instance = signature.header & SignatureFlags.HasThis ? '' : 'static ';
  const name = `${methodFullName(metadata, token)}${genericSuffix(signature.genericParameterCount)}`;
  return `${instance}${texts.result} ${name}(${parameters.join(', ')})`;
}
