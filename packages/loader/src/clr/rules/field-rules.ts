import { BadImageError } from '@ijw/binary';
import { FieldAttributes, type Metadata, makeToken, TableId } from '@ijw/metadata';
import { clrException, HResult, indexNotFound, typeLoadException, withCode } from '../../load/clr-error.ts';
import type { ClrException } from '../../load/load-refusal.ts';
import { isReferenceField, SignatureError, signatureProblems, validateFieldSignature } from '../image/token-signature.ts';
import type { TypeFacts } from './type-rules.ts';

const STATIC_WITH_DATA = FieldAttributes.Static | FieldAttributes.HasFieldRVA;

export interface FieldProblem {
  readonly rule: string;
  readonly exception: ClrException;
}

/** `MethodTableBuilder::InitializeFieldDescs` (vm/methodtablebuilder.cpp): signatures, and statics that have their bytes in the image. */
export function fieldLayoutProblem(metadata: Metadata, rid: number, type: TypeFacts): FieldProblem | undefined {
  for (const field of metadata.fieldsOf(rid)) {
    const signature = fieldSignatureProblem(metadata, field);
    if (signature) return { rule: 'fieldSignature', exception: signature };
    const data = metadata.tables.Field.get(field, 'Flags') & STATIC_WITH_DATA;
    if (data !== STATIC_WITH_DATA) continue;
    if (isReferenceField(metadata, field)) {
      const message = `Type '${type.name}' from assembly '${type.assembly}' has a field of an illegal type.`;
      return { rule: 'fieldOfIllegalType', exception: typeLoadException(message) };
    }
    if (metadata.findFieldRva(makeToken(TableId.Field, field)) === undefined)
      return { rule: 'fieldWithoutRva', exception: RECORD_NOT_FOUND };
  }
  return undefined;
}

const RECORD_NOT_FOUND = clrException(
  'Runtime.InteropServices.COMException',
  HResult.CLDB_E_RECORD_NOTFOUND,
  withCode('Record not found on lookup.', HResult.CLDB_E_RECORD_NOTFOUND),
);

/** `validateTokenSig` and `validateOneArg` for the signature of a field: the error that the loader throws, if any. */
export function fieldSignatureProblem(metadata: Metadata, field: number): ClrException | undefined {
  try {
    validateFieldSignature(metadata, metadata.blobs.get(metadata.tables.Field.get(field, 'Signature')));
    return undefined;
  } catch (error) {
    if (error instanceof BadImageError) return indexNotFound();
    if (!(error instanceof SignatureError)) throw error;
    const [hresult, text] = signatureProblems[error.problem];
    return clrException('Runtime.InteropServices.COMException', hresult, withCode(text, hresult));
  }
}
