import { UnsupportedError } from '@ijw/binary';
import { UniqueNames } from '../generated/unique-names.ts';
import type { MarshalledValue } from '../shape/marshalled-value.ts';
import type { NativeCrossing } from '../shape/native-boundary.ts';
import { CONVENTION_NAMES, csIdentifier, csString, csType, MAXIMUM_NAME, remark } from './cs-type.ts';
import { TEXT_CALLS } from './text-conversion.ts';

/** A call into managed code: an entry for native callers that converts what is not blittable, and the place for the body. @throws UnsupportedError where C# cannot say it */
export function incomingText(crossing: NativeCrossing, name: string): readonly string[] {
  const { convention, returnValue, parameters, exportName } = crossing;
  if (convention.vararg) throw new UnsupportedError('variable arguments');
  if (exportName !== undefined && exportName.length > MAXIMUM_NAME)
    throw new UnsupportedError(`a name of ${exportName.length} characters; compilers take ${MAXIMUM_NAME}`);
  const unique = new UniqueNames([]);
  const names = parameters.map((parameter, index) =>
    csIdentifier(unique.take(csIdentifier(parameter.name || `argument${index}`).replace('@', ''))),
  );
  const conventions = [
    ...(convention.source === 'platform' ? [] : [CONVENTION_NAMES[convention.convention]!]),
    ...(convention.memberFunction ? ['MemberFunction'] : []),
    ...(convention.suppressGCTransition ? ['SuppressGCTransition'] : []),
  ].map((each) => `typeof(CallConv${each})`);
  const settings = [
    ...(exportName === undefined || exportName === '' ? [] : [`EntryPoint = ${csString(exportName)}`]),
    ...(conventions.length === 0 ? [] : [`CallConvs = new[] { ${conventions.join(', ')} }`]),
  ];
  const call = `${name.replace('@', '')}_Body(${parameters.map((parameter, index) => fromNative(parameter, names[index]!)).join(', ')})`;
  return [
    `// 0x${crossing.token.toString(16).padStart(8, '0')} ${remark(crossing.method)}`,
    `[UnmanagedCallersOnly${settings.length === 0 ? '' : `(${settings.join(', ')})`}]`,
    `public static ${csType(returnValue.native)} ${name}(${parameters.map(({ native }, index) => `${csType(native)} ${names[index]}`).join(', ')})`,
    `    => ${toNative(returnValue, call)};`,
    '',
    '// The body of the method goes here. No exception may leave it: that ends the process.',
    `private static ${managedType(returnValue)} ${name.replace('@', '')}_Body(${parameters.map((parameter, index) => `${managedType(parameter)} ${names[index]}`).join(', ')})`,
    '    => throw new NotImplementedException();',
  ];
}

/** Values that are converted; everything else stays what native code gave. */
function managedType({ native, conversion }: MarshalledValue): string {
  switch (conversion.kind) {
    case 'boolean':
      return 'bool';
    case 'character':
      return 'char';
    case 'text':
      return 'string';
    default:
      return csType(native);
  }
}

function fromNative({ conversion }: MarshalledValue, value: string): string {
  switch (conversion.kind) {
    case 'boolean':
      return `${value} != 0`;
    case 'character':
      return conversion.encoding === 'ansi' ? `FromAnsi(${value})` : `(char)${value}`;
    case 'text':
      return `${value} == null ? null : Marshal.${TEXT_CALLS[conversion.encoding].from}((nint)${value})`;
    default:
      return value;
  }
}

function toNative({ native, conversion }: MarshalledValue, call: string): string {
  const type = csType(native);
  switch (conversion.kind) {
    case 'boolean':
      return `(${type})(${call} ? ${conversion.trueValue} : 0)`;
    case 'character':
      return conversion.encoding === 'ansi' ? `ToAnsi(${call})` : `(${type})${call}`;
    case 'text':
      return `(${type})Marshal.${TEXT_CALLS[conversion.encoding].to}(${call})`;
    default:
      return call;
  }
}
