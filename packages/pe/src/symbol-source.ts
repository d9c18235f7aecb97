/** A symbol that an address belongs to. */
export interface SymbolPlace {
  /** As the source of symbols has it; may be decorated. */
  readonly name: string;
  /** From the start of the symbol. */
  readonly offset: number;
  /** Of the symbol in bytes, where it is known. */
  readonly size?: number;
}

/** Names for addresses of an image: a PDB, or the names that a user gives. */
export interface SymbolSource {
  /** The symbol that has the code or the data at an RVA. */
  nameAt(rva: number): SymbolPlace | undefined;
}
