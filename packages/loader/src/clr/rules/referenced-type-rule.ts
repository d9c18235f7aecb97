import { ifReadable } from '@ijw/binary';
import {
  type AssemblyRefToken,
  isNilToken,
  type Metadata,
  TableId,
  type Token,
  type TypeRefToken,
  tokenRid,
  tokenTable,
  typeFullName,
} from '@ijw/metadata';
import { parseAssemblyIdentity, referencedAssembly, type Unresolved } from '@ijw/metadata/resolution';
import { clrRefusals, typeLoadException } from '../../load/clr-error.ts';
import type { ClrException } from '../../load/load-refusal.ts';
import { assemblyDisplayName } from '../image/assembly-image.ts';
import { isFrameworkAssembly, type References } from '../image/referenced-assemblies.ts';
import { couldNotLoadType } from './type-rules.ts';

const MODULE_TYPE = '<Module>';
/** The greatest nesting of types; a longer chain is a loop. */
const NESTING_LIMIT = 100;

/**
 * The error for a reference to a missing type, as far as the given assemblies show it; `undefined` if the type exists or may exist: assemblies
 * of the runtime itself are assumed to exist. `<Module>` of another assembly cannot be referred to.
 */
export function referencedTypeProblem(references: References, metadata: Metadata, type: Token): ClrException | undefined {
  const found = references.resolver.type(metadata, type);
  if (found.kind === 'unresolved') return unresolvedProblem(references, metadata, type, found);
  const isForeignModule = found.metadata !== metadata && tokenRid(found.token) === 1;
  return isForeignModule ? typeNotFound(references, metadata, type, MODULE_TYPE) : undefined;
}

function unresolvedProblem(
  references: References,
  metadata: Metadata,
  type: Token,
  { reason, name }: Unresolved,
): ClrException | undefined {
  switch (reason) {
    case 'assemblyNotFound':
      return assemblyProblem(references, name);
    case 'typeNotFound':
    case 'loop':
      return typeNotFound(references, metadata, type, typeFullName(metadata, type));
    default:
      return undefined;
  }
}

/** A missing assembly, or one whose file is not an assembly. `displayName` is that of the reference. */
export function assemblyProblem({ unreadable }: References, displayName: string): ClrException | undefined {
  const identity = parseAssemblyIdentity(displayName);
  if (isFrameworkAssembly(identity)) return undefined;
  const path = unreadable(identity.name);
  return path === undefined ? clrRefusals.assemblyNotFound(displayName) : clrRefusals.assemblyUnreadable(displayName, path);
}

/** The runtime names the assembly of the reference, wherever that forwards the type to. */
function typeNotFound({ resolver }: References, metadata: Metadata, type: Token, name: string): ClrException | undefined {
  const scope = assemblyOf(metadata, type);
  const assembly = scope && resolver.types.assembly(referencedAssembly(metadata, scope), metadata);
  const displayName = assembly && ifReadable(() => assemblyDisplayName(assembly));
  return displayName === undefined ? undefined : typeLoadException(`${couldNotLoadType(name, displayName)}.`);
}

/** The assembly that a TypeRef names, through the types that it is nested in. */
function assemblyOf({ tables: { TypeRef } }: Metadata, type: Token): AssemblyRefToken | undefined {
  let current = type;
  for (let depth = 0; depth < NESTING_LIMIT && tokenTable(current) === TableId.TypeRef && !isNilToken(current); depth++)
    current = TypeRef.column('ResolutionScope').token(tokenRid(current as TypeRefToken));
  return tokenTable(current) === TableId.AssemblyRef && !isNilToken(current) ? (current as AssemblyRefToken) : undefined;
}
