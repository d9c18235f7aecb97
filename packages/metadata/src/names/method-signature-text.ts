import { hex } from '@ijw/binary';
import type { Metadata } from '../metadata.ts';
import { decodeMethodSignature } from '../signatures/decode-signature.ts';
import { CallingConvention, SignatureFlags } from '../signatures/signature-header.ts';
import type { MethodSignature } from '../signatures/signature-type-provider.ts';
import { type TypeNode, typeNodes } from '../signatures/type-node.ts';
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
      return decode(metadata, tables.MethodDef.get(rid, 'Signature'));
    case TableId.MemberRef:
      return decode(metadata, tables.MemberRef.get(rid, 'Signature'));
    case TableId.StandAloneSig:
      return decode(metadata, tables.StandAloneSig.get(rid, 'Signature'));
    case TableId.MethodSpec:
      return methodSignatureOf(metadata, tables.MethodSpec.column('Method').token(rid));
    default:
      throw metadata.place.error('BAD_TOKEN', 0, 'a method signature', `${hex(token)} is not a method`);
  }
}

const decode = (metadata: Metadata, blob: number) => decodeMethodSignature(metadata.blobs.reader(blob, 'a method signature'), typeNodes);

/** The names of a method's parameters by their position, from 1 (0 is the return value). */
export function parameterNames(metadata: Metadata, token: MethodDefToken): ReadonlyMap<number, string> {
  const { Param } = metadata.tables;
  const names = new Map<number, string>();
  for (const rid of metadata.paramsOf(tokenRid(token))) names.set(Param.get(rid, 'Sequence'), metadata.strings.get(Param.get(rid, 'Name')));
  return names;
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
  const names = tokenTable(token) === TableId.MethodDef ? parameterNames(metadata, token as MethodDefToken) : new Map<number, string>();
  const parameters = signature.parameterTypes.map((type, index) => {
    const name = names.get(index + 1);
    return name ? `${typeText(metadata, type)} ${name}` : typeText(metadata, type);
  });
  if ((signature.header & 0xf) === CallingConvention.VarArg) parameters.splice(signature.requiredParameterCount, 0, '__arglist');
  const instance = signature.header & SignatureFlags.HasThis ? '' : 'static ';
  const name = `${methodFullName(metadata, token)}${genericSuffix(signature.genericParameterCount)}`;
  return `${instance}${typeText(metadata, signature.returnType)} ${name}(${parameters.join(', ')})`;
}
