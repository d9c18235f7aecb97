import { ifReadable } from '@ijw/binary';
import { AssemblyFlags, type Metadata, makeToken, TableId, tableNameOf, tokenRid, tokenTable, typeFullName } from '@ijw/metadata';
import { badImageFormat, clrException, clrRefusals, HResult, indexNotFound, typeLoadException, withCode } from '../../load/clr-error.ts';
import type { ClrException } from '../../load/load-refusal.ts';
import type { References } from '../image/referenced-assemblies.ts';
import { isPublicKey } from './assembly-identity-rules.ts';
import { referencedTypeProblem } from './referenced-type-rule.ts';
import { couldNotLoadType } from './type-rules.ts';

export interface TypeReferenceProblem {
  readonly rule: string;
  readonly exception: ClrException;
}

/** Where a reference is: what messages call the assembly and the file. */
interface Referrer {
  readonly metadata: Metadata;
  readonly displayName: string;
  readonly file: string | undefined;
}

/**
 * The error of the TypeRef that a type extends (`ClassLoader::LoadTypeDefOrRefThrowing`, vm/clsload.cpp), as far as the image itself and the given
 * assemblies show it. Types of other assemblies are assumed to exist.
 */
export function parentReferenceProblem(
  referrer: Referrer,
  type: number,
  references: References | undefined,
): TypeReferenceProblem | undefined {
  const { metadata } = referrer;
  const parent = ifReadable(() => metadata.tables.TypeDef.column('Extends').token(type));
  if (parent === undefined || tokenTable(parent) !== TableId.TypeRef || !metadata.tables.TypeRef.has(tokenRid(parent))) return undefined;
  const own = referenceProblem(referrer, tokenRid(parent));
  if (own || !references) return own;
  const exception = ifReadable(() => referencedTypeProblem(references, metadata, parent));
  return exception && { rule: 'referencedType', exception };
}

function referenceProblem({ metadata, displayName, file }: Referrer, rid: number): TypeReferenceProblem | undefined {
  const notLoaded = (name: string): TypeReferenceProblem => ({
    rule: 'typeReference',
    exception: typeLoadException(`${couldNotLoadType(name, displayName)}.`),
  });
  const name = ifReadable(() => ownName(metadata, rid));
  if (name === undefined) return notLoaded('Invalid TypeRef record.Invalid TypeRef record');
  const scope = ifReadable(() => metadata.tables.TypeRef.column('ResolutionScope').token(rid));
  if (scope === undefined || tokenRid(scope) === 0) return notLoaded(name);
  const table = tableNameOf(tokenTable(scope))!;
  if (!metadata.tables[table].has(tokenRid(scope))) {
    const where = file === undefined ? '' : ` The format of the file '${file}' is invalid.`;
    return { rule: 'resolutionScope', exception: badImageFormat(`Invalid Typeref token.${where}`) };
  }
  if (table === 'Module') return hasType(metadata, name) ? undefined : notLoaded(name);
  if (scope === makeToken(TableId.TypeRef, rid)) return { rule: 'resolutionScope', exception: badImageFormat('Invalid token type.') };
  return table === 'AssemblyRef' ? assemblyReferenceProblem(metadata, tokenRid(scope)) : undefined;
}

/** Without the types that it is nested in: those are looked for first. */
function ownName(metadata: Metadata, rid: number): string {
  const { Namespace, Name } = metadata.tables.TypeRef.row(rid);
  return [metadata.strings.get(Namespace), metadata.strings.get(Name)].filter((part) => part !== '').join('.');
}

function hasType(metadata: Metadata, name: string): boolean {
  const { TypeDef } = metadata.tables;
  for (let rid = 1; rid <= TypeDef.rowCount; rid++)
    if (ifReadable(() => typeFullName(metadata, makeToken(TableId.TypeDef, rid))) === name) return true;
  return false;
}

const NOT_SUPPORTED = clrException(
  'PlatformNotSupportedException',
  HResult.COR_E_PLATFORMNOTSUPPORTED,
  withCode('Operation is not supported on this platform.', HResult.COR_E_PLATFORMNOTSUPPORTED),
);

function assemblyReferenceProblem(metadata: Metadata, rid: number): TypeReferenceProblem | undefined {
  const row = metadata.tables.AssemblyRef.row(rid);
  const key = ifReadable(() => {
    metadata.strings.get(row.Name);
    return metadata.blobs.get(row.PublicKeyOrToken);
  });
  if (!key) return { rule: 'assemblyReference', exception: indexNotFound() };
  if (row.Flags & AssemblyFlags.PublicKey && !isPublicKey(key))
    return { rule: 'assemblyReference', exception: clrRefusals.invalidPublicKey() };
  return (row.Flags & AssemblyFlags.ContentTypeMask) === AssemblyFlags.WindowsRuntime
    ? { rule: 'assemblyReference', exception: NOT_SUPPORTED }
    : undefined;
}
