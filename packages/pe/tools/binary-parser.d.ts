/** The part of binary-parser 2.3.0 that `write-parsers.ts` uses. Its own declarations are not reachable through its `exports` map. */
declare module 'binary-parser' {
  export class Parser {
    endianness(order: 'little' | 'big'): this;
    uint8(name: string): this;
    uint16(name: string): this;
    uint32(name: string): this;
    uint64(name: string): this;
    buffer(name: string, options: { readonly length: number }): this;
    /** The body of a function of `buffer` that returns the structure. */
    getCode(): string;
    parse(bytes: Uint8Array): Record<string, unknown>;
  }
}
