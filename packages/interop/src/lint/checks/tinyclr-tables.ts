import { ifReadable, UnsupportedError } from '@ijw/binary';
import { MethodAttributes, type MethodDefToken, makeToken, TableId, type TypeDefToken, tokenRid } from '@ijw/metadata';
import type { PlatformInvokeMethod } from '../../inventory/platform-invoke-method.ts';
import type { MethodShape, TypeShape } from '../../shape/assembly-shape.ts';
import { readAssemblyShape } from '../../shape/read-assembly-shape.ts';
import { compareInteropTable } from '../../tinyclr/check.ts';
import { buildInteropTable } from '../../tinyclr/interop-table.ts';
import { className, methodName } from '../../tinyclr/names.ts';
import type { TableCheck } from '../check.ts';
import type { LintContext } from '../lint-context.ts';

/** NI080: a firmware's table against the assembly. */
export const interopTable: TableCheck = {
  rules: ['NI080'],
  run(context) {
    const found = context.options.interopTable;
    if (found === undefined) return;
    const report = (place: string, expected: string, is: string): void =>
      context.report('NI080', { token: makeToken(TableId.Assembly, 1), values: { place, expected, found: is } });
    try {
      const expected = buildInteropTable(readAssemblyShape(context.metadata));
      for (const { place, expected: wanted, found: is } of compareInteropTable(expected, found))
        report(typeof place === 'number' ? `slot ${place}` : place, wanted, is);
    } catch (error) {
      if (error instanceof UnsupportedError) report('table', `no table (${error.message})`, 'one');
      else context.module.diagnostics.record(error);
    }
  },
};

/** The native methods by their C++ name. Spellings that are not known are passed over: there is nothing to compare. */
function checkNames(context: LintContext): void {
  const first = new Map<string, MethodDefToken>();
  for (const method of context.module.platformInvokes) {
    const name = method.kind === 'internalCall' ? cppName(() => nativeName(context, method)) : undefined;
    if (name === undefined) continue;
    const other = first.get(name);
    if (other === undefined) first.set(name, method.token);
    else context.report('NI081', { token: method.token, values: { name, other: context.nameOf(other) } });
  }
}

function nativeName(context: LintContext, { token, name, type, flags, implFlags, signature }: PlatformInvokeMethod): string {
  const method: MethodShape = {
    token,
    name,
    isStatic: (flags & MethodAttributes.Static) !== 0,
    isVirtual: (flags & MethodAttributes.Virtual) !== 0,
    isAbstract: (flags & MethodAttributes.Abstract) !== 0,
    hasBody: false,
    implFlags,
    genericArity: signature.genericParameterCount,
    returnType: signature.returnType,
    parameterTypes: signature.parameterTypes,
  };
  return `${className(bareShape(context, type, 0))}::${methodName(context.metadata, method)}`;
}

/** Types nested deeper than this are a loop. */
const MAX_NESTING = 100;

/** What the C++ name of a class is made of; its members are not read. */
function bareShape(context: LintContext, token: TypeDefToken, depth: number): TypeShape {
  const { metadata } = context;
  const { TypeDef } = metadata.tables;
  const outer = metadata.enclosingType(token);
  return {
    token,
    namespace: metadata.strings.get(TypeDef.get(tokenRid(token), 'Namespace')),
    name: metadata.strings.get(TypeDef.get(tokenRid(token), 'Name')),
    kind: 'class',
    genericArity: 0,
    enclosing: tokenRid(outer) === 0 || depth > MAX_NESTING ? undefined : bareShape(context, outer, depth + 1),
    base: undefined,
    externalBase: undefined,
    interfaces: [],
    fields: [],
    methods: [],
  };
}

function cppName(read: () => string): string | undefined {
  try {
    return ifReadable(read);
  } catch (error) {
    if (error instanceof UnsupportedError) return undefined;
    throw error;
  }
}

/** NI081. */
export const mangledNames: TableCheck = {
  rules: ['NI081'],
  run: (context) => void context.module.diagnostics.attempt(() => checkNames(context)),
};
