import { strip } from '@ijw/marshalling';
import {
  isTokenOf,
  MethodAttributes,
  MethodImplAttributes,
  makeToken,
  PInvokeAttributes,
  TableId,
  TypeAttributes,
  type TypeDefToken,
  tokenRid,
} from '@ijw/metadata';
import { CallingConvention, SignatureFlags } from '@ijw/metadata/signatures';
import { simpleName } from '../../inventory/convention-uses.ts';
import type { PlatformInvokeMethod } from '../../inventory/platform-invoke-method.ts';
import type { TableCheck } from '../context/check.ts';
import type { LintContext } from '../context/lint-context.ts';

/** Types nested deeper than this are a loop. */
const MAX_NESTING = 100;

/** Marked PInvokeImpl, and nothing says what it is bound to. */
const isUnmapped = ({ kind, flags }: PlatformInvokeMethod): boolean => kind === 'internalCall' && has(flags, MethodAttributes.PInvokeImpl);

const has = (value: number, mask: number): boolean => (value & mask) !== 0;

const visibleTypes: ReadonlySet<number> = new Set([
  TypeAttributes.Public,
  TypeAttributes.NestedPublic,
  TypeAttributes.NestedFamily,
  TypeAttributes.NestedFamORAssem,
]);
const visibleMembers: ReadonlySet<number> = new Set([MethodAttributes.Public, MethodAttributes.Family, MethodAttributes.FamORAssem]);

/** Whether users of the assembly can name a type. */
export function isVisibleType({ metadata }: LintContext, type: TypeDefToken): boolean {
  let current = type;
  for (let depth = 0; depth < MAX_NESTING && tokenRid(current) !== 0; depth++) {
    if (!visibleTypes.has(metadata.tables.TypeDef.get(tokenRid(current), 'Flags') & TypeAttributes.VisibilityMask)) return false;
    current = metadata.enclosingType(current);
  }
  return true;
}

const isGlobal = (method: PlatformInvokeMethod): boolean => tokenRid(method.type) <= 1;

/** Entry points of the runtime itself: no library is searched for. */
export const isOfRuntime = ({ mapping }: PlatformInvokeMethod): boolean => /^(QCall|__Internal)$/.test(mapping?.moduleName ?? '');

/** The generator of LibraryImport wrote the method, or what it stands in. */
const isGenerated = ({ module }: LintContext, method: PlatformInvokeMethod): boolean =>
  method.name.includes('__PInvoke') || module.attributes.has('libraryImport', method.token);

const functionName = ({ mapping, name }: PlatformInvokeMethod): string => mapping?.entryPoint || name;
const libraryName = ({ mapping }: PlatformInvokeMethod): string => mapping?.moduleName ?? '';

/** The values of a finding besides rule and method; `undefined` without a finding. */
type MethodRule = (context: LintContext, method: PlatformInvokeMethod) => Readonly<Record<string, string>> | undefined;

const absolute = /^([A-Za-z]:[\\/]|[\\/])/;
const systemExtension = /\.(so(\.\d+)*|dylib)$/i;

function ownerClass(context: LintContext, method: PlatformInvokeMethod): readonly string[] {
  return context.module.typeName(method.type).split('/').map(simpleName);
}

const namedRules: Readonly<Record<string, MethodRule>> = {
  NI001(context, method) {
    if (isGlobal(method) || !visibleMembers.has(method.flags & MethodAttributes.MemberAccessMask)) return undefined;
    return isVisibleType(context, method.type) ? { function: functionName(method), library: libraryName(method) } : undefined;
  },
  NI005({ module }, method) {
    const isSaid =
      module.attributes.has('defaultDllImportSearchPaths', method.token) ||
      module.attributes.has('defaultDllImportSearchPaths', makeToken(TableId.Assembly, 1));
    const isFound = absolute.test(libraryName(method)) || isOfRuntime(method) || isGlobal(method);
    return isSaid || isFound ? undefined : { library: libraryName(method) };
  },
  NI010(_, { implFlags, signature }) {
    const result = strip(signature.returnType);
    const isVoid = result.kind === 'primitive' && result.type === 'void';
    return isVoid && !has(implFlags, MethodImplAttributes.PreserveSig) ? {} : undefined;
  },
  NI017(_, method) {
    const library = libraryName(method);
    if (absolute.test(library)) return { library, what: 'an absolute path' };
    return systemExtension.test(library) ? { library, what: 'an extension of one system' } : undefined;
  },
  NI019(context, method) {
    if (isGlobal(method) || isOfRuntime(method)) return undefined;
    const isPlace = ownerClass(context, method).some((name) => name.endsWith('NativeMethods') || name === 'Interop');
    return isPlace ? undefined : { type: context.module.typeName(method.type) };
  },
  NI020(context, method) {
    const version = context.coreVersion;
    if (version === undefined || version < 7 || isGlobal(method) || isGenerated(context, method)) return undefined;
    const isVararg = (method.signature.header & 0xf) === CallingConvention.VarArg;
    const isPlain = !isVararg && !context.module.attributes.has('lcidConversion', method.token);
    return isPlain ? { function: method.name, framework: `.NET ${version}` } : undefined;
  },
  NI021(_, { mapping }) {
    const flags = mapping?.flags ?? 0;
    const isOn = (flags & PInvokeAttributes.BestFitMask) === PInvokeAttributes.BestFitEnabled;
    const throws = (flags & PInvokeAttributes.ThrowOnUnmappableCharMask) === PInvokeAttributes.ThrowOnUnmappableCharEnabled;
    return isOn && !throws ? {} : undefined;
  },
  NI024(_, method) {
    return (method.signature.header & 0xf) === CallingConvention.VarArg ? { function: functionName(method) } : undefined;
  },
};

const allRules: Readonly<Record<string, MethodRule>> = {
  NI011({ metadata }, { signature, type }) {
    return signature.genericParameterCount > 0 || metadata.genericParamsOf(type).length > 0 ? {} : undefined;
  },
  NI022(_, method) {
    return isUnmapped(method) ? { what: 'The method is marked PinvokeImpl, and no row of ImplMap says what it is bound to' } : undefined;
  },
  NI023(_, { flags, signature }) {
    return !has(flags, MethodAttributes.Static) || has(signature.header, SignatureFlags.HasThis) ? {} : undefined;
  },
};

export const platformInvokeMethods: TableCheck = {
  rules: [...Object.keys(namedRules), ...Object.keys(allRules)],
  run(context) {
    const forNamed = Object.entries(namedRules).filter(([id]) => context.isEnabled(id));
    const forAll = Object.entries(allRules).filter(([id]) => context.isEnabled(id));
    for (const method of context.module.platformInvokes) {
      if (method.kind === 'internalCall' && !isUnmapped(method)) continue;
      for (const [id, rule] of method.kind === 'named' ? [...forAll, ...forNamed] : forAll) {
        const values = context.module.diagnostics.attempt(() => rule(context, method), method.token);
        if (values) context.report(id, { token: method.token, values });
      }
    }
  },
};

/** The other half of NI022: rows of ImplMap for members that are not P/Invokes. */
export const strayImplMaps: TableCheck = {
  rules: ['NI022'],
  run(context) {
    const { ImplMap, MethodDef } = context.metadata.tables;
    const member = ImplMap.column('MemberForwarded');
    for (let rid = 1; rid <= ImplMap.rowCount; rid++) {
      const token = member.tokenOrBad(rid);
      const isMethod = token !== -1 && isTokenOf(token, 'MethodDef') && MethodDef.has(tokenRid(token));
      if (isMethod && has(MethodDef.get(tokenRid(token), 'Flags'), MethodAttributes.PInvokeImpl)) continue;
      if (token !== -1 && isTokenOf(token, 'Field')) continue;
      const what = `Row ${rid} of ImplMap names ${isMethod ? 'a method that is not marked PinvokeImpl' : 'no method of the module'}`;
      context.report('NI022', { ...(isMethod && { token }), values: { what } });
    }
  },
};
