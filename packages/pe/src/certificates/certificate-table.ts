import { BadImageError, ByteReader, ByteWriter, hex, lazyFor } from '@ijw/binary';
import type { FileOffset } from '../address.ts';
import type { PEImage } from '../pe-image.ts';

/** WIN_CERT_TYPE_* of wintrust.h. */
export const CertificateType = { X509: 1, PKCS_SIGNED_DATA: 2, RESERVED_1: 3, TS_STACK_SIGNED: 4 } as const;

/** PE/COFF "The Attribute Certificate Table": WIN_CERTIFICATE. */
export interface CertificateEntry {
  readonly offset: FileOffset;
  readonly revision: number;
  /** `CertificateType`. */
  readonly type: number;
  readonly bytes: Uint8Array;
}

const READING = 'the certificate table';
const HEADER_SIZE = 8;

/**
 * The certificates of a file; `undefined` when it has none, and in a dump, where they are not mapped. The directory is a file offset, not an RVA.
 * Throws `BadImageError` when the table is not in the file; a malformed entry ends it and is recorded in the image's diagnostics.
 */
export const readCertificates = lazyFor((image: PEImage): readonly CertificateEntry[] | undefined => {
  const directory = image.directory('security');
  if (directory === undefined || directory.rva === 0 || image.layout === 'mapped') return undefined;
  const { rva: start, size } = directory;
  if (start + size > image.bytes.length) {
    const message = `The table ends at ${hex(start + size)}, the file at ${hex(image.bytes.length)}`;
    throw new BadImageError({ code: 'TRUNCATED', offset: Math.min(start, image.bytes.length), reading: READING, message });
  }
  const reader = new ByteReader(image.bytes.subarray(start, start + size), { base: start, reading: READING });
  const entries: CertificateEntry[] = [];
  image.diagnostics.attempt(() => {
    while (reader.remaining >= HEADER_SIZE) {
      const offset = reader.offset;
      const length = reader.u32();
      const revision = reader.u16();
      const type = reader.u16();
      if (length < HEADER_SIZE)
        throw reader.error('BAD_CERTIFICATE', `An entry of ${length} bytes cannot hold its own header`, offset - start);
      entries.push({ offset, revision, type, bytes: reader.view(length - HEADER_SIZE) });
      reader.skip(Math.min(reader.remaining, (8 - (reader.position % 8)) % 8));
    }
  });
  return entries;
});

/** The twin: entries on 8 bytes each. */
export function writeCertificates(entries: readonly Pick<CertificateEntry, 'revision' | 'type' | 'bytes'>[]): Uint8Array {
  const writer = new ByteWriter();
  for (const { revision, type, bytes } of entries) {
    writer
      .u32(HEADER_SIZE + bytes.length)
      .u16(revision)
      .u16(type)
      .bytes(bytes)
      .align(8);
  }
  return writer.toBytes();
}
