import { OpCodes, opCodesByIndex, scanInstructions } from '@ijw/il';
import {
  coreTypeNames,
  isTokenOf,
  type Metadata,
  type MethodDefToken,
  methodSignatureOf,
  type Token,
  tokenRid,
  typeFullName,
} from '@ijw/metadata';
import type { PrimitiveName, TypeNode } from '@ijw/metadata/signatures';
import type { PEImage } from '@ijw/pe';
import type { AssemblyShape, TypeShape } from '../shape/assembly-shape.ts';

/** A field cannot be of these. */
const NO_FIELDS: readonly PrimitiveName[] = ['void', 'typedref'];

/** Instructions that name a method. */
const NAMES_METHOD: ReadonlySet<number> = new Set(
  (['call', 'callvirt', 'newobj', 'jmp', 'ldftn', 'ldvirtftn', 'ldtoken'] as const).map((name) => OpCodes[name].index),
);

/** For each type, the types of the module in the signatures of the methods that its code names, in the order of the code. */
export function operandTypes(assembly: AssemblyShape, image: PEImage | undefined): (type: TypeShape) => readonly TypeShape[] {
  if (image === undefined) return () => [];
  const { metadata } = assembly;
  const byName = new Map(assembly.types.map((type) => [typeFullName(metadata, type.token), type]));
  const found = new Map<number, TypeShape[]>();
  scanInstructions(image, metadata, (cursor, method) => {
    if (cursor.index < 0 || !NAMES_METHOD.has(opCodesByIndex[cursor.index]!.index)) return;
    const owner = metadata.declaringType(method.token);
    const types = signatureTypes(assembly, byName, cursor.uint32 as Token);
    const known = found.get(owner);
    if (known) for (const type of types) known.push(type);
    else found.set(owner, types);
  });
  return (type) => found.get(type.token) ?? [];
}

function signatureTypes(assembly: AssemblyShape, byName: ReadonlyMap<string, TypeShape>, operand: Token): TypeShape[] {
  const token = methodOf(assembly.metadata, operand);
  if (token === undefined) return [];
  const { returnType, parameterTypes } = methodSignatureOf(assembly.metadata, token);
  return [returnType, ...parameterTypes].flatMap((type) => typeOf(assembly, byName, type) ?? []);
}

/** The MethodDef or the MemberRef with a method's signature behind an operand. */
function methodOf(metadata: Metadata, operand: Token): MethodDefToken | undefined {
  const { MethodDef, MemberRef, MethodSpec } = metadata.tables;
  const rid = tokenRid(operand);
  if (isTokenOf(operand, 'MethodSpec'))
    return rid <= MethodSpec.rowCount ? methodOf(metadata, MethodSpec.column('Method').token(rid)) : undefined;
  if (isTokenOf(operand, 'MethodDef')) return rid > 0 && rid <= MethodDef.rowCount ? operand : undefined;
  if (!isTokenOf(operand, 'MemberRef') || rid === 0 || rid > MemberRef.rowCount) return undefined;
  const header = metadata.blobs.get(MemberRef.get(rid, 'Signature'))[0] ?? 6;
  return (header & 0xf) === 6 ? undefined : (operand as Token as MethodDefToken);
}

function typeOf(assembly: AssemblyShape, byName: ReadonlyMap<string, TypeShape>, type: TypeNode): TypeShape | undefined {
  switch (type.kind) {
    case 'named':
      return assembly.byToken.get(type.token);
    case 'primitive':
      return NO_FIELDS.includes(type.type) ? undefined : byName.get(coreTypeNames[type.type]);
    case 'genericInstance':
      return typeOf(assembly, byName, type.generic);
    case 'modified':
      return typeOf(assembly, byName, type.unmodified);
    case 'pointer':
    case 'byReference':
    case 'pinned':
    case 'szArray':
    case 'array':
      return typeOf(assembly, byName, type.element);
    default:
      return undefined;
  }
}
