// ECMA-335 II.15.5, II.22.22 (ImplMap), II.22.26 (MethodDef); dotnet/runtime `src/coreclr/vm/dllimport.cpp`, `src/coreclr/vm/prestub.cpp`.

import type { Diagnostics, Mutable } from '@ijw/binary';
import {
  type Metadata,
  MethodAttributes,
  type MethodCodeKind,
  type MethodDefToken,
  MethodImplAttributes,
  makeToken,
  methodCodeKindOf,
  methodFullName,
  methodSignatureOf,
  methodSignatureText,
  PInvokeAttributes,
  platformInvokeOf,
  TableId,
  tokenRid,
} from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import type { MarshallingCause } from './marshalling-cause.ts';
import { NativeCalls } from './native-calls.ts';
import { type NativeMethodFacts, type RefusalRule, refusalOf } from './p-invoke-refusal.ts';
import type { EffectiveConvention } from './unmanaged-convention.ts';

/** Kinds of code that managed code calls out to. */
export type PInvokeKind = Extract<MethodCodeKind, 'rva' | 'named' | 'internalCall'>;

/** A row of ImplMap, its heap entries looked up. */
export interface ImplMap {
  /** The name of the ModuleRef; compilers leave it empty for a function of the image itself. */
  readonly module: string;
  readonly name: string;
  /** `PInvokeAttributes`. */
  readonly flags: number;
}

/** A method whose body is native: where managed code calls out. */
export interface PInvoke {
  readonly token: MethodDefToken;
  /** `Namespace.Type::Name`. */
  readonly method: string;
  /** As C# would declare it. */
  readonly signature: string;
  readonly kind: PInvokeKind;
  /** 0 but for kind `rva`. */
  readonly rva: number;
  readonly flags: number;
  readonly implFlags: number;
  readonly implMap?: ImplMap;
  /** Bound to base + RVA without looking at any name. */
  readonly earlyBound: boolean;
  readonly convention: EffectiveConvention;
  readonly setLastError: boolean;
  readonly preserveSig: boolean;
  readonly marshallingCauses: readonly MarshallingCause[];
  /** Why the runtime does not take the method. */
  readonly refusal?: RefusalRule;
}

function readImplMap(metadata: Metadata, token: MethodDefToken): ImplMap | undefined {
  const mapping = platformInvokeOf(metadata, token);
  return mapping && { module: mapping.moduleName ?? '', name: mapping.entryPoint, flags: mapping.flags };
}

function refusalOfMethod(
  metadata: Metadata,
  { flags, implFlags, rva, hasImplMap }: Omit<NativeMethodFacts, 'isGlobal' | 'isGeneric'>,
  token: MethodDefToken,
  arity: number,
) {
  const type = metadata.declaringType(token);
  const isGeneric = arity > 0 || metadata.genericParamsOf(type).length > 0;
  return refusalOf({ flags, implFlags, rva, hasImplMap, isGlobal: tokenRid(type) <= 1, isGeneric });
}

/** The code is native: managed code that calls the method crosses. */
export const isNativeCode = (kind: MethodCodeKind): kind is PInvokeKind => kind === 'rva' || kind === 'named' || kind === 'internalCall';

/** The method of a row of MethodDef, where its body is native. @throws BadImageError */
export function readPInvoke(calls: NativeCalls, rid: number): PInvoke | undefined {
  const { metadata } = calls;
  const { MethodDef } = metadata.tables;
  const token = makeToken(TableId.MethodDef, rid);
  const flags = MethodDef.get(rid, 'Flags');
  const implFlags = MethodDef.get(rid, 'ImplFlags');
  const rva = MethodDef.get(rid, 'RVA');
  const isPInvoke = (flags & MethodAttributes.PInvokeImpl) !== 0;
  const implMap = isPInvoke ? readImplMap(metadata, token) : undefined;
  const hasImplMap = implMap !== undefined;
  const kind = methodCodeKindOf({ rva, flags, implFlags, hasImplMap: () => hasImplMap });
  if (!isNativeCode(kind)) return undefined;
  const signature = methodSignatureOf(metadata, token);
  const isFrameworkCall = kind === 'internalCall' && !isPInvoke;
  const refusal = isFrameworkCall
    ? undefined
    : refusalOfMethod(metadata, { flags, implFlags, rva, hasImplMap }, token, signature.genericParameterCount);
  const setLastError = implMap !== undefined && (implMap.flags & PInvokeAttributes.SupportsLastError) !== 0;
  const preserveSig = (implFlags & MethodImplAttributes.PreserveSig) !== 0;
  const method: Mutable<PInvoke> = {
    token,
    method: methodFullName(metadata, token),
    signature: methodSignatureText(metadata, token),
    kind,
    rva: kind === 'rva' ? rva : 0,
    flags,
    implFlags,
    earlyBound: rva !== 0 && (implFlags & 7) === (MethodImplAttributes.Native | MethodImplAttributes.Unmanaged),
    convention: calls.conventionOf(token, signature, implMap?.flags),
    setLastError,
    preserveSig,
    marshallingCauses: isFrameworkCall ? [] : calls.causesOf(token, signature, { setLastError, preserveSig }),
  };
  // Not built by a spread: for such an object V8 keeps a description that is larger than the object.
  if (implMap !== undefined) method.implMap = implMap;
  if (refusal !== undefined) method.refusal = refusal;
  return method;
}

/** Every method with a native body, in the order of the MethodDef table. A method that cannot be read is reported and left out. */
export function readPInvokes(calls: NativeCalls, diagnostics: Diagnostics): readonly PInvoke[] {
  const methods: PInvoke[] = [];
  const { rowCount } = calls.metadata.tables.MethodDef;
  for (let rid = 1; rid <= rowCount; rid++) {
    const method = diagnostics.attempt(() => readPInvoke(calls, rid), makeToken(TableId.MethodDef, rid));
    if (method !== undefined) methods.push(method);
  }
  return methods;
}

/** The methods whose native body is in the image. @throws BadImageError when the tables cannot be read */
export const readRvaPInvokes = (image: PEImage, metadata: Metadata, diagnostics: Diagnostics): readonly PInvoke[] =>
  readPInvokes(new NativeCalls(metadata, image), diagnostics).filter(({ kind }) => kind === 'rva');
