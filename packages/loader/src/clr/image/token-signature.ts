// dotnet/runtime `src/coreclr/vm/siginfo.cpp`, validateTokenSig and validateOneArg: the loader's checks of a signature before it uses it. They are weaker than
// the standard asks: bytes may be left over, one row more than there are TypeDefs passes.

import { BadImageError, ByteReader } from '@ijw/binary';
import { codedIndexDecoder, type Metadata, TableId, tableNameOf, tokenRid, tokenTable } from '@ijw/metadata';
import { CallingConvention, ElementType, SignatureFlags } from '@ijw/metadata/signatures';

/** VLDTR_E_SIG_* (corerror.h) with their texts. */
export const signatureProblems = {
  empty: [0x80131237, 'Signature specified is zero-sized.'],
  callingConvention: [0x80131239, 'Method signature has invalid calling convention.'],
  missingElementType: [0x8013123d, 'Signature missing element type.'],
  missingToken: [0x8013123e, 'Signature missing token.'],
  badToken: [0x8013123f, 'Signature has bad token.'],
  missingFunctionPointer: [0x80131240, 'Signature is missing function pointer.'],
  missingArgumentCount: [0x80131241, 'Signature has function pointer missing argument count.'],
  missingRank: [0x80131242, 'Signature is missing rank specification.'],
  missingSizeCount: [0x80131243, 'Signature is missing count of sized dimensions.'],
  missingSize: [0x80131244, 'Signature is missing size of dimension.'],
  missingBoundCount: [0x80131245, 'Signature is missing count of lower bounds.'],
  missingBound: [0x80131246, 'Signature is missing a lower bound.'],
  badElementType: [0x80131247, 'Signature has bad element type.'],
  sentinel: [0x801312df, 'E_T_SENTINEL in MethodDef signature.'],
  missingCount: [0x80131238, 'Signature missing argument count.'],
  missingArgument: [0x801312e3, 'Signature missing argument.'],
  badVoid: [0x80131b24, "Illegal 'void' in signature."],
} as const;

const typeDefOrRef = codedIndexDecoder('TypeDefOrRef');

export type SignatureProblemName = keyof typeof signatureProblems;

const CONVENTION_MASK = 0x0f;
const METHOD_CONVENTIONS: readonly number[] = [CallingConvention.Default, CallingConvention.VarArg];
/** Bit of every element type that only modifies the next (ELEMENT_TYPE_MODIFIER). */
const MODIFIER = 0x40;
/** The greatest nesting of types; a deeper signature would need too much stack. */
const DEPTH_LIMIT = 1000;

/** The signature is cut short or invalid: carried up through the types that are inside one another. */
export class SignatureError extends Error {
  readonly problem: SignatureProblemName;

  constructor(problem: SignatureProblemName) {
    super(signatureProblems[problem][1]);
    this.problem = problem;
  }
}

/** Of a field. @throws SignatureError */
export function validateFieldSignature(metadata: Metadata, blob: Uint8Array): void {
  const reader = signatureReader(blob);
  if ((reader.u8() & CONVENTION_MASK) !== CallingConvention.Field) throw new SignatureError('callingConvention');
  validateType(metadata, reader, false, 0);
}

/** Of a method. One that says it is a field's passes as one. @throws SignatureError */
export function validateMethodSignature(metadata: Metadata, blob: Uint8Array, isStatic: boolean): void {
  const reader = signatureReader(blob);
  const header = reader.u8();
  if (((header & SignatureFlags.HasThis) !== 0) === isStatic) throw new SignatureError('callingConvention');
  const convention = header & CONVENTION_MASK;
  if (convention === CallingConvention.Field) {
    validateType(metadata, reader, false, 0);
    return;
  }
  if (!METHOD_CONVENTIONS.includes(convention) || header & SignatureFlags.ExplicitThis) throw new SignatureError('callingConvention');
  if (header & SignatureFlags.Generic) number(reader, 'missingCount');
  const count = number(reader, 'missingCount');
  // The result is the first of `count` + 1; the runtime counts it as one of `count`.
  for (let index = 0; index < count; index++) validateType(metadata, reader, index === 0, 0);
}

function signatureReader(blob: Uint8Array): ByteReader {
  if (blob.length === 0) throw new SignatureError('empty');
  return new ByteReader(blob, { reading: 'a signature' });
}

/** Element types of references to objects, which no image has the bytes of. */
const REFERENCES: readonly number[] = [ElementType.String, ElementType.Class, ElementType.Object, ElementType.SzArray, ElementType.Array];

/** Whether a signature that is valid says that the field holds a reference to an object. */
export function isReferenceField(metadata: Metadata, field: number): boolean {
  const reader = signatureReader(metadata.blobs.get(metadata.tables.Field.get(field, 'Signature')));
  reader.skip(1);
  let element = elementType(reader);
  while (element === ElementType.CModOpt || element === ElementType.CModReqd) {
    validateToken(metadata, reader);
    element = elementType(reader);
  }
  return REFERENCES.includes(element === ElementType.GenericInst ? elementType(reader) : element);
}

const SIMPLE: ReadonlySet<number> = new Set([
  ElementType.Boolean,
  ElementType.Char,
  ElementType.I1,
  ElementType.U1,
  ElementType.I2,
  ElementType.U2,
  ElementType.I4,
  ElementType.U4,
  ElementType.I8,
  ElementType.U8,
  ElementType.R4,
  ElementType.R8,
  ElementType.String,
  ElementType.Object,
  ElementType.TypedByRef,
  ElementType.I,
  ElementType.U,
]);

function validateType(metadata: Metadata, reader: ByteReader, mayBeVoid: boolean, depth: number): void {
  if (depth > DEPTH_LIMIT) throw new SignatureError('badElementType');
  const inner = (voidAllowed: boolean): void => validateType(metadata, reader, voidAllowed, depth + 1);
  const element = elementType(reader);
  if (SIMPLE.has(element)) return;
  switch (element) {
    case ElementType.Void:
      if (!mayBeVoid) throw new SignatureError('badVoid');
      return;
    case ElementType.Ptr:
      inner(true);
      return;
    case ElementType.ByRef:
    case ElementType.SzArray:
      inner(false);
      return;
    case ElementType.CModOpt:
    case ElementType.CModReqd:
      validateToken(metadata, reader);
      inner(mayBeVoid);
      return;
    case ElementType.ValueType:
    case ElementType.Class:
      validateToken(metadata, reader);
      return;
    case ElementType.FnPtr:
      validateFunctionPointer(reader, inner);
      return;
    case ElementType.Array:
      inner(false);
      validateShape(reader);
      return;
    case ElementType.Var:
    case ElementType.MVar:
      number(reader, 'missingArgumentCount');
      return;
    case ElementType.GenericInst:
      inner(false);
      for (let left = number(reader, 'missingArgumentCount'); left > 0; left--) inner(false);
      return;
    default:
      throw new SignatureError('badElementType');
  }
}

/** The first byte that is not a modifier. */
function elementType(reader: ByteReader): number {
  if (reader.remaining === 0) throw new SignatureError('missingArgument');
  for (let element = reader.u8(); ; element = reader.u8()) {
    if ((element & MODIFIER) === 0) return element;
    if (element === ElementType.Sentinel) throw new SignatureError('sentinel');
    if (reader.remaining === 0) throw new SignatureError('missingElementType');
  }
}

/** A compressed number, or the error of its absence. */
function number(reader: ByteReader, absence: SignatureProblemName): number {
  try {
    return reader.compressedUnsigned();
  } catch (error) {
    if (error instanceof BadImageError) throw new SignatureError(absence);
    throw error;
  }
}

/** One row more than there are TypeDefs passes. */
function validateToken(metadata: Metadata, reader: ByteReader): void {
  const token = typeDefOrRef.decode(number(reader, 'missingToken'));
  if (token === -1) throw new SignatureError('badToken');
  const table = tokenTable(token);
  const name = tableNameOf(table);
  const rows = name === undefined ? 0 : metadata.tables[name].rowCount + (table === TableId.TypeDef ? 1 : 0);
  if (tokenRid(token) === 0 || tokenRid(token) > rows) throw new SignatureError('badToken');
}

function validateFunctionPointer(reader: ByteReader, inner: (mayBeVoid: boolean) => void): void {
  const convention = number(reader, 'missingFunctionPointer');
  const explicitOnly = (convention & (SignatureFlags.ExplicitThis | SignatureFlags.HasThis)) === SignatureFlags.ExplicitThis;
  if ((convention & CONVENTION_MASK) > CallingConvention.NativeVarArg || explicitOnly) throw new SignatureError('callingConvention');
  const count = number(reader, 'missingArgumentCount');
  inner(true);
  for (let left = count; left > 0; left--) inner(false);
}

function validateShape(reader: ByteReader): void {
  if (number(reader, 'missingRank') === 0) return;
  for (let sizes = number(reader, 'missingSizeCount'); sizes > 0; sizes--) number(reader, 'missingSize');
  for (let bounds = number(reader, 'missingBoundCount'); bounds > 0; bounds--) number(reader, 'missingBound');
}
