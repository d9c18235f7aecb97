import { ifReadable } from '@ijw/binary';
import { isTokenOf, type MethodDefToken, TableId, type Token, tokenRid, tokenTable } from '@ijw/metadata';
import type { LintContext } from './lint-context.ts';

/** A method that an instruction names. */
export interface Callee {
  /** Where the method is of this module. */
  readonly definition?: MethodDefToken;
  readonly name: string;
  /** Full name of its type; empty where the type is a constructed one that cannot be read. */
  readonly type: string;
}

/** The method behind a MethodDef, MemberRef or MethodSpec token; `undefined` where the token names none. */
export function calleeOf(context: LintContext, token: number): Callee | undefined {
  const { metadata, module, roles } = context;
  const { MethodDef, MemberRef } = metadata.tables;
  const rid = tokenRid(token);
  switch (tokenTable(token)) {
    case TableId.MethodSpec: {
      const method = roles.genericMethod(token);
      return method === undefined ? undefined : calleeOf(context, method);
    }
    case TableId.MethodDef:
      return ifReadable(() => ({
        definition: token as MethodDefToken,
        name: metadata.strings.get(MethodDef.get(rid, 'Name')),
        type: module.typeName(metadata.declaringType(token as MethodDefToken)),
      }));
    case TableId.MemberRef:
      return ifReadable(() => {
        const parent: Token = MemberRef.column('Class').token(rid);
        const isMethod = isTokenOf(parent, 'MethodDef');
        return { name: metadata.strings.get(MemberRef.get(rid, 'Name')), type: isMethod ? '' : module.typeName(parent) };
      });
    default:
      return undefined;
  }
}
