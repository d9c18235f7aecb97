import { targetFramework } from '../attributes/target-framework.ts';
import type { Metadata } from '../metadata.ts';
import { type AssemblyIdentity, formatAssemblyIdentity } from '../resolution/assembly-identity.ts';
import { assemblyIdentity, referencedAssembly } from '../resolution/assembly-references.ts';
import { TableId } from '../tables/table-id.ts';
import { type AssemblyRefToken, type AssemblyToken, makeToken, tokenRid } from '../tables/token.ts';
import { type CustomAttribute, customAttributes } from './custom-attribute.ts';
import { type SecurityDeclaration, securityDeclarations } from './security-declaration.ts';

/** A row of AssemblyRef (ECMA-335 II.22.5). Getters read when asked and throw `BadImageError`. */
export class AssemblyReference {
  readonly metadata: Metadata;
  readonly token: AssemblyRefToken;

  constructor(metadata: Metadata, token: AssemblyRefToken) {
    this.metadata = metadata;
    this.token = token;
  }

  get identity(): AssemblyIdentity {
    return referencedAssembly(this.metadata, this.token);
  }

  /** `AssemblyFlags`. */
  get flags(): number {
    return this.metadata.tables.AssemblyRef.get(tokenRid(this.token), 'Flags');
  }

  get customAttributes(): CustomAttribute[] {
    return customAttributes(this.metadata, this.token);
  }
}

/** The row of Assembly (ECMA-335 II.22.2). Getters read when asked and throw `BadImageError`. */
export class AssemblyDefinition {
  readonly metadata: Metadata;
  readonly token: AssemblyToken = makeToken(TableId.Assembly, 1);

  private constructor(metadata: Metadata) {
    this.metadata = metadata;
  }

  /** The assembly that a module is the manifest of; `undefined` for a netmodule and a portable PDB. */
  static of(metadata: Metadata): AssemblyDefinition | undefined {
    return metadata.tables.Assembly.rowCount === 0 ? undefined : new AssemblyDefinition(metadata);
  }

  get identity(): AssemblyIdentity {
    return assemblyIdentity(this.metadata)!;
  }

  /** `Name, Version=1.2.3.4, Culture=neutral, PublicKeyToken=null`. */
  get displayName(): string {
    return formatAssemblyIdentity(this.identity);
  }

  /** `AssemblyFlags`. */
  get flags(): number {
    return this.metadata.tables.Assembly.get(1, 'Flags');
  }

  /** `AssemblyHashAlgorithm`. */
  get hashAlgorithm(): number {
    return this.metadata.tables.Assembly.get(1, 'HashAlgId');
  }

  /** Empty if it has none. */
  get publicKey(): Uint8Array {
    return this.metadata.blobs.get(this.metadata.tables.Assembly.get(1, 'PublicKey'));
  }

  /** `.NETCoreApp,Version=v8.0`. */
  get targetFramework(): string | undefined {
    return targetFramework(this.metadata);
  }

  get references(): AssemblyReference[] {
    const { rowCount } = this.metadata.tables.AssemblyRef;
    return Array.from({ length: rowCount }, (_, index) => new AssemblyReference(this.metadata, makeToken(TableId.AssemblyRef, index + 1)));
  }

  get customAttributes(): CustomAttribute[] {
    return customAttributes(this.metadata, this.token);
  }

  get securityDeclarations(): SecurityDeclaration[] {
    return securityDeclarations(this.metadata, this.token);
  }
}
