import { BadImageError } from '@ijw/binary';
import { type Metadata, MethodAttributes } from '@ijw/metadata';
import { SignatureError, validateMethodSignature } from '../image/token-signature.ts';

/** Whether a MethodDef's signature is invalid, or does not agree with its flags about `this`. @throws BadImageError if the method is missing */
export function isBrokenMethodSignature(metadata: Metadata, methodRid: number): boolean {
  const { MethodDef } = metadata.tables;
  const isStatic = (MethodDef.get(methodRid, 'Flags') & MethodAttributes.Static) !== 0;
  try {
    validateMethodSignature(metadata, metadata.blobs.get(MethodDef.get(methodRid, 'Signature')), isStatic);
    return false;
  } catch (error) {
    if (error instanceof BadImageError || error instanceof SignatureError) return true;
    throw error;
  }
}
