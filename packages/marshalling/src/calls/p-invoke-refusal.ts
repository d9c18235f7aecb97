// The refusals of native methods by CoreCLR 10 (observed); `src/coreclr/vm/methodtablebuilder.cpp`.

import { MethodAttributes, MethodImplAttributes } from '@ijw/metadata';

/** The facts about a method that the rules use. */
export interface NativeMethodFacts {
  readonly flags: number;
  readonly implFlags: number;
  readonly rva: number;
  readonly hasImplMap: boolean;
  /** Declared outside all types. */
  readonly isGlobal: boolean;
  readonly isGeneric: boolean;
}

export interface RefusalRule {
  readonly name: string;
  /** The load of the image (or of the type) fails, or the call does; some calls take the process with them. */
  readonly when: 'load' | 'typeLoad' | 'call';
  readonly hresult: number;
  readonly message: string;
  readonly applies: (method: NativeMethodFacts) => boolean;
}

const COR_E_TYPELOAD = 0x80131522;
const COR_E_EXECUTIONENGINE = 0x80131506;

const isNative = ({ implFlags }: NativeMethodFacts): boolean =>
  (implFlags & MethodImplAttributes.CodeTypeMask) === MethodImplAttributes.Native;
const isUnmanaged = ({ implFlags }: NativeMethodFacts): boolean => (implFlags & MethodImplAttributes.Unmanaged) !== 0;
const isPInvoke = ({ flags }: NativeMethodFacts): boolean => (flags & MethodAttributes.PInvokeImpl) !== 0;
const isStatic = ({ flags }: NativeMethodFacts): boolean => (flags & MethodAttributes.Static) !== 0;

/** In the order in which the runtime looks. */
export const refusalRules: readonly RefusalRule[] = [
  {
    name: 'globalNotStatic',
    when: 'load',
    hresult: COR_E_TYPELOAD,
    message: 'Non-Static Global Method.',
    applies: (method) => method.isGlobal && !isStatic(method),
  },
  {
    name: 'managedNative',
    when: 'load',
    hresult: COR_E_TYPELOAD,
    message: 'Managed native not presently supported.',
    applies: (method) => isNative(method) && !isUnmanaged(method),
  },
  {
    name: 'badEntryPoint',
    when: 'load',
    hresult: COR_E_TYPELOAD,
    message: 'Bad unmanaged code entry point.',
    applies: (method) =>
      isPInvoke(method)
        ? (method.flags & MethodAttributes.UnmanagedExport) !== 0 || (method.rva === 0 && !method.hasImplMap)
        : isNative(method) && isUnmanaged(method),
  },
  {
    name: 'generic',
    when: 'load',
    hresult: COR_E_TYPELOAD,
    message: 'Generic method or method in generic class is internal call, PInvoke, or is defined in a COM Import class.',
    applies: (method) => method.isGeneric,
  },
  {
    name: 'unmanagedIl',
    when: 'load',
    hresult: COR_E_TYPELOAD,
    message: 'Native method is not supported.',
    applies: (method) => isUnmanaged(method) && !isNative(method),
  },
  {
    name: 'nativeOutsideModule',
    when: 'typeLoad',
    hresult: COR_E_TYPELOAD,
    message: 'Native method is not supported.',
    applies: (method) => isUnmanaged(method) && method.rva !== 0 && !method.isGlobal,
  },
  {
    name: 'managedCodeAtRva',
    when: 'call',
    hresult: COR_E_EXECUTIONENGINE,
    message: 'The method is bound by name, but its RVA makes the runtime look for IL there.',
    applies: (method) => isPInvoke(method) && method.rva !== 0 && !isNative(method) && !isUnmanaged(method),
  },
];

/** The first rule that a method breaks, if it breaks one. */
export const refusalOf = (method: NativeMethodFacts): RefusalRule | undefined => refusalRules.find((rule) => rule.applies(method));
