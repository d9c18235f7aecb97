import { hexBytes } from '@ijw/binary';
import type { Metadata } from '../metadata.ts';
import type { Row } from '../tables/table.ts';
import { type AssemblyRefToken, tokenRid } from '../tables/token.ts';
import { type AssemblyIdentity, type AssemblyVersion, publicKeyToken } from './assembly-identity.ts';

/** ECMA-335 II.23.1.2 `afPublicKey`: the blob of a reference is the whole key. */
const WHOLE_PUBLIC_KEY = 0x0001;

const versionOf = ({ Major, Minor, Build, Revision }: Row<'Assembly' | 'AssemblyRef'>): AssemblyVersion => ({
  major: Major,
  minor: Minor,
  build: Build,
  revision: Revision,
});

/** The identity in a module's Assembly row; `undefined` for a module without a manifest, and for a portable PDB. Throws `BadImageError`. */
export function assemblyIdentity(metadata: Metadata): AssemblyIdentity | undefined {
  if (metadata.tables.Assembly.rowCount === 0) return undefined;
  const row = metadata.tables.Assembly.row(1);
  return {
    name: metadata.strings.get(row.Name),
    version: versionOf(row),
    culture: metadata.strings.get(row.Culture),
    publicKeyToken: publicKeyToken(metadata.blobs.get(row.PublicKey)),
  };
}

/** The assembly that a row of AssemblyRef refers to. Throws `BadImageError`. */
export function referencedAssembly(metadata: Metadata, token: AssemblyRefToken): AssemblyIdentity {
  const row = metadata.tables.AssemblyRef.row(tokenRid(token));
  const key = metadata.blobs.get(row.PublicKeyOrToken);
  return {
    name: metadata.strings.get(row.Name),
    version: versionOf(row),
    culture: metadata.strings.get(row.Culture),
    publicKeyToken: row.Flags & WHOLE_PUBLIC_KEY ? publicKeyToken(key) : hexBytes(key),
  };
}
