import { BadImageError, hex } from '@ijw/binary';
import { type CellText, cellText } from '../canonical/cell-text.ts';
import type { TokenText } from '../canonical/token-text.ts';
import type { Metadata } from '../metadata.ts';
import { fieldFullName, methodFullName } from '../names/method-full-name.ts';
import { typeFullName } from '../names/type-full-name.ts';
import { securityActionName } from '../security/security-action.ts';
import type { Column } from '../tables/column.ts';
import { TableId } from '../tables/table-id.ts';
import { type FieldToken, type Token, tokenRid, tokenTable } from '../tables/token.ts';
import { attributeArgumentWords, attributeTypeWords } from './attribute-words.ts';
import { flagColumn } from './flag-words.ts';
import { signatureWords } from './signature-words.ts';

/** The name of a token's row, as C# writes it; `undefined` for a table whose rows have no such name. */
function tokenWords(metadata: Metadata, token: Token): string | undefined {
  if (tokenRid(token) === 0) return '-';
  switch (tokenTable(token)) {
    case TableId.TypeDef:
    case TableId.TypeRef:
    case TableId.TypeSpec:
    case TableId.ExportedType:
      return typeFullName(metadata, token);
    case TableId.MethodDef:
    case TableId.MemberRef:
    case TableId.MethodSpec:
      return methodFullName(metadata, token);
    case TableId.Module:
      return 'module';
    case TableId.Field:
      return fieldFullName(metadata, token as FieldToken);
    default:
      return undefined;
  }
}

/** The reader of the columns that have words; it may throw `BadImageError`. `undefined` for the others. */
function wordsOf(column: Column, metadata: Metadata): ((rid: number) => string | undefined) | undefined {
  const { table, name, kind } = column;
  if (table === 'CustomAttribute' && name === 'Type') return (rid) => attributeTypeWords(metadata, rid);
  if (table === 'CustomAttribute' && name === 'Value') return (rid) => attributeArgumentWords(metadata, rid);
  if (table === 'DeclSecurity' && name === 'Action') return (rid) => securityActionName(column.at(rid));
  const flags = flagColumn(table, name);
  if (flags !== undefined) return (rid) => flags(column.at(rid));
  switch (kind.kind) {
    case 'string':
      return (rid) => metadata.strings.get(column.at(rid));
    case 'u16':
    case 'u32':
      return /RVA|Offset/.test(name) ? (rid) => hex(column.at(rid)) : (rid) => String(column.at(rid));
    case 'run':
      return (rid) => String(column.at(rid));
    case 'blob': {
      const isSignature =
        table === 'TypeSpec' ||
        table === 'MethodSpec' ||
        (name === 'Signature' && table !== 'LocalConstant') ||
        (table === 'Property' && name === 'Type');
      return isSignature ? (rid) => signatureWords(metadata, column.at(rid), table === 'TypeSpec') : undefined;
    }
    case 'table':
    case 'coded':
      return (rid) => tokenWords(metadata, column.token(rid));
    default:
      return undefined;
  }
}

/**
 * The reader of a column's cells as a person reads them: names of flags, signatures as C# writes them, attributes by type and value. A cell that has no words, or cannot be read, is
 * as `cellText` gives it.
 */
export function cellWords(column: Column, metadata: Metadata, text: TokenText): CellText {
  const canonical = cellText(column, text);
  const words = wordsOf(column, metadata);
  if (words === undefined) return canonical;
  return (rid) => {
    try {
      return words(rid) ?? canonical(rid);
    } catch (error) {
      if (!(error instanceof BadImageError)) throw error;
      // A value's bytes do not say by themselves what is wrong with them.
      return column.name === 'Value' ? `${canonical(rid)} (${error.message} at ${hex(error.offset)})` : canonical(rid);
    }
  };
}
