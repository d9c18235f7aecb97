/** What is wrong with the bytes. Other codes are declared by the packages that find them; these are the ones every reader may raise. */
export type BadImageCode = string;

export interface BadImageDetails {
  /** A stable, upper-case identifier, such as `TRUNCATED`, that programs compare. */
  readonly code: BadImageCode;
  /** Absolute offset in the file (or in the dump), in bytes. */
  readonly offset: number;
  /** The same place as an RVA, where it has one. */
  readonly rva?: number;
  /** What was being read, as it completes "while reading …": `the import directory`. */
  readonly reading: string;
  readonly message: string;
}

/** The bytes break a rule of the format. */
export class BadImageError extends Error {
  override readonly name = 'BadImageError';
  readonly code: BadImageCode;
  readonly offset: number;
  readonly rva: number | undefined;
  readonly reading: string;

  constructor(details: BadImageDetails) {
    super(details.message);
    this.code = details.code;
    this.offset = details.offset;
    this.rva = details.rva;
    this.reading = details.reading;
  }
}

/** The bytes may be valid, but they use something that this library does not support. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';
}

/** The caller asked for something that makes no sense for this input. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
