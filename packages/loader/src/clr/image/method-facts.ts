import { type Metadata, type MethodCodeKind, type MethodDefToken, makeToken, methodCodeKindOf, TableId } from '@ijw/metadata';

/** ECMA-335 II.23.1.10 and II.23.1.11: the bits of Flags and ImplFlags that decide how a method is loaded and called. */
const Flags = { static: 0x10, virtual: 0x40, abstract: 0x400, unmanagedExport: 0x8, rtSpecialName: 0x1000, pinvokeImpl: 0x2000 } as const;
const ImplFlags = {
  codeTypeMask: 0x3,
  il: 0,
  native: 1,
  runtime: 3,
  unmanaged: 0x4,
  preserveSig: 0x80,
  internalCall: 0x1000,
  async: 0x2000,
} as const;

/** A method as the class loader sees it. */
export interface MethodFacts {
  readonly token: MethodDefToken;
  readonly name: string;
  readonly rva: number;
  readonly code: MethodCodeKind;
  readonly isGlobal: boolean;
  readonly isStatic: boolean;
  readonly isVirtual: boolean;
  readonly isAbstract: boolean;
  /** `IsReallyMdPinvokeImpl`: PinvokeImpl without UnmanagedExport. */
  readonly isPInvoke: boolean;
  readonly pinvokeImpl: boolean;
  readonly isRtSpecialName: boolean;
  /** A flag of .NET 10. */
  readonly isAsync: boolean;
  readonly isInternalCall: boolean;
  readonly codeType: 'il' | 'native' | 'optil' | 'runtime';
  readonly isUnmanaged: boolean;
  readonly preserveSig: boolean;
  readonly hasImplMap: boolean;
  readonly genericParameters: number;
}

const CODE_TYPES = ['il', 'native', 'optil', 'runtime'] as const;

export function methodFacts(metadata: Metadata, rid: number, isGlobal: boolean): MethodFacts {
  const { MethodDef } = metadata.tables;
  const token = makeToken(TableId.MethodDef, rid);
  const flags = MethodDef.get(rid, 'Flags');
  const implFlags = MethodDef.get(rid, 'ImplFlags');
  const pinvokeImpl = (flags & Flags.pinvokeImpl) !== 0;
  const hasImplMap = pinvokeImpl && metadata.findImplMap(token) !== undefined;
  const rva = MethodDef.get(rid, 'RVA');
  return {
    token,
    name: metadata.strings.get(MethodDef.get(rid, 'Name')),
    rva,
    code: methodCodeKindOf({ rva, flags, implFlags, hasImplMap: () => hasImplMap }),
    isGlobal,
    isStatic: (flags & Flags.static) !== 0,
    isVirtual: (flags & Flags.virtual) !== 0,
    isAbstract: (flags & Flags.abstract) !== 0,
    pinvokeImpl,
    isRtSpecialName: (flags & Flags.rtSpecialName) !== 0,
    isAsync: (implFlags & ImplFlags.async) !== 0,
    isPInvoke: pinvokeImpl && (flags & Flags.unmanagedExport) === 0,
    isInternalCall: (implFlags & ImplFlags.internalCall) !== 0,
    codeType: CODE_TYPES[implFlags & ImplFlags.codeTypeMask]!,
    isUnmanaged: (implFlags & ImplFlags.unmanaged) !== 0,
    preserveSig: (implFlags & ImplFlags.preserveSig) !== 0,
    hasImplMap,
    genericParameters: isGenericSignature(metadata, rid) ? metadata.genericParamsOf(token).length || 1 : 0,
  };
}

/** ECMA-335 II.23.2.1: GENERIC in the first byte of the signature. */
const GENERIC = 0x10;

function isGenericSignature(metadata: Metadata, rid: number): boolean {
  const blob = metadata.blobs.get(metadata.tables.MethodDef.get(rid, 'Signature'));
  return blob.length > 0 && (blob[0]! & GENERIC) !== 0;
}

/** What `MethodTableBuilder::EnumerateClassMethods` makes of a method. */
export type MethodKind = 'il' | 'pinvoke' | 'fcall' | 'instantiated' | 'runtime';

export function methodKind(facts: MethodFacts): MethodKind {
  if (facts.isPInvoke || facts.isInternalCall) return facts.code === 'internalCall' && facts.rva === 0 ? 'fcall' : 'pinvoke';
  if (facts.code === 'runtime') return 'runtime';
  return facts.genericParameters > 0 ? 'instantiated' : 'il';
}

/** RVA ≠ 0 and ImplFlags native and unmanaged: the target is base + RVA, whatever the ImplMap says. */
export const isEarlyBound = (facts: MethodFacts): boolean =>
  methodKind(facts) === 'pinvoke' && facts.rva !== 0 && facts.codeType === 'native' && facts.isUnmanaged;
