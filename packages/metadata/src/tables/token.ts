import { UsageError } from '@ijw/binary';
import { TableId, type TableName, type TableNameOf } from './table-id.ts';

declare const table: unique symbol;

/** A metadata token (ECMA-335 II.22, III.1.9): table number in the top byte, row number below. A row number of 0 is nil. */
export type TokenOf<N extends TableName> = number & { readonly [table]: N };
export type Token = TokenOf<TableName>;

export type ModuleToken = TokenOf<'Module'>;
export type TypeRefToken = TokenOf<'TypeRef'>;
export type TypeDefToken = TokenOf<'TypeDef'>;
export type FieldToken = TokenOf<'Field'>;
export type MethodDefToken = TokenOf<'MethodDef'>;
export type ParamToken = TokenOf<'Param'>;
export type MemberRefToken = TokenOf<'MemberRef'>;
export type StandAloneSigToken = TokenOf<'StandAloneSig'>;
export type EventToken = TokenOf<'Event'>;
export type PropertyToken = TokenOf<'Property'>;
export type ModuleRefToken = TokenOf<'ModuleRef'>;
export type TypeSpecToken = TokenOf<'TypeSpec'>;
export type AssemblyToken = TokenOf<'Assembly'>;
export type AssemblyRefToken = TokenOf<'AssemblyRef'>;
export type FileToken = TokenOf<'File'>;
export type ExportedTypeToken = TokenOf<'ExportedType'>;
export type ManifestResourceToken = TokenOf<'ManifestResource'>;
export type GenericParamToken = TokenOf<'GenericParam'>;
export type MethodSpecToken = TokenOf<'MethodSpec'>;
export type TypeDefOrRefToken = TokenOf<'TypeDef' | 'TypeRef' | 'TypeSpec'>;

/** The nil token. A coded index of row 0 decodes to it whatever its tag. */
export const nilToken = 0 as Token;

/** The top byte of a token into the #US heap, as `ldstr` carries it: no table's number (ECMA-335 III.4.16). */
export const UserStringTokenTag = 0x70;

/** @throws UsageError when the row number does not fit 24 bits */
export function makeToken<Id extends TableId>(id: Id, rid: number): TokenOf<TableNameOf<Id>> {
  if (!(rid >= 0 && rid <= 0xffffff)) throw new UsageError(`${rid} is not a row number (0 to 0xffffff)`);
  return ((id << 24) | rid) as TokenOf<TableNameOf<Id>>;
}

/** The number of the token's table, also of tokens whose table does not exist (`tableNameOf` tells). */
export const tokenTable = (token: number): number => token >>> 24;

export const tokenRid = (token: number): number => token & 0xffffff;

export const isNilToken = (token: number): boolean => (token & 0xffffff) === 0;

/** Whether a token is one of the named table; narrows its type. */
export const isTokenOf = <N extends TableName>(token: number, name: N): token is TokenOf<N> => token >>> 24 === TableId[name];
