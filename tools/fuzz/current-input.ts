import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';

/** The input that is being read, kept in a file: it is there although the process that reads it never returns or ends without a word. */
export class CurrentInput {
  readonly #file: number;
  readonly #head = new Uint8Array(4);
  #count = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  begin(input: Uint8Array): void {
    new DataView(this.#head.buffer).setUint32(0, ++this.#count, true);
    ftruncateSync(this.#file, 4 + input.length);
    writeSync(this.#file, input, 0, input.length, 4);
    writeSync(this.#file, this.#head, 0, 4, 0);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** What another process is reading: how many inputs it began, and the last of them. */
export function readCurrentInput(path: string): { readonly count: number; readonly input: Uint8Array } {
  const bytes = readFileSync(path);
  return { count: bytes.length < 4 ? 0 : bytes.readUInt32LE(0), input: bytes.subarray(4) };
}
