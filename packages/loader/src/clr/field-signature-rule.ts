import { BadImageError, ByteReader } from '@ijw/binary';
import { codedIndexDecoder, ElementType, type Metadata, TableId, tableNameOf, tokenRid, tokenTable } from '@ijw/metadata';
import type { ClrException } from '../load-refusal.ts';
import { clrException, indexNotFound, withCode } from './clr-error.ts';

/** VLDTR_E_SIG_* (corerror.h) with their texts. */
const Problems = {
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
  missingArgument: [0x801312e3, 'Signature missing argument.'],
  badVoid: [0x80131b24, "Illegal 'void' in signature."],
} as const;

const typeDefOrRef = codedIndexDecoder('TypeDefOrRef');

type ProblemName = keyof typeof Problems;

/** ECMA-335 II.23.2.4 and II.23.2.1. */
const FIELD = 0x06;
const CONVENTION_MASK = 0x0f;
const LAST_CONVENTION = 0x0c;
const HAS_THIS = 0x20;
const EXPLICIT_THIS = 0x40;
/** Bit of every element type that only modifies the next (ELEMENT_TYPE_MODIFIER). */
const MODIFIER = 0x40;
/** Types inside one another; a signature that goes deeper wants a stack. */
const DEPTH_LIMIT = 1000;

/** The signature breaks off, or is none: carried up through the types that are inside one another. */
class SignatureError extends Error {
  readonly problem: ProblemName;

  constructor(problem: ProblemName) {
    super(Problems[problem][1]);
    this.problem = problem;
  }
}

/** `validateTokenSig` and `validateOneArg` (vm/siginfo.cpp) for the signature of a field: what the loader throws at it, if anything. */
export function fieldSignatureProblem(metadata: Metadata, field: number): ClrException | undefined {
  try {
    validateField(metadata, metadata.blobs.get(metadata.tables.Field.get(field, 'Signature')));
    return undefined;
  } catch (error) {
    if (error instanceof BadImageError) {
      return indexNotFound();
    }
    if (!(error instanceof SignatureError)) throw error;
    const [hresult, text] = Problems[error.problem];
    return clrException('Runtime.InteropServices.COMException', hresult, withCode(text, hresult));
  }
}

/** Element types of references to objects, which no image has the bytes of. */
const REFERENCES: readonly number[] = [ElementType.String, ElementType.Class, ElementType.Object, ElementType.SzArray, ElementType.Array];

/** Whether a signature that is valid says that the field holds a reference to an object. */
export function isReferenceField(metadata: Metadata, field: number): boolean {
  const reader = new ByteReader(metadata.blobs.get(metadata.tables.Field.get(field, 'Signature')), { reading: 'a field signature' });
  reader.skip(1);
  let element = elementType(reader);
  while (element === ElementType.CModOpt || element === ElementType.CModReqd) {
    validateToken(metadata, reader);
    element = elementType(reader);
  }
  return REFERENCES.includes(element === ElementType.GenericInst ? elementType(reader) : element);
}

function validateField(metadata: Metadata, blob: Uint8Array): void {
  if (blob.length === 0) throw new SignatureError('empty');
  const reader = new ByteReader(blob, { reading: 'a field signature' });
  const convention = reader.u8();
  if ((convention & CONVENTION_MASK) !== FIELD) throw new SignatureError('callingConvention');
  validateType(metadata, reader, false, 0);
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

/** The first byte that is no modifier. */
function elementType(reader: ByteReader): number {
  if (reader.remaining === 0) throw new SignatureError('missingArgument');
  for (let element = reader.u8(); ; element = reader.u8()) {
    if ((element & MODIFIER) === 0) return element;
    if (element === ElementType.Sentinel) throw new SignatureError('sentinel');
    if (reader.remaining === 0) throw new SignatureError('missingElementType');
  }
}

/** A compressed number, or what its absence is called. */
function number(reader: ByteReader, absence: ProblemName): number {
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
  const explicitOnly = (convention & (EXPLICIT_THIS | HAS_THIS)) === EXPLICIT_THIS;
  if ((convention & CONVENTION_MASK) >= LAST_CONVENTION || explicitOnly) throw new SignatureError('callingConvention');
  const count = number(reader, 'missingArgumentCount');
  inner(true);
  for (let left = count; left > 0; left--) inner(false);
}

function validateShape(reader: ByteReader): void {
  if (number(reader, 'missingRank') === 0) return;
  for (let sizes = number(reader, 'missingSizeCount'); sizes > 0; sizes--) number(reader, 'missingSize');
  for (let bounds = number(reader, 'missingBoundCount'); bounds > 0; bounds--) number(reader, 'missingBound');
}
