// dotnet/runtime `src/coreclr/vm/mlinfo.cpp`, MarshalInfo: classes, arrays, references.

import { isTokenOf, type Token, type TypeDefToken } from '@ijw/metadata';
import { NativeType, type NativeTypeName } from '@ijw/metadata/marshalling';
import type { TypeNode } from '@ijw/metadata/signatures';
import { type AbiType, type Unsupported, unsupported } from '../abi/abi-type.ts';
import type { CrossingType, NativeDelegate } from '../crossing-type.ts';
import { VARIANT } from '../native/core-structures.ts';
import { nativeExtent } from '../native/native-layout.ts';
import { ADDRESS, lazyPointer, pointerTo } from '../native/native-tree.ts';
import { type ClassKind, classKindOf } from './class-kind.ts';
import { delegateTree, nativeDelegate } from './delegate-tree.ts';
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
  readonly text: string;
  /** The values of MarshalAs that are allowed; its absence always is. */
  readonly allowed: readonly NativeTypeName[];
  readonly because: string;
  readonly cleanup?: string;
}

const RELEASE = 'release the interface';

/** By what the class is. Strings and plain objects have rules of their own. */
const RULES: Readonly<Record<Exclude<ClassKind, 'string' | 'stringBuilder' | 'object'>, ClassRule>> = {
  array: {
    what: 'a System.Array',
    text: 'interface pointer',
    allowed: ['intf', 'safeArray'],
    because: 'An array object is wrapped for COM',
    cleanup: RELEASE,
  },
  safeHandle: {
    what: 'a SafeHandle',
    text: 'HANDLE',
    allowed: [],
    because: 'The handle in the SafeHandle, which is kept from being closed during the call',
    cleanup: 'give the reference to the SafeHandle back',
  },
  criticalHandle: { what: 'a CriticalHandle', text: 'HANDLE', allowed: [], because: 'The handle in the CriticalHandle' },
  delegate: {
    what: 'a delegate',
    text: 'function pointer',
    allowed: ['func', 'iDispatch'],
    because: 'A delegate gets a stub that native code calls; it is kept alive during the call',
  },
  interface: {
    what: 'an interface',
    text: 'interface pointer',
    allowed: ['intf'],
    because: 'An object is wrapped for COM',
    cleanup: RELEASE,
  },
  layout: {
    what: 'a class with a layout',
    text: 'pointer to its fields',
    allowed: ['lpStruct'],
    because: 'The fields are pinned where they are blittable, else copied to native memory',
  },
  other: {
    what: 'a class without a layout',
    text: 'interface pointer',
    allowed: ['intf'],
    because: 'An object is wrapped for COM',
    cleanup: RELEASE,
  },
  elsewhere: {
    what: 'a class of another assembly',
    text: 'pointer',
    allowed: ['intf', 'func', 'iDispatch', 'lpStruct', 'safeArray'],
    because: 'A class of another assembly: a handle, a function pointer, an interface or its fields, by what it comes from',
  },
};

/** Native types under which an object is a COM interface. */
const INTERFACES: readonly NativeTypeName[] = ['iUnknown', 'iDispatch', 'intf'];

const isOneOf = (nativeType: number | undefined, names: readonly NativeTypeName[]): boolean =>
  names.some((name) => NativeType[name] === nativeType);

const interfacePointer = (source: FormSource): NativeForm =>
  convertedPointer(source, { text: 'interface pointer', because: 'An object is wrapped for COM', cleanup: RELEASE });

/** `System.Object`: a VARIANT, unless MarshalAs says otherwise. */
export function objectForm(source: FormSource, { nativeType, isResult }: FormRequest): NativeForm | Unsupported {
  if (isOneOf(nativeType, INTERFACES)) return interfacePointer(source);
  if (nativeType === NativeType.asAny) {
    const because = 'What the object is at the call decides what is passed';
    return convertedPointer(source, { text: 'pointer', because, cleanup: 'free the copy' });
  }
  if (nativeType !== undefined && nativeType !== NativeType.struct) return badDescriptor(nativeType, 'an object');
  if (isResult) return unsupported('A VARIANT cannot be returned');
  const abi: AbiType = { kind: 'aggregate', ...nativeExtent(VARIANT, source.measure.pointerSize) };
  const because = 'An object is a VARIANT where nothing else is said';
  return cleanedUp(converted({ text: 'VARIANT', native: VARIANT, abi, because }), 'clear the VARIANT');
}

/** The base classes of delegates have no function of their own. */
function delegateParts(delegate: NativeDelegate) {
  return { conversion: { kind: 'delegate', delegate } as const, native: delegateTree(delegate) };
}

/** The parts of the native type and of the conversion that the kind of a class decides. */
function partsOf(source: FormSource, kind: keyof typeof RULES, token: Token) {
  const at = isTokenOf(token, 'TypeDef') ? { source, token } : source.definition(token);
  switch (kind) {
    case 'safeHandle':
      return { conversion: { kind: 'safeHandle' } as const };
    case 'delegate':
      return at ? delegateParts(nativeDelegate(at.source, at.token)) : { conversion: { kind: 'delegate' } as const };
    case 'layout':
      return { native: at ? lazyPointer(() => at.source.structures.pointee(at.source, at.token)) : ADDRESS };
    default:
      return {};
  }
}

/** @throws BadImageError */
export function classForm(source: FormSource, type: TypeNode & { readonly kind: 'named' }, request: FormRequest): NativeForm | Unsupported {
  const kind = classKindOf(source, type.token);
  if (kind === 'string') return stringForm(source, request);
  if (kind === 'stringBuilder') return stringBuilderForm(source, request);
  if (kind === 'object') return objectForm(source, request);
  const { what, text, allowed, because, cleanup } = RULES[kind];
  const { nativeType } = request;
  if (nativeType === NativeType.customMarshaler) return customForm(source);
  if (nativeType !== undefined && !isOneOf(nativeType, allowed)) return badDescriptor(nativeType, what);
  return convertedPointer(source, { text, because, cleanup, ...partsOf(source, kind, type.token) });
}

export const customForm = (source: FormSource): NativeForm =>
  convertedPointer(source, {
    text: 'pointer',
    because: 'A custom marshaler makes the native value',
    cleanup: 'let the custom marshaler clean up',
  });

/** The address of something whose own form is not known; a structure of the module keeps its name. */
function unknownForm(source: FormSource, { reason }: Unsupported, type: TypeNode): NativeForm {
  const isOwn = type.kind === 'named' && type.valueType === true && isTokenOf(type.token, 'TypeDef');
  return convertedPointer(source, {
    text: 'pointer',
    because: `The address of the value or of its converted copy: ${reason}`,
    native: isOwn ? pointerTo({ kind: 'struct', struct: source.structures.named(source, type.token as TypeDefToken) }) : ADDRESS,
    cleanup: 'free the copy, if one was made',
  });
}

/** Arrays with one dimension or several. */
export function arrayForm(
  source: FormSource,
  type: TypeNode,
  element: CrossingType | Unsupported,
  { nativeType }: FormRequest,
): NativeForm | Unsupported {
  if (nativeType === NativeType.safeArray) {
    const because = 'The elements are copied into a SAFEARRAY';
    return convertedPointer(source, { text: 'SAFEARRAY*', because, cleanup: 'destroy the SAFEARRAY' });
  }
  if (nativeType !== undefined && nativeType !== NativeType.array) return badDescriptor(nativeType, 'an array');
  if (isUnsupported(element))
    return element.notKnown ? unknownForm(source, element, type) : unsupported(`The elements of the array: ${element.reason}`);
  const parts = {
    text: `pointer to ${element.nativeText}`,
    native: pointerTo(element.native),
    conversion: { kind: 'array', element } as const,
  };
  return element.blittable
    ? convertedPointer(source, { ...parts, because: 'The elements themselves, pinned' })
    : convertedPointer(source, { ...parts, because: 'The elements are copied and converted', cleanup: 'free the copy' });
}

/** `ref`, `out` and `in` parameters. */
export function referenceForm(source: FormSource, type: TypeNode, element: CrossingType | Unsupported): NativeForm | Unsupported {
  if (isUnsupported(element))
    return element.notKnown ? unknownForm(source, element, type) : unsupported(`What the reference leads to: ${element.reason}`);
  const parts = {
    text: `pointer to ${element.nativeText}`,
    native: pointerTo(element.native),
    conversion: { kind: 'reference', element } as const,
  };
  return element.blittable
    ? convertedPointer(source, { ...parts, because: 'The address of the value itself, pinned' })
    : convertedPointer(source, { ...parts, because: 'The address of a converted copy', cleanup: element.cleanup });
}
