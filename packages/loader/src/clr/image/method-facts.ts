import {
  type Metadata,
  MethodAttributes,
  type MethodCodeKind,
  type MethodDefToken,
  MethodImplAttributes,
  makeToken,
  methodCodeKindOf,
  TableId,
} from '@ijw/metadata';
import { SignatureFlags } from '@ijw/metadata/signatures';

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
  const pinvokeImpl = (flags & MethodAttributes.PInvokeImpl) !== 0;
  const hasImplMap = pinvokeImpl && metadata.findImplMap(token) !== undefined;
  const rva = MethodDef.get(rid, 'RVA');
  return {
    token,
    name: metadata.strings.get(MethodDef.get(rid, 'Name')),
    rva,
    code: methodCodeKindOf({ rva, flags, implFlags, hasImplMap: () => hasImplMap }),
    isGlobal,
    isStatic: (flags & MethodAttributes.Static) !== 0,
    isVirtual: (flags & MethodAttributes.Virtual) !== 0,
    isAbstract: (flags & MethodAttributes.Abstract) !== 0,
    pinvokeImpl,
    isRtSpecialName: (flags & MethodAttributes.RTSpecialName) !== 0,
    isAsync: (implFlags & MethodImplAttributes.Async) !== 0,
    isPInvoke: pinvokeImpl && (flags & MethodAttributes.UnmanagedExport) === 0,
    isInternalCall: (implFlags & MethodImplAttributes.InternalCall) !== 0,
    codeType: CODE_TYPES[implFlags & MethodImplAttributes.CodeTypeMask]!,
    isUnmanaged: (implFlags & MethodImplAttributes.Unmanaged) !== 0,
    preserveSig: (implFlags & MethodImplAttributes.PreserveSig) !== 0,
    hasImplMap,
    genericParameters: isGenericSignature(metadata, rid) ? metadata.genericParamsOf(token).length || 1 : 0,
  };
}

function isGenericSignature(metadata: Metadata, rid: number): boolean {
  const blob = metadata.blobs.get(metadata.tables.MethodDef.get(rid, 'Signature'));
  return blob.length > 0 && (blob[0]! & SignatureFlags.Generic) !== 0;
}

/** The class of a method in `MethodTableBuilder::EnumerateClassMethods`. */
export type MethodKind = 'il' | 'pinvoke' | 'fcall' | 'instantiated' | 'runtime';

export function methodKind(facts: MethodFacts): MethodKind {
  if (facts.isPInvoke || facts.isInternalCall) return facts.code === 'internalCall' && facts.rva === 0 ? 'fcall' : 'pinvoke';
  if (facts.code === 'runtime') return 'runtime';
  return facts.genericParameters > 0 ? 'instantiated' : 'il';
}

/** RVA ≠ 0 and ImplFlags native and unmanaged: the target is base + RVA, whatever the ImplMap says. */
export const isEarlyBound = (facts: MethodFacts): boolean =>
  methodKind(facts) === 'pinvoke' && facts.rva !== 0 && facts.codeType === 'native' && facts.isUnmanaged;
