export interface CertificateIdentity {
  /** The common name, or the organization of a name without one. */
  readonly name: string;
  readonly issuer: string;
  /** Hexadecimal. */
  readonly serialNumber: string;
  /** ISO 8601. */
  readonly notBefore: string;
  readonly notAfter: string;
}

export interface ChainedCertificate extends CertificateIdentity {
  /**
   * Whether the key of the next certificate (of a self-signed one its own) made the signature on this one. Absent where the file does not hold the
   * issuer, and where the algorithm is not one that browsers have.
   */
  readonly signatureVerified?: boolean;
  /** It is its own issuer: a root. The file cannot prove that it is trusted. */
  readonly selfSigned?: true;
}

/** The facts about one signer of a PKCS #7 message, from the message alone. */
export interface CheckedSigner {
  /** From the signer's certificate up to the last issuer that the message holds. Empty where it does not hold the signer's. */
  readonly chain: readonly ChainedCertificate[];
  /** Whether the key in the signer's certificate made the signature. Absent where that cannot be checked. */
  readonly signatureVerified?: boolean;
  /** Whether the digest among the signed attributes is that of the signed data. Absent where that cannot be checked. */
  readonly contentDigestMatches?: boolean;
}

/** The statement of a time-stamping authority that a signature existed at a time. */
export interface CounterSignature extends CheckedSigner {
  readonly kind: 'PKCS #9' | 'RFC 3161';
  /** ISO 8601. */
  readonly time?: string;
  /** Whether it covers this signature. Absent if that cannot be checked. */
  readonly imprintMatches?: boolean;
}
