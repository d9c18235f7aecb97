import { isTokenOf, MethodAttributes, type MethodDefToken, methodSignatureOf, type TypeNode, tokenRid } from '@ijw/metadata';
import { callConvModifiers, simpleName } from '../inventory/convention-uses.ts';
import { interopParameters } from '../inventory/platform-invoke-method.ts';
import { callConvsOf } from '../inventory/unmanaged-entries.ts';
import type { LintContext } from '../lint/lint-context.ts';
import { stripModifiers } from './blittable-types.ts';
import { INVALID_PROGRAM, NOT_SUPPORTED, type RuntimeVerdict, verdictMessages } from './runtime-verdict.ts';

const isVoid = (type: TypeNode): boolean => {
  const bare = stripModifiers(type);
  return bare.kind === 'primitive' && bare.type === 'void';
};

const refused = (message: string): RuntimeVerdict => ({
  topic: 'unmanagedCallersOnly',
  outcome: 'throws',
  exception: INVALID_PROGRAM,
  when: 'addressTaken',
  message,
});

/** UnmanagedCallersOnly: the runtime looks when native code enters or the address is taken, in this order, and throws at the first. */
export function entryVerdicts(context: LintContext, token: MethodDefToken): readonly RuntimeVerdict[] {
  const { metadata, module } = context;
  if (!module.attributes.has('unmanagedCallersOnly', token)) return [];
  const flags = metadata.tables.MethodDef.get(tokenRid(token), 'Flags');
  const signature = methodSignatureOf(metadata, token);
  if (flags & MethodAttributes.PInvokeImpl) {
    const message = `Method '${module.typeName(module.typeOf(token))}.${module.methodName(token).split('::').at(-1)}' cannot be marked with both DllImportAttribute and UnmanagedCallersOnlyAttribute.`;
    return [{ topic: 'unmanagedCallersOnly', outcome: 'throws', exception: NOT_SUPPORTED, when: 'call', message }];
  }
  const verdicts: RuntimeVerdict[] = [];
  if ((flags & MethodAttributes.Static) === 0) verdicts.push(refused(verdictMessages.nonStatic));
  const isGeneric = signature.genericParameterCount > 0 || metadata.genericParamsOf(module.typeOf(token)).length > 0;
  if (isGeneric) verdicts.push(refused(verdictMessages.generic));
  const parameters = interopParameters(metadata, token, signature).filter(({ position, type }) => position > 0 || !isVoid(type));
  if (parameters.some(({ type }) => context.blittable.of(type) === 'notBlittable')) verdicts.push(refused(verdictMessages.nonBlittable));
  return verdicts;
}

const bases: ReadonlySet<string> = new Set(['CallConvCdecl', 'CallConvStdcall', 'CallConvThiscall', 'CallConvFastcall', 'CallConvSwift']);
const areSeveral = (names: readonly string[]): boolean => names.filter((name) => bases.has(name)).length > 1;

/** CallKind 9 and `CallConvs`: two base conventions are one too many; names that are not known count for nothing. */
export function conventionVerdicts(context: LintContext, token: MethodDefToken): readonly RuntimeVerdict[] {
  const { attributes } = context.module;
  const verdicts: RuntimeVerdict[] = [];
  const refuse = (when: RuntimeVerdict['when'], ilOffset?: number): void => {
    const message = verdictMessages.multipleConventions;
    verdicts.push({
      topic: 'callingConvention',
      outcome: 'throws',
      exception: INVALID_PROGRAM,
      when,
      message,
      ...(ilOffset !== undefined && { ilOffset }),
    });
  };
  for (const kind of ['unmanagedCallersOnly', 'unmanagedCallConv'] as const) {
    const row = attributes.find(kind, token);
    if (row !== undefined && areSeveral(callConvsOf(attributes.value(row)).map(simpleName))) refuse('call');
  }
  for (const { offset, site } of calls(context, token)) {
    const use = context.callSites.get(site);
    if (use !== undefined && (use.header & 0xf) === 9 && areSeveral(callConvModifiers(context.module, use))) refuse('instruction', offset);
  }
  return verdicts;
}

function calls(
  context: LintContext,
  token: MethodDefToken,
): readonly { offset: number; site: Parameters<LintContext['callSites']['get']>[0] }[] {
  return context.bodies
    .instructionsOf(token)
    .flatMap(({ offset, opCode, operand }) =>
      opCode.name === 'calli' && operand.kind === 'token' && isTokenOf(operand.token, 'StandAloneSig')
        ? { offset, site: operand.token }
        : [],
    );
}
