import { hex, UnsupportedError } from '@ijw/binary';
import type { CallArgument, Conversion, CrossingParameter, CrossingType, NativeTree, TextEncoding } from '@ijw/marshalling';
import { UniqueNames } from '../generated/unique-names.ts';
import type { NativeCrossing } from '../shape/native-boundary.ts';
import { CONVENTION_NAMES, csIdentifier, csString, csType, functionPointerType, indent, MAXIMUM_NAME, remark } from './cs-type.ts';
import { delegateName } from './delegate-text.ts';
import { textCalls } from './text-conversion.ts';
import { valueText } from './value-text.ts';

/** The code of one parameter in a wrapper. */
interface Argument {
  /** `string text`. */
  readonly declaration: string;
  /** The argument of the native function. */
  readonly passed: string;
  /** Before the call, outside of `try`: variables that the clean-up reads. */
  readonly locals?: readonly string[];
  /** Before the call. */
  readonly setup?: readonly string[];
  /** `fixed (…)` around the call. */
  readonly pin?: string;
  /** After a call that returned. */
  readonly after?: readonly string[];
  readonly cleanup?: readonly string[];
}

/** Names that the wrapper itself uses. */
const RESERVED: ReadonlySet<string> = new Set(['result', 'hresult', 'resultValue']);

/** The native value is passed unchanged: the caller already has it. */
const PLAIN: ReadonlySet<Conversion['kind']> = new Set(['none', 'address', 'addressOfValue', 'runtime']);
const isPlain = ({ conversion }: CrossingType): boolean => PLAIN.has(conversion.kind);

/** Behind an address, these stay in their native form as well. */
const isInPlace = ({ kind }: Conversion): boolean => PLAIN.has(kind) || kind === 'date' || kind === 'decimal';

/** @throws UnsupportedError where C# cannot say a call out of managed code */
export function checkOutgoing(crossing: NativeCrossing): void {
  if (crossing.convention.vararg) throw new UnsupportedError('variable arguments');
  if (crossing.by === 'named' && crossing.symbol === '') throw new UnsupportedError('the function has no name');
  const longest = Math.max(crossing.symbol.length, crossing.library?.length ?? 0);
  if (longest > MAXIMUM_NAME) throw new UnsupportedError(`a name of ${longest} characters; compilers take ${MAXIMUM_NAME}`);
  resultOf(crossing.returnValue);
  for (const parameter of crossing.parameters) argumentOf(parameter, '', '');
}

/** A call out of managed code: the blittable function, and around it what the runtime's stub would do. */
export function outgoingText(crossing: NativeCrossing, name: string): readonly string[] {
  const { returnValue, parameters, setLastError } = crossing;
  const isAsDeclared = !crossing.hresultSwapping && crossing.arguments.length === parameters.length;
  const isDirect = isAsDeclared && !setLastError && [returnValue, ...parameters].every(isPlain);
  const from = crossing.imported ?? (crossing.library === undefined ? undefined : { module: crossing.library, name: crossing.symbol });
  const base = name.replace('@', '');
  const { alternativeName } = crossing;
  const notes = [
    `// ${hex(crossing.token, 8)} ${remark(crossing.method)}`,
    ...(alternativeName === undefined
      ? []
      : [`// The runtime also looks for ${remark(alternativeName)}; LibraryImport takes the name as it stands.`]),
  ];
  if (from !== undefined && from.module !== '') {
    const inner = importText(crossing, { name: isDirect ? name : `${base}_Native`, from, isPublic: isDirect });
    return isDirect ? [...notes, ...inner] : [...notes, ...wrapperText(crossing, name, `${base}_Native`), '', ...inner];
  }
  const pointer = `${base}_Function`;
  const type = functionPointerType(conventionOf(crossing), nativeSignature(crossing), ...modifiers(crossing));
  return [
    ...notes,
    '// Native code of the image itself: its port is to be put here before the first call.',
    `public static ${type} ${pointer};`,
    ...wrapperText(crossing, name, pointer),
  ];
}

const conventionOf = ({ convention }: NativeCrossing): string => (convention.source === 'platform' ? 'platform' : convention.convention);

const modifiers = ({ convention }: NativeCrossing): readonly string[] => [
  ...(convention.memberFunction ? ['MemberFunction'] : []),
  ...(convention.suppressGCTransition ? ['SuppressGCTransition'] : []),
];

/** Parameter types, the result last. */
const nativeSignature = ({ arguments: values, result }: NativeCrossing): readonly NativeTree[] => [
  ...values.map(nativeTypeOf),
  result.native,
];

function nativeTypeOf(argument: CallArgument): NativeTree {
  if (argument.kind === 'lcid') return { kind: 'scalar', scalar: 'int32' };
  const { native } = argument.value;
  return argument.kind === 'retval' ? { kind: 'pointer', element: native } : native;
}

/** Empty for a location without a parameter. */
const nameOf = (argument: CallArgument): string => (argument.kind === 'parameter' ? argument.value.name : '');

interface ImportParts {
  /** Of the method in C#. */
  readonly name: string;
  readonly from: { readonly module: string; readonly name: string };
  readonly isPublic: boolean;
}

function importText(crossing: NativeCrossing, { name, from, isPublic }: ImportParts): readonly string[] {
  const conventions = [CONVENTION_NAMES[conventionOf(crossing)], ...(crossing.convention.memberFunction ? ['MemberFunction'] : [])].filter(
    Boolean,
  );
  const unique = new UniqueNames(RESERVED);
  const list = crossing.arguments.map(
    (argument, index) => `${csType(nativeTypeOf(argument))} ${csIdentifier(unique.take(nameOf(argument) || `argument${index}`))}`,
  );
  return [
    `[LibraryImport(${csString(from.module)}, EntryPoint = ${csString(from.name)})]`,
    ...(conventions.length === 0
      ? []
      : [`[UnmanagedCallConv(CallConvs = new[] { ${conventions.map((each) => `typeof(CallConv${each})`).join(', ')} })]`]),
    ...(crossing.convention.suppressGCTransition ? ['[SuppressGCTransition]'] : []),
    `${isPublic ? 'public' : 'private'} static partial ${csType(crossing.result.native)} ${name}(${list.join(', ')});`,
  ];
}

function wrapperText(crossing: NativeCrossing, name: string, callee: string): readonly string[] {
  const unique = new UniqueNames(RESERVED);
  const named = crossing.parameters.map((parameter, index) => ({
    parameter,
    name: csIdentifier(unique.take(csIdentifier(parameter.name || `argument${index}`).replace('@', ''))),
  }));
  const args = named.map(({ parameter, name }, index) => argumentOf(parameter, name, unique.take(`native${index}`)));
  const result = resultOf(crossing.returnValue);
  const all = (part: 'locals' | 'setup' | 'after' | 'cleanup'): string[] => args.flatMap((each) => each[part] ?? []);
  const pins = args.flatMap(({ pin }) => pin ?? []);
  const call = [...callText(crossing, callee, args), ...all('after'), ...result.statements];
  const pinned = pins.length === 0 ? call : [...pins.map((pin) => `fixed (${pin})`), '{', ...indent(call), '}'];
  const body = [...all('setup'), ...pinned];
  const cleanup = all('cleanup');
  return [
    `public static ${result.type} ${name}(${args.map(({ declaration }) => declaration).join(', ')})`,
    '{',
    ...indent([
      ...all('locals'),
      ...(cleanup.length === 0 ? body : ['try', '{', ...indent(body), '}', 'finally', '{', ...indent(cleanup), '}']),
    ]),
    '}',
  ];
}

/** The call itself, with the last error cleared before and kept after it, and a failed HRESULT thrown. */
function callText(
  { returnValue, arguments: values, hresultSwapping, setLastError }: NativeCrossing,
  callee: string,
  args: readonly Argument[],
): readonly string[] {
  const isVoid = returnValue.native.kind === 'void';
  const passed = values.map((argument) => {
    if (argument.kind === 'lcid') return 'System.Globalization.CultureInfo.CurrentCulture.LCID';
    return argument.kind === 'retval' ? '&result' : args[argument.value.position - 1]?.passed;
  });
  const call = `${callee}(${passed.join(', ')});`;
  const type = csType(returnValue.native);
  return [
    ...(hresultSwapping && !isVoid ? [`${type} result = default;`] : []),
    ...(setLastError ? ['Marshal.SetLastSystemError(0);'] : []),
    hresultSwapping ? `int hresult = ${call}` : isVoid ? call : `${type} result = ${call}`,
    ...(setLastError ? ['Marshal.SetLastPInvokeError(Marshal.GetLastSystemError());'] : []),
    ...(hresultSwapping ? ['Marshal.ThrowExceptionForHR(hresult);'] : []),
  ];
}

function resultOf(value: CrossingType): { readonly type: string; readonly statements: readonly string[] } {
  const { native, conversion } = value;
  const text = valueText(value);
  if (text) return { type: text.managed, statements: [`return ${text.fromNative('result')};`] };
  if (conversion.kind === 'text') {
    const { from, free } = textCalls(conversion.encoding);
    const convert = [`string resultValue = result == null ? null : Marshal.${from}((nint)result);`, `Marshal.${free}((nint)result);`];
    return { type: 'string', statements: [...convert, 'return resultValue;'] };
  }
  if (conversion.kind === 'array' || conversion.kind === 'buffer')
    throw new UnsupportedError('the result is of a length that nothing says');
  // The runtime would make an object of a delegate or a handle; here the caller does.
  return { type: csType(native), statements: native.kind === 'void' ? [] : ['return result;'] };
}

function argumentOf(parameter: CrossingParameter, name: string, local: string): Argument {
  const { native, conversion } = parameter;
  const type = csType(native);
  const text = valueText(parameter);
  if (text) return { declaration: `${text.managed} ${name}`, passed: text.toNative(name) };
  switch (conversion.kind) {
    case 'text':
      return textArgument(conversion.encoding, { type, name, local });
    case 'buffer':
      return bufferArgument(conversion.encoding, { type, name, local });
    case 'array':
      return arrayArgument(conversion.element, name, local);
    case 'reference':
      return referenceArgument(conversion.element, name, local);
    case 'pointee':
      return {
        declaration: `${POINTEES[conversion.element.managed] ?? csType(conversion.element.native)} ${name}`,
        passed: `(${type})&${name}`,
      };
    case 'delegate':
      return {
        declaration: `${delegateName(conversion.delegate)} ${name}`,
        passed: `(${type})${local}`,
        locals: [`nint ${local} = ${name} == null ? 0 : Marshal.GetFunctionPointerForDelegate(${name});`],
        cleanup: [`GC.KeepAlive(${name});`],
      };
    case 'safeHandle':
      return {
        declaration: `SafeHandle ${name}`,
        passed: `(${type})${name}.DangerousGetHandle()`,
        locals: [`bool ${local} = false;`],
        setup: [`${name}.DangerousAddRef(ref ${local});`],
        cleanup: [`if (${local}) ${name}.DangerousRelease();`],
      };
    default:
      return { declaration: `${type} ${name}`, passed: name };
  }
}

/** The C# types of values that MarshalAs passes by their address. */
const POINTEES: Readonly<Record<string, string>> = { 'System.Guid': 'Guid', decimal: 'decimal' };

interface ArgumentNames {
  /** The native type. */
  readonly type: string;
  /** Of the parameter. */
  readonly name: string;
  /** Of the native value. */
  readonly local: string;
}

function textArgument(encoding: TextEncoding, { type, name, local }: ArgumentNames): Argument {
  const { to, free } = textCalls(encoding);
  return {
    declaration: `string ${name}`,
    passed: local,
    locals: [`${type} ${local} = null;`],
    setup: [`${local} = (${type})Marshal.${to}(${name});`],
    cleanup: [`Marshal.${free}((nint)${local});`],
  };
}

/** A buffer for the capacity and a terminator, filled before the call and read back after it. */
function bufferArgument(encoding: 'ansi' | 'utf16' | 'utf8', { type, name, local }: ArgumentNames): Argument {
  const isWide = encoding === 'utf16';
  const unit = isWide ? '2' : encoding === 'utf8' ? '3' : 'Marshal.SystemMaxDBCSCharSize';
  const { to, from } = textCalls(encoding);
  const copy = `for (byte* from = (byte*)Marshal.${to}(${name}.ToString()), at = from; ; at += ${isWide ? 2 : 1})`;
  const unitType = isWide ? 'ushort' : 'byte';
  return {
    declaration: `StringBuilder ${name}`,
    passed: local,
    locals: [`${type} ${local} = null;`],
    setup: [
      `if (${name} != null)`,
      '{',
      `    ${local} = (${type})Marshal.AllocCoTaskMem((${name}.Capacity + 1) * ${unit});`,
      `    ${copy}`,
      '    {',
      `        ${local}[(${unitType}*)at - (${unitType}*)from] = *(${unitType}*)at;`,
      `        if (*(${unitType}*)at == 0) { Marshal.FreeCoTaskMem((nint)from); break; }`,
      '    }',
      '}',
    ],
    after: [`if (${name} != null) ${name}.Clear().Append(Marshal.${from}((nint)${local}));`],
    cleanup: [`Marshal.FreeCoTaskMem((nint)${local});`],
  };
}

/** Arrays of blittable elements are pinned, not copied. */
function arrayArgument({ native, conversion }: CrossingType, name: string, local: string): Argument {
  const type = csType(native);
  if (type === 'void') throw new UnsupportedError('an array of a type that is only known by name');
  if (isInPlace(conversion)) return { declaration: `${type}[] ${name}`, passed: local, pin: `${type}* ${local} = ${name}` };
  if (conversion.kind === 'character' && conversion.encoding === 'utf16')
    return { declaration: `char[] ${name}`, passed: `(ushort*)${local}`, pin: `char* ${local} = ${name}` };
  throw new UnsupportedError(`an array whose elements are marshalled one by one (${conversion.kind})`);
}

function referenceArgument(element: CrossingType, name: string, local: string): Argument {
  const { native, conversion } = element;
  const type = csType(native);
  if (type === 'void') return { declaration: `void* ${name}`, passed: name };
  if (isInPlace(conversion)) return { declaration: `ref ${type} ${name}`, passed: local, pin: `${type}* ${local} = &${name}` };
  const value = valueText(element);
  if (value)
    return {
      declaration: `ref ${value.managed} ${name}`,
      passed: `&${local}`,
      locals: [`${type} ${local} = ${value.toNative(name)};`],
      after: [`${name} = ${value.fromNative(local)};`],
    };
  if (conversion.kind !== 'text') throw new UnsupportedError(`a ${conversion.kind} by reference`);
  const { to, from, free } = textCalls(conversion.encoding);
  return {
    declaration: `ref string ${name}`,
    passed: `&${local}`,
    locals: [`${type} ${local} = null;`],
    setup: [`${local} = (${type})Marshal.${to}(${name});`],
    after: [`${name} = ${local} == null ? null : Marshal.${from}((nint)${local});`],
    cleanup: [`Marshal.${free}((nint)${local});`],
  };
}
