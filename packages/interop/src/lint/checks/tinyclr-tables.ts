import { ifReadable, UnsupportedError } from '@ijw/binary';
import { MethodAttributes, type MethodDefToken, makeToken, TableId, type TypeDefToken, tokenRid } from '@ijw/metadata';
import { checkFirmware } from '../../firmware/check-firmware.ts';
import type { StubMismatch } from '../../firmware/source-table.ts';
import type { PlatformInvokeMethod } from '../../inventory/platform-invoke-method.ts';
import type { MethodShape, TypeShape } from '../../shape/assembly-shape.ts';
import { readAssemblyShape } from '../../shape/read-assembly-shape.ts';
import { compareInteropTable, interopFirmwareTable } from '../../tinyclr/check.ts';
import { buildInteropTable } from '../../tinyclr/interop-table.ts';
import { className, methodName } from '../../tinyclr/names.ts';
import type { TableCheck } from '../context/check.ts';
import type { LintContext } from '../context/lint-context.ts';

/** NI080: a firmware's table against the assembly. */
export const interopTable: TableCheck = {
  rules: ['NI080'],
  run(context) {
    const { interopTable: source, firmware } = context.options;
    if (source === undefined && firmware === undefined) return;
    try {
      const table = buildInteropTable(readAssemblyShape(context.module.assembly));
      if (source !== undefined) reportMismatches(context, compareInteropTable(table, source));
      if (firmware !== undefined) reportMismatches(context, checkFirmware(interopFirmwareTable(table), firmware).mismatches);
    } catch (error) {
      if (error instanceof UnsupportedError)
        reportMismatches(context, [{ place: 'table', expected: `no table (${error.message})`, found: 'one' }]);
      else context.module.diagnostics.record(error);
    }
  },
};

function reportMismatches(context: LintContext, mismatches: readonly StubMismatch[]): void {
  for (const { place, expected, found, explanation } of mismatches) {
    const where = typeof place === 'number' ? `slot ${place}` : place;
    const why = explanation === undefined ? '' : ` (${explanation})`;
    context.report('NI080', { token: makeToken(TableId.Assembly, 1), values: { place: where, expected, found, why } });
  }
}

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
