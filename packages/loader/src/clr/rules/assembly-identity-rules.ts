import { AssemblyFlags, type Metadata } from '@ijw/metadata';

/** MAX_PATH_FNAME: a name is shorter than a path may be. */
const NAME_LIMIT = 260;

export interface IdentityProblem {
  readonly rule: 'assemblyName' | 'contentType' | 'publicKey';
  readonly reason: string;
}

/** The errors of the Assembly row as an identity, in the order of the binder's checks. */
export function identityProblem(metadata: Metadata): IdentityProblem | undefined {
  const { Name, Flags, PublicKey } = metadata.tables.Assembly.row(1);
  const key = metadata.blobs.get(PublicKey);
  if (key.length > 0 && !isPublicKey(key)) return { rule: 'publicKey', reason: `${key.length} bytes are not a public key` };
  const { length } = metadata.strings.get(Name);
  if (length === 0 || length >= NAME_LIMIT) return { rule: 'assemblyName', reason: `The assembly's name has ${length} characters` };
  const contentType = (Flags & AssemblyFlags.ContentTypeMask) >> 9;
  if (contentType !== 0) {
    return { rule: 'contentType', reason: `The assembly has the content type ${contentType}; only 0 is defined` };
  }
  return undefined;
}

/** PublicKeyBlob (strongname/inc/strongname.h): two algorithms, the size of the key, the key. */
const KEY_OFFSET = 12;
const SMALLEST_KEY = 16;
const ECMA_KEY = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0);
/** wincrypt.h: ALG_ID has its class in the upper bits and its number in the lower nine. */
const Algorithm = { classMask: 0xe000, signature: 0x2000, hash: 0x8000, idMask: 0x1ff, sha1: 4 } as const;
const PUBLICKEYBLOB = 6;

/** `StrongNameIsValidPublicKey` (strongname/api/strongname.cpp): the shape, not the numbers. */
export function isPublicKey(blob: Uint8Array): boolean {
  if (blob.length < SMALLEST_KEY) return false;
  const view = new DataView(blob.buffer, blob.byteOffset, blob.length);
  if (blob.length !== KEY_OFFSET + view.getUint32(8, true)) return false;
  if (blob.length === ECMA_KEY.length && ECMA_KEY.every((byte, index) => blob[index] === byte)) return true;
  const signature = view.getUint32(0, true);
  const hash = view.getUint32(4, true);
  const isHash = (hash & Algorithm.classMask) === Algorithm.hash && (hash & Algorithm.idMask) >= Algorithm.sha1;
  if (hash !== 0 && !isHash) return false;
  if (signature !== 0 && (signature & Algorithm.classMask) !== Algorithm.signature) return false;
  return blob[KEY_OFFSET] === PUBLICKEYBLOB;
}
