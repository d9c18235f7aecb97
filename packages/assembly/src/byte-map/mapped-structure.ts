/** A run of bytes with a meaning: a field of a header, a cell of a table, an instruction. */
export interface MappedField {
  readonly name: string;
  /** In the file. */
  readonly offset: number;
  readonly size: number;
  /** In words, where the bytes alone do not say it. */
  readonly value?: string;
}

/** A structure of the file, and what is in it. */
export interface MappedStructure {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  /** In order, without overlaps; made when asked for. */
  readonly fields: () => Iterable<MappedField>;
}
