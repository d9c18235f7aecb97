// ECMA-335 II.15.5, II.22.22 (ImplMap), II.22.33 (Param), II.22.17 (FieldMarshal).

import type { Diagnostics } from '@ijw/binary';
import { isNativeCode, type PInvokeKind, parameterRows } from '@ijw/marshalling';
import {
  type Metadata,
  MethodAttributes,
  type MethodDefToken,
  makeToken,
  methodCodeKindOf,
  methodSignatureOf,
  type PlatformInvoke,
  platformInvokeOf,
  TableId,
  type TypeDefToken,
  tokenRid,
} from '@ijw/metadata';
import type { MarshallingDescriptor } from '@ijw/metadata/marshalling';
import type { MethodSignature, TypeNode } from '@ijw/metadata/signatures';

/** A parameter, or with position 0 the return value. */
export interface InteropParameter {
  readonly position: number;
  readonly type: TypeNode;
  /** Empty without a Param row. */
  readonly name: string;
  /** `ParamAttributes`. */
  readonly flags: number;
  readonly marshalling: MarshallingDescriptor | undefined;
}

export interface PlatformInvokeMethod {
  readonly token: MethodDefToken;
  readonly kind: PInvokeKind;
  readonly fullName: string;
  readonly name: string;
  readonly type: TypeDefToken;
  /** `MethodAttributes`, `MethodImplAttributes`. */
  readonly flags: number;
  readonly implFlags: number;
  readonly rva: number;
  readonly mapping: PlatformInvoke | undefined;
  readonly signature: MethodSignature<TypeNode>;
  /** The return value, then the parameters. */
  readonly values: readonly InteropParameter[];
}

/** A parameter is kept as an object, which is larger than its bytes in a signature. */
const PARAMETER_COST = 4;

/** The parameters of methods of which metadata has only the signature, by that. */
const bareParameters = new WeakMap<MethodSignature<TypeNode>, readonly InteropParameter[]>();

/** The parameters of a method, the return value first. @throws BadImageError */
export function interopParameters(
  metadata: Metadata,
  method: MethodDefToken,
  signature: MethodSignature<TypeNode>,
): readonly InteropParameter[] {
  metadata.budget.spend(signature.parameterTypes.length * PARAMETER_COST, metadata.place);
  const rows = parameterRows(metadata, method);
  const known = rows.size === 0 ? bareParameters.get(signature) : undefined;
  if (known !== undefined) return known;
  const parameters = [signature.returnType, ...signature.parameterTypes].map((type, position) => {
    const { name = '', flags = 0, descriptor } = rows.get(position) ?? {};
    return { position, type, name, flags, marshalling: descriptor };
  });
  if (rows.size === 0) bareParameters.set(signature, parameters);
  return parameters;
}

/** Every method whose code is native or brought by the runtime. One that cannot be read is reported and passed over. @throws BadImageError when the tables cannot be read */
export function readPlatformInvokes(
  metadata: Metadata,
  diagnostics: Diagnostics,
  typeName: (type: TypeDefToken) => string,
): readonly PlatformInvokeMethod[] {
  const { MethodDef } = metadata.tables;
  const [flagsColumn, implFlagsColumn, rvaColumn] = [MethodDef.column('Flags'), MethodDef.column('ImplFlags'), MethodDef.column('RVA')];
  const methods: PlatformInvokeMethod[] = [];
  for (let rid = 1; rid <= MethodDef.rowCount; rid++) {
    const [flags, implFlags, rva] = [flagsColumn.at(rid), implFlagsColumn.at(rid), rvaColumn.at(rid)];
    const token = makeToken(TableId.MethodDef, rid);
    const kind = methodCodeKindOf({ rva, flags, implFlags, hasImplMap: () => metadata.findImplMap(token) !== undefined });
    if (!isNativeCode(kind)) continue;
    const method = diagnostics.attempt(() => readMethod(metadata, token, { kind, flags, implFlags, rva }, typeName), token);
    if (method !== undefined) methods.push(method);
  }
  return methods;
}

function readMethod(
  metadata: Metadata,
  token: MethodDefToken,
  { kind, flags, implFlags, rva }: Pick<PlatformInvokeMethod, 'kind' | 'flags' | 'implFlags' | 'rva'>,
  typeName: (type: TypeDefToken) => string,
): PlatformInvokeMethod {
  const { MethodDef } = metadata.tables;
  const rid = tokenRid(token);
  const mapping = flags & MethodAttributes.PInvokeImpl ? platformInvokeOf(metadata, token) : undefined;
  const signature = methodSignatureOf(metadata, token);
  const values = interopParameters(metadata, token, signature);
  const name = metadata.strings.get(MethodDef.get(rid, 'Name'));
  const type = metadata.declaringType(token);
  return {
    token,
    fullName: `${typeName(type)}::${name}`,
    name,
    type,
    kind,
    flags,
    implFlags,
    rva,
    mapping,
    signature,
    values,
  };
}
