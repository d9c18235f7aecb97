import { BadImageError } from '@ijw/binary';
import type { Metadata } from '@ijw/metadata';
import { clrException, indexNotFound, withCode } from '../../load/clr-error.ts';
import type { ClrException } from '../../load/load-refusal.ts';
import { SignatureError, signatureProblems, validateFieldSignature } from '../image/token-signature.ts';

/** `validateTokenSig` and `validateOneArg` for the signature of a field: what the loader throws at it, if anything. */
export function fieldSignatureProblem(metadata: Metadata, field: number): ClrException | undefined {
  try {
    validateFieldSignature(metadata, metadata.blobs.get(metadata.tables.Field.get(field, 'Signature')));
    return undefined;
  } catch (error) {
    if (error instanceof BadImageError) {
      return indexNotFound();
    }
    if (!(error instanceof SignatureError)) throw error;
    const [hresult, text] = signatureProblems[error.problem];
    return clrException('Runtime.InteropServices.COMException', hresult, withCode(text, hresult));
  }
}
