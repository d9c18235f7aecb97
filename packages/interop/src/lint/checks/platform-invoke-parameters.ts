import { strip } from '@ijw/marshalling';
import { isTokenOf, methodSignatureOf, ParamAttributes, PInvokeAttributes, TypeAttributes, tokenRid } from '@ijw/metadata';
import { NativeType } from '@ijw/metadata/marshalling';
import type { TypeNode } from '@ijw/metadata/signatures';
import type { InteropParameter, PlatformInvokeMethod } from '../../inventory/platform-invoke-method.ts';
import type { TableCheck } from '../context/check.ts';
import type { LintContext } from '../context/lint-context.ts';
import { parameterText, typeTextOf } from '../context/parameter-text.ts';
import { isOfRuntime } from './platform-invoke-methods.ts';

const STRING_BUILDER = 'System.Text.StringBuilder';

/** What a parameter refers to, and whether by reference. */
function referred(type: TypeNode): { readonly type: TypeNode; readonly byReference: boolean } {
  const bare = strip(type);
  return bare.kind === 'byReference' ? { type: strip(bare.element), byReference: true } : { type: bare, byReference: false };
}

const isPrimitive = (type: TypeNode, name: string): boolean => type.kind === 'primitive' && type.type === name;

const isStringBuilder = ({ module }: LintContext, type: TypeNode): boolean =>
  type.kind === 'named' && !type.valueType && module.typeName(type.token) === STRING_BUILDER;

type ParameterRule = (
  context: LintContext,
  parameter: InteropParameter,
  method: PlatformInvokeMethod,
) => Readonly<Record<string, string>> | undefined;

const handleName = /handle|^h[A-Z]|^p?h[A-Z]/;
const opensHandle = /^(Nt|Zw)?(Create(?!Window|Provider)|Open|Duplicate|LoadLibrary|FindFirst|RegOpen|RegCreate)/;

/** The P/Invoke inside a LibraryImport method that gives its callers something else than the bare handle. */
function isWrapped({ module }: LintContext, { name, type }: PlatformInvokeMethod): boolean {
  const outer = /^<(.+)>g__/.exec(name)?.[1];
  if (outer === undefined) return false;
  const { MethodDef } = module.metadata.tables;
  return !module.methodsOf(type).some((method) => {
    if (module.metadata.strings.get(MethodDef.get(tokenRid(method), 'Name')) !== outer) return false;
    const { returnType } = methodSignatureOf(module.metadata, method);
    return isPrimitive(strip(returnType), 'native int');
  });
}

/** The rules on one parameter; each gives the values of its finding beside the parameter itself. */
const parameterRules: Readonly<Record<string, ParameterRule>> = {
  NI002(context, { type, marshalling }, { mapping }) {
    const { type: text } = referred(type);
    const isText = isPrimitive(text, 'string') || isStringBuilder(context, text);
    const isOpen = ((mapping?.flags ?? 0) & PInvokeAttributes.CharSetMask) === PInvokeAttributes.CharSetNotSpec;
    return isText && isOpen && marshalling === undefined ? {} : undefined;
  },
  NI003: (context, { type }) => (isStringBuilder(context, referred(type).type) ? {} : undefined),
  NI004(_, { type, flags, position }) {
    const isOut = (flags & ParamAttributes.Out) !== 0 && position > 0;
    return isOut && isPrimitive(strip(type), 'string') ? {} : undefined;
  },
  NI007(context, { type, marshalling }) {
    const isBool = isPrimitive(referred(type).type, 'bool');
    return isBool && marshalling === undefined && !context.runtimeMarshallingDisabled ? {} : undefined;
  },
  NI012(context, { type, marshalling }) {
    const { type: generic } = referred(type);
    if (generic.kind !== 'genericInstance' || generic.generic.kind !== 'named' || generic.generic.valueType) return undefined;
    if (marshalling?.kind === 'customMarshaler' || context.runtimeMarshallingDisabled) return undefined;
    return { type: typeTextOf(context.module, generic) };
  },
  NI013(context, { type }) {
    const { type: structure } = referred(type);
    if (!isAutoStructure(context, structure)) return undefined;
    return { type: typeTextOf(context.module, structure) };
  },
  NI014(context, { type, position, name }, method) {
    if (!opensHandle.test(method.mapping?.entryPoint || method.name)) return undefined;
    const { type: handle, byReference } = referred(type);
    const isHandle = position === 0 || (byReference && handleName.test(name));
    if (!isHandle || !isPrimitive(handle, 'native int') || isOfRuntime(method) || isWrapped(context, method)) return undefined;
    return { function: method.mapping?.entryPoint || method.name };
  },
  NI062(context, { type, marshalling }) {
    return isComMarshalled(context, referred(type).type, marshalling) ? {} : undefined;
  },
};

export function isAutoStructure({ module }: LintContext, type: TypeNode): boolean {
  if (type.kind !== 'named' || !type.valueType || !isTokenOf(type.token, 'TypeDef')) return false;
  const { TypeDef } = module.metadata.tables;
  if (module.baseNames(type.token)[0] !== 'System.ValueType') return false;
  return (TypeDef.get(tokenRid(type.token), 'Flags') & TypeAttributes.LayoutMask) === TypeAttributes.AutoLayout;
}

const comNativeTypes: ReadonlySet<number> = new Set([NativeType.iUnknown, NativeType.iDispatch, NativeType.intf, NativeType.iInspectable]);

/** A parameter that the runtime's COM interop marshals: a COM interface or class, or an object as one. */
export function isComMarshalled({ module }: LintContext, type: TypeNode, marshalling: InteropParameter['marshalling']): boolean {
  if (marshalling && 'nativeType' in marshalling && comNativeTypes.has(marshalling.nativeType)) return true;
  if (marshalling?.kind === 'safeArray') return true;
  if (type.kind === 'primitive' && type.type === 'object') return marshalling === undefined;
  if (type.kind !== 'named' || type.valueType || !isTokenOf(type.token, 'TypeDef')) return false;
  const flags = module.metadata.tables.TypeDef.get(tokenRid(type.token), 'Flags');
  return (flags & (TypeAttributes.Interface | TypeAttributes.Import)) !== 0 && marshalling?.kind !== 'customMarshaler';
}

/** Rules on the parameters of methods that are bound by name. */
export const platformInvokeParameters: TableCheck = {
  rules: Object.keys(parameterRules),
  run(context) {
    const rules = Object.entries(parameterRules).filter(([id]) => context.isEnabled(id));
    for (const method of context.module.platformInvokes) {
      if (method.kind !== 'named') continue;
      for (const parameter of method.values) {
        for (const [id, rule] of rules) {
          const values = context.module.diagnostics.attempt(() => rule(context, parameter, method), method.token);
          if (values) context.report(id, { token: method.token, values: { parameter: parameterText(parameter), ...values } });
        }
      }
    }
  },
};
