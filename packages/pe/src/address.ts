/** An address relative to the image base, in bytes. */
export type Rva = number;

/** A place in the file (or in the dump), in bytes from its start. */
export type FileOffset = number;
