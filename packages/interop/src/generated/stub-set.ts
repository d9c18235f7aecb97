import type { GeneratedFile } from './generated-file.ts';

/** The method of a generated symbol. */
export interface StubEntry {
  /** The slot in a methods table; elsewhere the position among the entries. */
  readonly index: number;
  /** The MethodDef token; a MemberRef token for a slot that names one. */
  readonly token: number;
  /** The name in the generated source. */
  readonly symbol: string;
}

/** A method for which no code can be written, and why. */
export interface StubRefusal {
  readonly token: number;
  readonly method: string;
  readonly reason: string;
}

/** A missing part of the code of a type, and the reason. */
export interface StubOmission {
  /** The TypeDef token. */
  readonly token: number;
  readonly type: string;
  readonly reason: string;
}

/** The output of a generator for an assembly. */
export interface StubSet {
  readonly files: readonly GeneratedFile[];
  readonly entries: readonly StubEntry[];
  /** Of the methods table, for the systems that have one. */
  readonly checksum?: number;
  readonly refusals: readonly StubRefusal[];
  /** Parts of the code of types that are left out. */
  readonly omissions?: readonly StubOmission[];
}
