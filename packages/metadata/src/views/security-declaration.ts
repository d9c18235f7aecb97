import { attributeDecoderOf } from '../attributes/find-custom-attribute.ts';
import type { Metadata } from '../metadata.ts';
import { type PermissionSet, readPermissionSet } from '../security/permission-set.ts';
import { type SecurityActionName, securityActionName } from '../security/security-action.ts';
import type { Token } from '../tables/token.ts';

/** A row of DeclSecurity (ECMA-335 II.22.11). */
export interface SecurityDeclaration {
  readonly rid: number;
  readonly action: number;
  /** `undefined` for a number that no runtime defines. */
  readonly actionName: SecurityActionName | undefined;
  readonly permissionSet: PermissionSet;
}

/** The security declarations of a type, a method or the assembly. Throws `BadImageError`. */
export function securityDeclarations(metadata: Metadata, parent: Token): SecurityDeclaration[] {
  const { DeclSecurity } = metadata.tables;
  const decoder = attributeDecoderOf(metadata);
  return Array.from(metadata.declSecuritiesOf(parent), (rid) => {
    const action = DeclSecurity.get(rid, 'Action');
    const blob = metadata.blobs.reader(DeclSecurity.get(rid, 'PermissionSet'), 'a permission set');
    return { rid, action, actionName: securityActionName(action), permissionSet: readPermissionSet(blob, decoder.context) };
  });
}
