import { strip } from '@ijw/marshalling';
import { isTokenOf, MethodAttributes, type MethodDefToken, methodSignatureOf, tokenRid } from '@ijw/metadata';
import { SignatureDecoder, type TypeNode, typeNodes } from '@ijw/metadata/signatures';
import { effectiveModifiers, isUnmanagedConvention, simpleName } from '../inventory/convention-uses.ts';
import { type InteropParameter, interopParameters } from '../inventory/platform-invoke-method.ts';
import { callConvsOf } from '../inventory/unmanaged-entries.ts';
import type { LintContext } from '../lint/context/lint-context.ts';
import { cannotMarshal } from './cannot-marshal.ts';
import { INVALID_PROGRAM, NOT_SUPPORTED, type RuntimeVerdict, verdictMessages } from './runtime-verdict.ts';

const isVoid = (type: TypeNode): boolean => {
  const bare = strip(type);
  return bare.kind === 'primitive' && bare.type === 'void';
};

const refused = (message: string): RuntimeVerdict => ({
  topic: 'unmanagedCallersOnly',
  outcome: 'throws',
  exception: INVALID_PROGRAM,
  when: 'call',
  message,
});

/** With runtime marshalling on, MarshalAs counts whatever it says (`PInvoke::MarshalingRequired`). */
const isMarshalled = ({ valueTypes, runtimeMarshallingDisabled }: LintContext, { type, marshalling }: InteropParameter): boolean =>
  valueTypes.of(type) === 'notBlittable' || (!runtimeMarshallingDisabled && marshalling !== undefined);

/** What a P/Invoke with UnmanagedCallersOnlyAttribute throws in its caller. */
export function bothAttributes({ module }: LintContext, token: MethodDefToken): string {
  const name = module.methodName(token).split('::').at(-1);
  return `Method '${module.typeName(module.typeOf(token))}.${name}' cannot be marked with both DllImportAttribute and UnmanagedCallersOnlyAttribute.`;
}

/** UnmanagedCallersOnly: the runtime looks when native code first calls, in this order, and throws at the first; the address alone may be taken. */
export function entryVerdicts(context: LintContext, token: MethodDefToken): readonly RuntimeVerdict[] {
  const { metadata, module } = context;
  if (!module.attributes.has('unmanagedCallersOnly', token)) return [];
  const flags = metadata.tables.MethodDef.get(tokenRid(token), 'Flags');
  const signature = methodSignatureOf(metadata, token);
  if (flags & MethodAttributes.PInvokeImpl) {
    return [
      { topic: 'unmanagedCallersOnly', outcome: 'throws', exception: NOT_SUPPORTED, when: 'call', message: bothAttributes(context, token) },
    ];
  }
  const verdicts: RuntimeVerdict[] = [];
  if ((flags & MethodAttributes.Static) === 0) verdicts.push(refused(verdictMessages.nonStatic));
  const isGeneric = signature.genericParameterCount > 0 || metadata.genericParamsOf(module.typeOf(token)).length > 0;
  if (isGeneric) verdicts.push(refused(verdictMessages.generic));
  const parameters = interopParameters(metadata, token, signature).filter(({ position, type }) => position > 0 || !isVoid(type));
  if (parameters.some((parameter) => isMarshalled(context, parameter))) verdicts.push(refused(verdictMessages.nonBlittable));
  return verdicts;
}

const bases: ReadonlySet<string> = new Set(['CallConvCdecl', 'CallConvStdcall', 'CallConvThiscall', 'CallConvFastcall', 'CallConvSwift']);
const areSeveral = (names: readonly string[]): boolean => names.filter((name) => bases.has(name)).length > 1;

/**
 * CallKind 9 and UnmanagedCallConv: two base conventions are one too many; names that are not known and required modifiers count for nothing. Two in
 * UnmanagedCallersOnly leave the choice to the platform.
 */
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
  const row = attributes.find('unmanagedCallConv', token);
  if (row !== undefined && areSeveral(callConvsOf(attributes.value(row)).map(simpleName))) refuse('call');
  for (const { offset, site } of calls(context, token)) {
    const use = context.callSites.get(site);
    if (use !== undefined && (use.header & 0xf) === 9 && areSeveral(effectiveModifiers(context.module, use))) refuse('instruction', offset);
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

/** Values that a `calli` into native code passes and the runtime does not: a stub is made for it as for a P/Invoke. */
export function callSiteVerdicts(context: LintContext, method: MethodDefToken): readonly RuntimeVerdict[] {
  const { metadata, valueTypes } = context;
  return calls(context, method).flatMap(({ offset, site }) => {
    const use = context.callSites.get(site);
    if (use === undefined || !isUnmanagedConvention(use.header)) return [];
    const blob = metadata.tables.StandAloneSig.get(tokenRid(site), 'Signature');
    const signature = new SignatureDecoder(typeNodes).open(metadata.blobs, blob, 'the signature of a calli').method();
    return [signature.returnType, ...signature.parameterTypes].flatMap((type, position) => {
      const problem = valueTypes.problemOf(type);
      return problem === undefined
        ? []
        : [{ ...cannotMarshal(context, position, problem), when: 'instruction' as const, ilOffset: offset }];
    });
  });
}
