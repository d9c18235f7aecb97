export { type AuthenticodeSignature, authenticodeContent, readAuthenticodeSignatures } from './authenticode.ts';
export type { ChainedCertificate } from './certificate-chain.ts';
export { type CertificateEntry, CertificateType, readCertificates, writeCertificates } from './certificate-table.ts';
export type { CounterSignature } from './counter-signature.ts';
export type { CertificateIdentity } from './signed-data.ts';
export type { CheckedSigner } from './signer.ts';
