// dotnet/runtime `src/coreclr/vm/mlinfo.cpp`, MarshalInfo: classes, arrays, references.

import { NativeType, type NativeTypeName, type TypeNode } from '@ijw/metadata';
import { type Unsupported, unsupported } from '../abi/abi-type.ts';
import { type ClassKind, classKindOf } from './class-kind.ts';
import {
  badDescriptor,
  cleanedUp,
  converted,
  convertedPointer,
  type FormRequest,
  type FormSource,
  isUnsupported,
  type NativeForm,
} from './native-form.ts';
import { stringBuilderForm, stringForm } from './string-form.ts';

interface ClassRule {
  readonly what: string;
  readonly native: string;
  /** What MarshalAs may say; nothing is always allowed. */
  readonly allowed: readonly NativeTypeName[];
  readonly why: string;
  readonly cleanup?: string;
}

const RELEASE = 'release the interface';

/** By what the class is. Strings and plain objects have rules of their own. */
const RULES: Readonly<Record<Exclude<ClassKind, 'string' | 'stringBuilder' | 'object'>, ClassRule>> = {
  array: {
    what: 'a System.Array',
    native: 'interface pointer',
    allowed: ['intf', 'safeArray'],
    why: 'An array object is wrapped for COM',
    cleanup: RELEASE,
  },
  safeHandle: {
    what: 'a SafeHandle',
    native: 'HANDLE',
    allowed: [],
    why: 'The handle in the SafeHandle, which is kept from being closed during the call',
    cleanup: 'give the reference to the SafeHandle back',
  },
  criticalHandle: { what: 'a CriticalHandle', native: 'HANDLE', allowed: [], why: 'The handle in the CriticalHandle' },
  delegate: {
    what: 'a delegate',
    native: 'function pointer',
    allowed: ['func', 'iDispatch'],
    why: 'A delegate gets a stub that native code calls; it is kept alive during the call',
  },
  interface: {
    what: 'an interface',
    native: 'interface pointer',
    allowed: ['intf'],
    why: 'An object is wrapped for COM',
    cleanup: RELEASE,
  },
  layout: {
    what: 'a class with a layout',
    native: 'pointer to its fields',
    allowed: ['lpStruct'],
    why: 'The fields are pinned where they are blittable, else copied to native memory',
  },
  other: {
    what: 'a class without a layout',
    native: 'interface pointer',
    allowed: ['intf'],
    why: 'An object is wrapped for COM',
    cleanup: RELEASE,
  },
  elsewhere: {
    what: 'a class of another assembly',
    native: 'pointer',
    allowed: ['intf', 'func', 'iDispatch', 'lpStruct', 'safeArray'],
    why: 'A class of another assembly: a handle, a function pointer, an interface or its fields, by what it comes from',
  },
};

/** Native types under which an object is a COM interface. */
const INTERFACES: readonly NativeTypeName[] = ['iUnknown', 'iDispatch', 'intf'];

const isOneOf = (nativeType: number | undefined, names: readonly NativeTypeName[]): boolean =>
  names.some((name) => NativeType[name] === nativeType);

/** `System.Object`: a VARIANT, unless MarshalAs says otherwise. */
export function objectForm(source: FormSource, { nativeType, isResult }: FormRequest): NativeForm | Unsupported {
  if (isOneOf(nativeType, INTERFACES)) return convertedPointer(source, 'interface pointer', 'An object is wrapped for COM', RELEASE);
  if (nativeType === NativeType.asAny)
    return convertedPointer(source, 'pointer', 'What the object is at the call decides what is passed', 'free the copy');
  if (nativeType !== undefined && nativeType !== NativeType.struct) return badDescriptor(nativeType, 'an object');
  if (isResult) return unsupported('A VARIANT cannot be returned');
  const size = 8 + 2 * source.measure.pointerSize;
  return cleanedUp(
    converted('VARIANT', { kind: 'aggregate', size, alignment: 8 }, 'An object is a VARIANT where nothing else is said'),
    'clear the VARIANT',
  );
}

/** @throws BadImageError */
export function classForm(source: FormSource, type: TypeNode & { readonly kind: 'named' }, request: FormRequest): NativeForm | Unsupported {
  const kind = classKindOf(source, type.token);
  if (kind === 'string') return stringForm(source, request);
  if (kind === 'stringBuilder') return stringBuilderForm(source, request);
  if (kind === 'object') return objectForm(source, request);
  const { what, native, allowed, why, cleanup } = RULES[kind];
  const { nativeType } = request;
  if (nativeType === NativeType.customMarshaler) return customForm(source);
  if (nativeType !== undefined && !isOneOf(nativeType, allowed)) return badDescriptor(nativeType, what);
  return convertedPointer(source, native, why, cleanup);
}

export const customForm = (source: FormSource): NativeForm =>
  convertedPointer(source, 'pointer', 'A custom marshaler makes the native value', 'let the custom marshaler clean up');

/** An address of something whose own form is not known. */
const unknownForm = (source: FormSource, { reason }: Unsupported): NativeForm =>
  convertedPointer(source, 'pointer', `The address of the value or of its converted copy: ${reason}`, 'free the copy, if one was made');

/** Arrays with one dimension or several. `elementForm` plans what is in them. */
export function arrayForm(source: FormSource, element: NativeForm | Unsupported, { nativeType }: FormRequest): NativeForm | Unsupported {
  if (nativeType === NativeType.safeArray)
    return convertedPointer(source, 'SAFEARRAY*', 'The elements are copied into a SAFEARRAY', 'destroy the SAFEARRAY');
  if (nativeType !== undefined && nativeType !== NativeType.array) return badDescriptor(nativeType, 'an array');
  if (isUnsupported(element))
    return element.notKnown ? unknownForm(source, element) : unsupported(`The elements of the array: ${element.reason}`);
  const native = `pointer to ${element.native}`;
  return element.blittable
    ? convertedPointer(source, native, 'The elements themselves, pinned')
    : convertedPointer(source, native, 'The elements are copied and converted', 'free the copy');
}

/** `ref`, `out` and `in` parameters. */
export function referenceForm(source: FormSource, element: NativeForm | Unsupported): NativeForm | Unsupported {
  if (isUnsupported(element))
    return element.notKnown ? unknownForm(source, element) : unsupported(`What the reference leads to: ${element.reason}`);
  const native = `pointer to ${element.native}`;
  return element.blittable
    ? convertedPointer(source, native, 'The address of the value itself, pinned')
    : convertedPointer(source, native, 'The address of a converted copy', element.cleanup);
}
