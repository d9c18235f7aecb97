export { type AuthenticodeSignature, authenticodeContent, readAuthenticodeSignatures } from './authenticode.ts';
export { type CertificateEntry, CertificateType, readCertificates, writeCertificates } from './certificate-table.ts';
export type { CertificateIdentity, ChainedCertificate, CheckedSigner, CounterSignature } from './checked-signer.ts';
