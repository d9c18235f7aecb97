import { ifReadable } from '@ijw/binary';
import { isTokenOf, MethodAttributes, makeToken, TableId, TypeAttributes, tokenRid } from '@ijw/metadata';
import { simpleName } from './convention-uses.ts';
import type { InteropAttribute } from './interop-attributes.ts';
import type { ComImportType, ComWrappersType, NamedType } from './interop-inventory.ts';
import type { InteropModule } from './interop-module.ts';

const COM_WRAPPERS = 'System.Runtime.InteropServices.ComWrappers';
const CASTABLE = 'System.Runtime.InteropServices.IDynamicInterfaceCastable';
const OVERRIDABLE = ['ComputeVtables', 'CreateObject', 'ReleaseObjects'];

/** ComInterfaceType. */
const interfaceTypes: Readonly<Record<number, string>> = { 0: 'dual', 1: 'IUnknown', 2: 'IDispatch', 3: 'IInspectable' };

/** Types with an attribute. */
export const typesWith = (module: InteropModule, attribute: InteropAttribute): readonly NamedType[] =>
  module.attributes
    .all(attribute)
    .flatMap(({ parent }) => (isTokenOf(parent, 'TypeDef') ? { token: parent, type: module.typeName(parent) } : []));

/** Subclasses of ComWrappers in the module, those of other subclasses too. */
export function readComWrappers(module: InteropModule): readonly ComWrappersType[] {
  const found: ComWrappersType[] = [];
  module.eachType((token) => {
    const bases = module.baseNames(token);
    const [base] = bases;
    if (base === undefined || !bases.includes(COM_WRAPPERS)) return;
    found.push({ token, type: module.typeName(token), base, overrides: overridesOf(module, token) });
  });
  return found;
}

function overridesOf(module: InteropModule, type: NamedType['token']): readonly string[] {
  const { MethodDef } = module.metadata.tables;
  const names = new Set<string>();
  for (const method of module.methodsOf(type)) {
    const flags = MethodDef.get(tokenRid(method), 'Flags');
    const overrides = (flags & MethodAttributes.Virtual) !== 0 && (flags & MethodAttributes.NewSlot) === 0;
    if (overrides) names.add(module.metadata.strings.get(MethodDef.get(tokenRid(method), 'Name')));
  }
  return OVERRIDABLE.filter((name) => names.has(name));
}

/** Types that name IDynamicInterfaceCastable among their interfaces. */
export function readCastableTypes(module: InteropModule): readonly NamedType[] {
  const { InterfaceImpl } = module.metadata.tables;
  const [type, implemented] = [InterfaceImpl.column('Class'), InterfaceImpl.column('Interface')];
  const found = new Set<NamedType['token']>();
  for (let rid = 1; rid <= InterfaceImpl.rowCount; rid++) {
    const token = implemented.tokenOrBad(rid);
    if (token !== -1 && module.typeName(token) === CASTABLE && module.metadata.tables.TypeDef.has(type.at(rid)))
      found.add(makeToken(TableId.TypeDef, type.at(rid)));
  }
  return [...found].sort((one, other) => one - other).map((token) => ({ token, type: module.typeName(token) }));
}

/** Types with the `tdImport` flag (ECMA-335 II.23.1.15). */
export function readComImports(module: InteropModule): readonly ComImportType[] {
  const found: ComImportType[] = [];
  const dispIds = memberDispIds(module);
  module.eachType((token) => {
    if ((module.metadata.tables.TypeDef.get(tokenRid(token), 'Flags') & TypeAttributes.Import) === 0) return;
    const argument = (attribute: InteropAttribute) =>
      module.attributes.value(module.attributes.find(attribute, token))?.fixedArguments[0]?.value;
    const [guid, kind, coClass] = [argument('guid'), argument('interfaceType'), argument('coClass')];
    found.push({
      token,
      type: module.typeName(token),
      ...(typeof guid === 'string' && { guid }),
      ...(typeof kind === 'number' && { interfaceType: interfaceTypes[kind] ?? String(kind) }),
      ...(typeof coClass === 'string' && { coClass: simpleName(coClass) }),
      dispIds: dispIds.get(token) ?? 0,
    });
  });
  return found;
}

function memberDispIds(module: InteropModule): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { parent } of module.attributes.all('dispId')) {
    if (!isTokenOf(parent, 'MethodDef') && !isTokenOf(parent, 'Property')) continue;
    const type = ifReadable(() => module.metadata.declaringType(parent));
    if (type !== undefined) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return counts;
}
