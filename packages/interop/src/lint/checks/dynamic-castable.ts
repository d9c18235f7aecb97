// dotnet/runtime `docs/design/features/IDynamicInterfaceCastable.md`; rules CA2256 and CA2257 of the .NET analyzers.

import { isTokenOf, MethodAttributes, type MethodDefToken, TypeAttributes, type TypeDefToken, tokenRid } from '@ijw/metadata';
import type { TableCheck } from '../context/check.ts';
import type { LintContext } from '../context/lint-context.ts';

/** No real program has interfaces that inherit more. */
const MAX_INTERFACES = 1000;

/** The interfaces of the module that a type inherits, directly or not, itself left out. */
function inheritedInterfaces({ module }: LintContext, type: TypeDefToken): readonly TypeDefToken[] {
  const found = new Set<TypeDefToken>();
  const pending: TypeDefToken[] = [type];
  for (let current = pending.pop(); current !== undefined && found.size < MAX_INTERFACES; current = pending.pop()) {
    for (const token of module.interfacesOf(current)) {
      if (!isTokenOf(token, 'TypeDef') || token === type || found.has(token)) continue;
      found.add(token);
      pending.push(token);
    }
  }
  return [...found];
}

/** Methods that MethodImpl rows of a type give a body to. */
function implemented({ module, metadata }: LintContext, type: TypeDefToken): ReadonlySet<number> {
  const column = metadata.tables.MethodImpl.column('MethodDeclaration');
  const declarations = new Set<number>();
  for (const row of metadata.methodImplsOf(tokenRid(type))) {
    const token = column.tokenOrBad(row);
    if (token !== -1) declarations.add(isTokenOf(token, 'MemberRef') ? (ownMethod({ module, metadata }, token) ?? token) : token);
  }
  return declarations;
}

/** The definition in this module that a MemberRef of a type of this module names. */
function ownMethod({ module, metadata }: Pick<LintContext, 'module' | 'metadata'>, token: number): MethodDefToken | undefined {
  const { MemberRef, MethodDef } = metadata.tables;
  const parent = MemberRef.column('Class').tokenOrBad(tokenRid(token));
  if (parent === -1 || !isTokenOf(parent, 'TypeDef')) return undefined;
  const name = MemberRef.get(tokenRid(token), 'Name');
  return module.methodsOf(parent).find((method) => sameString(metadata, MethodDef.get(tokenRid(method), 'Name'), name));
}

const sameString = (metadata: LintContext['metadata'], one: number, other: number): boolean =>
  one === other || metadata.strings.get(one) === metadata.strings.get(other);

function checkInterface(context: LintContext, type: TypeDefToken): void {
  const { metadata, module } = context;
  const { MethodDef } = metadata.tables;
  const flagsOf = (method: MethodDefToken): number => MethodDef.get(tokenRid(method), 'Flags');
  const interfaces = inheritedInterfaces(context, type);
  const bodies = new Set(interfaces.flatMap((inherited) => [...implemented(context, inherited)]).concat([...implemented(context, type)]));
  for (const inherited of interfaces) {
    for (const method of module.methodsOf(inherited)) {
      const isBodiless = (flagsOf(method) & MethodAttributes.Abstract) !== 0 && !bodies.has(method);
      if (isBodiless) context.report('NI056', { token: type, values: { member: module.methodName(method) } });
    }
  }
  const bodyOf = metadata.tables.MethodImpl.column('MethodBody');
  const overriding = new Set([...metadata.methodImplsOf(tokenRid(type))].map((row) => bodyOf.tokenOrBad(row)));
  for (const method of module.methodsOf(type)) {
    const flags = flagsOf(method);
    const isNew = (flags & MethodAttributes.Virtual) !== 0 && (flags & MethodAttributes.Static) === 0 && !overriding.has(method);
    if (isNew) context.report('NI057', { token: type, values: { member: module.methodName(method) } });
  }
}

/** NI055, NI056, NI057: types with DynamicInterfaceCastableImplementationAttribute. */
export const dynamicCastable: TableCheck = {
  rules: ['NI055', 'NI056', 'NI057'],
  run(context) {
    const { module, metadata } = context;
    const types = new Set(module.attributes.all('dynamicInterfaceCastableImplementation').map(({ parent }) => parent));
    for (const parent of types) {
      if (!isTokenOf(parent, 'TypeDef')) continue;
      module.diagnostics.attempt(() => {
        const isInterface = (metadata.tables.TypeDef.get(tokenRid(parent), 'Flags') & TypeAttributes.Interface) !== 0;
        if (isInterface) checkInterface(context, parent);
        else context.report('NI055', { token: parent });
      }, parent);
    }
  },
};
