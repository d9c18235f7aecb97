import { isTokenOf } from '@ijw/metadata';
import type { ILUses } from './il-uses.ts';
import type { LibraryImport } from './interop-inventory.ts';
import type { InteropModule } from './interop-module.ts';

/** Pairs every LibraryImport method with the P/Invoke that its generated body calls. */
export function readLibraryImports(module: InteropModule, { innerCalls }: ILUses): readonly LibraryImport[] {
  const attributes = module.attributes.all('libraryImport');
  if (attributes.length === 0) return [];
  const byToken = new Map(module.platformInvokes.map((method) => [method.token, method]));
  const imports: LibraryImport[] = [];
  for (const { rid, parent } of attributes) {
    if (!isTokenOf(parent, 'MethodDef')) continue;
    const bare = byToken.get(parent);
    const inner =
      bare ??
      innerCalls
        .get(parent)
        ?.map((token) => byToken.get(token))
        .find((method) => method?.name.includes('__PInvoke'));
    const library = module.attributes.value(rid)?.fixedArguments[0]?.value;
    const name = inner?.mapping?.moduleName ?? (typeof library === 'string' ? library : undefined);
    imports.push({
      token: parent,
      method: module.methodName(parent),
      ...(name !== undefined && { module: name }),
      ...(inner?.mapping && { entryPoint: inner.mapping.entryPoint }),
      ...(inner !== undefined && inner !== bare && { inner: { token: inner.token, method: inner.fullName } }),
    });
  }
  return imports;
}
