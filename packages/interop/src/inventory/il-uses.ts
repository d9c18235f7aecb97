import { BadImageError } from '@ijw/binary';
import { InstructionCursor, MethodBodySource, methodsWithCode, OpCodes } from '@ijw/il';
import { isTokenOf, type MethodDefToken, tokenRid } from '@ijw/metadata';
import { isUnmanagedConvention } from './convention-uses.ts';
import { MethodRoles, namesMethod, Role } from './il-roles.ts';
import type { CodeSite } from './interop-inventory.ts';
import type { InteropModule } from './interop-module.ts';

/** Instructions that matter to interop, found in one pass over all IL. */
export interface ILUses {
  readonly unmanagedCalls: readonly CodeSite[];
  readonly comWrappersRegistrations: readonly CodeSite[];
  readonly dynamicCalls: readonly CodeSite[];
  /** The P/Invokes that a method calls, by the method. */
  readonly innerCalls: ReadonlyMap<MethodDefToken, readonly MethodDefToken[]>;
}

const CALLI = OpCodes.calli.index;

/** 1 by row of StandAloneSig for a signature with an unmanaged convention. */
function unmanagedSignatures(module: InteropModule): Uint8Array {
  const rows = new Uint8Array(module.metadata.tables.StandAloneSig.rowCount + 1);
  for (const { place, header } of module.signatures.callSites) if (isUnmanagedConvention(header)) rows[tokenRid(place)] = 1;
  return rows;
}

/** Reads the IL of an image once; nothing for metadata that stands alone. */
export function readILUses(module: InteropModule): ILUses {
  const { image, metadata } = module;
  const uses = {
    unmanagedCalls: [] as CodeSite[],
    comWrappersRegistrations: [] as CodeSite[],
    dynamicCalls: [] as CodeSite[],
    innerCalls: new Map<MethodDefToken, MethodDefToken[]>(),
  };
  if (image === undefined) return uses;
  const roles = new MethodRoles(module);
  const unmanaged = unmanagedSignatures(module);
  const source = new MethodBodySource(image);
  const cursor = new InstructionCursor(new Uint8Array(0));
  for (const method of methodsWithCode(metadata)) {
    const body = method.isIL ? source.attempt(method.rva, method.token) : undefined;
    if (body === undefined || body instanceof BadImageError) continue;
    const site = (): CodeSite => ({ token: method.token, method: module.methodName(method.token), offset: cursor.offset });
    cursor.reset(body.bytes, body.codeStart, body.codeEnd);
    while (cursor.moveNext()) {
      const { index } = cursor;
      if (index === CALLI) {
        const token = cursor.uint32;
        if (isTokenOf(token, 'StandAloneSig') && unmanaged[tokenRid(token)]) uses.unmanagedCalls.push(site());
      } else if (index >= 0 && namesMethod[index]) {
        const token = cursor.uint32;
        const role = roles.of(token);
        if (role === 0) continue;
        if (role & Role.registerComWrappers) uses.comWrappersRegistrations.push(site());
        if (role & Role.dynamicBinder) uses.dynamicCalls.push(site());
        if (role & Role.platformInvoke && isTokenOf(token, 'MethodDef')) {
          const inner = uses.innerCalls.get(method.token);
          if (inner === undefined) uses.innerCalls.set(method.token, [token]);
          else inner.push(token);
        }
      }
    }
  }
  return uses;
}
