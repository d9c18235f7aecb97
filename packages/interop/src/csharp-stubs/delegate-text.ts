import type { CrossingParameter, NativeDelegate, ScalarName, TextEncoding } from '@ijw/marshalling';
import { UniqueNames } from '../generated/unique-names.ts';
import { CONVENTION_NAMES, csIdentifier, csType, remark } from './cs-type.ts';

/** The parameter of the wrapper: the delegate itself if its type can be written. */
export const delegateName = (delegate: NativeDelegate | undefined): string =>
  delegate?.values === undefined ? 'Delegate' : csIdentifier(delegate.name);

const TEXT_TYPES: Readonly<Record<TextEncoding, string>> = {
  ansi: 'LPStr',
  utf16: 'LPWStr',
  utf8: 'LPUTF8Str',
  bstr: 'BStr',
  ansiBstr: 'AnsiBStr',
};
const BOOLEAN_TYPES: Readonly<Partial<Record<ScalarName, string>>> = { int32: 'Bool', uint8: 'U1', int16: 'VariantBool' };

/** A type of C#, and the UnmanagedType that gives it its native form; the runtime itself converts the arguments of a delegate. */
function marshalledType({ native, conversion }: CrossingParameter): readonly [type: string, unmanagedType?: string] {
  switch (conversion.kind) {
    case 'boolean':
      return ['bool', native.kind === 'scalar' ? BOOLEAN_TYPES[native.scalar] : undefined];
    case 'character':
      return ['char', conversion.encoding === 'ansi' ? 'U1' : 'U2'];
    case 'text':
      return ['string', TEXT_TYPES[conversion.encoding]];
    case 'delegate':
      return conversion.delegate?.values === undefined ? [csType(native)] : [delegateName(conversion.delegate)];
    default:
      return [csType(native)];
  }
}

const attribute = (unmanagedType: string | undefined, target = ''): string =>
  unmanagedType === undefined ? '' : `[${target}MarshalAs(UnmanagedType.${unmanagedType})] `;

/** The declaration of a delegate, with the convention and the native types that native code calls it by. */
export function delegateText({ name, fullName, convention, values }: NativeDelegate): string {
  const [result, ...parameters] = values ?? [];
  if (result === undefined) return '';
  const unique = new UniqueNames(new Set());
  const list = parameters.map((parameter, index) => {
    const [type, unmanagedType] = marshalledType(parameter);
    return `${attribute(unmanagedType)}${type} ${csIdentifier(unique.take(csIdentifier(parameter.name || `argument${index}`).replace('@', '')))}`;
  });
  const [type, unmanagedType] = marshalledType(result);
  const calling = CONVENTION_NAMES[convention] === undefined ? 'Winapi' : CALLING_CONVENTIONS[convention];
  const returned = attribute(unmanagedType, 'return: ').trim();
  return `/// <summary>${remark(fullName).replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</summary>
[UnmanagedFunctionPointer(CallingConvention.${calling})]
${returned === '' ? '' : `${returned}\n`}public unsafe delegate ${type} ${csIdentifier(name)}(${list.join(', ')});
`;
}

const CALLING_CONVENTIONS: Readonly<Record<string, string>> = {
  cdecl: 'Cdecl',
  stdcall: 'StdCall',
  thiscall: 'ThisCall',
  fastcall: 'FastCall',
};
