import { hex, UnsupportedError } from '@ijw/binary';
import type { CrossingType } from '@ijw/marshalling';
import { UniqueNames } from '../generated/unique-names.ts';
import type { NativeCrossing } from '../shape/native-boundary.ts';
import { CONVENTION_NAMES, csIdentifier, csString, csType, MAXIMUM_NAME, remark } from './cs-type.ts';
import { textCalls } from './text-conversion.ts';
import { valueText } from './value-text.ts';

/** @throws UnsupportedError where C# cannot say a call into managed code */
export const checkIncoming = (crossing: NativeCrossing): void => {
  incomingText(crossing, '');
};

/** A call into managed code: an entry for native callers that converts what is not blittable, and the place for the body. @throws UnsupportedError where C# cannot say it */
export function incomingText(crossing: NativeCrossing, name: string): readonly string[] {
  const { convention, returnValue, parameters, exportName } = crossing;
  if (convention.vararg) throw new UnsupportedError('variable arguments');
  if (exportName !== undefined && exportName.length > MAXIMUM_NAME)
    throw new UnsupportedError(`a name of ${exportName.length} characters; compilers take ${MAXIMUM_NAME}`);
  const unique = new UniqueNames(new Set());
  const names = parameters.map((parameter, index) => ({
    parameter,
    name: csIdentifier(unique.take(csIdentifier(parameter.name || `argument${index}`).replace('@', ''))),
  }));
  const conventions = [
    ...(convention.source === 'platform' ? [] : [CONVENTION_NAMES[convention.convention]]),
    ...(convention.memberFunction ? ['MemberFunction'] : []),
    ...(convention.suppressGCTransition ? ['SuppressGCTransition'] : []),
  ].flatMap((each) => (each === undefined ? [] : `typeof(CallConv${each})`));
  const settings = [
    ...(exportName === undefined || exportName === '' ? [] : [`EntryPoint = ${csString(exportName)}`]),
    ...(conventions.length === 0 ? [] : [`CallConvs = new[] { ${conventions.join(', ')} }`]),
  ];
  const call = `${name.replace('@', '')}_Body(${names.map(({ name, parameter }) => fromNative(parameter, name)).join(', ')})`;
  return [
    `// ${hex(crossing.token, 8)} ${remark(crossing.method)}`,
    `[UnmanagedCallersOnly${settings.length === 0 ? '' : `(${settings.join(', ')})`}]`,
    `public static ${csType(returnValue.native)} ${name}(${names.map(({ parameter, name }) => `${csType(parameter.native)} ${name}`).join(', ')})`,
    `    => ${toNative(returnValue, call)};`,
    '',
    '// The body of the method goes here. No exception may leave it: that ends the process.',
    `private static ${managedType(returnValue)} ${name.replace('@', '')}_Body(${names.map(({ parameter, name }) => `${managedType(parameter)} ${name}`).join(', ')})`,
    '    => throw new NotImplementedException();',
  ];
}

/** Values that are converted; all others stay native values. */
const managedType = (value: CrossingType): string =>
  value.conversion.kind === 'text' ? 'string' : (valueText(value)?.managed ?? csType(value.native));

const fromNative = (value: CrossingType, text: string): string =>
  value.conversion.kind === 'text'
    ? `${text} == null ? null : Marshal.${textCalls(value.conversion.encoding).from}((nint)${text})`
    : (valueText(value)?.fromNative(text) ?? text);

const toNative = (value: CrossingType, call: string): string =>
  value.conversion.kind === 'text'
    ? `(${csType(value.native)})Marshal.${textCalls(value.conversion.encoding).to}(${call})`
    : (valueText(value)?.toNative(call) ?? call);
