import type { Metadata } from '../metadata.ts';
import { type FieldToken, isNilToken, type MethodDefToken, type ModuleRefToken, tokenRid } from '../tables/token.ts';

/** A row of ImplMap (ECMA-335 II.22.22): how a method reaches unmanaged code. */
export interface PlatformInvoke {
  readonly rid: number;
  /** `PInvokeAttributes`. */
  readonly flags: number;
  /** Empty where the compiler left it so: C++/CLI gives the address (RVA) of the native function instead. */
  readonly entryPoint: string;
  /** Nil where the row names no module. */
  readonly module: ModuleRefToken;
  readonly moduleName: string | undefined;
}

/** The ImplMap row of a method (or field); `undefined` where it has none. Throws `BadImageError`. */
export function platformInvokeOf(metadata: Metadata, member: MethodDefToken | FieldToken): PlatformInvoke | undefined {
  const rid = metadata.findImplMap(member);
  if (rid === undefined) return undefined;
  const { ImplMap, ModuleRef } = metadata.tables;
  const module = ImplMap.column('ImportScope').token(rid) as ModuleRefToken;
  return {
    rid,
    flags: ImplMap.get(rid, 'MappingFlags'),
    entryPoint: metadata.strings.get(ImplMap.get(rid, 'ImportName')),
    module,
    moduleName: isNilToken(module) ? undefined : metadata.strings.get(ModuleRef.get(tokenRid(module), 'Name')),
  };
}

/** The `PInvokeAttributes` of a method's ImplMap row; `undefined` where it has none. @throws BadImageError */
export function platformInvokeFlags(metadata: Metadata, method: MethodDefToken): number | undefined {
  const rid = metadata.findImplMap(method);
  return rid === undefined ? undefined : metadata.tables.ImplMap.get(rid, 'MappingFlags');
}
