import { type DeviceMemory, type InteropDefinition, InteropError, InteropRegistry } from './interop-registry.ts';

/** A raw binary (`objcopy -O binary`) at the address that it was linked for. */
export class FirmwareImage implements DeviceMemory {
  readonly bytes: Uint8Array;
  readonly base: number;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, base: number) {
    this.bytes = bytes;
    this.base = base;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get end(): number {
    return this.base + this.bytes.length;
  }

  read(address: number, length: number): Uint8Array | undefined {
    const offset = address - this.base;
    return offset < 0 || offset + length > this.bytes.length ? undefined : this.bytes.subarray(offset, offset + length);
  }

  word(address: number): number | undefined {
    const offset = address - this.base;
    return offset < 0 || offset + 4 > this.bytes.length ? undefined : this.#view.getUint32(offset, true);
  }

  /** The definition at an address, as `Interop.Add` would read it; `undefined` where none lies there. */
  definitionAt(address: number): InteropDefinition | undefined {
    try {
      return new InteropRegistry(this).add(address);
    } catch (error) {
      if (error instanceof InteropError) return undefined;
      throw error;
    }
  }

  /** Whether a text with a NUL behind it lies at an address. */
  hasText(address: number, text: Uint8Array): boolean {
    const start = address - this.base;
    if (start < 0 || start + text.length >= this.bytes.length || this.bytes[start + text.length] !== 0) return false;
    return text.every((byte, index) => this.bytes[start + index] === byte);
  }

  /** The pointers of a methods table, up to `count`, before the first that is neither null nor an address in the image. */
  handlers(methods: number, count: number): readonly number[] {
    const pointers: number[] = [];
    for (let index = 0; index < count; index++) {
      const pointer = this.word(methods + index * 4);
      if (pointer === undefined || (pointer !== 0 && (pointer < this.base || pointer >= this.end))) break;
      pointers.push(pointer);
    }
    return pointers;
  }
}

/** Names and bases beyond so many are not tried. */
const MAXIMUM_TRIES = 16;

/**
 * The addresses that an image may have been linked for, told by itself: where a definition would lie whose name is that of the assembly, and whose methods are pointers into the image or null.
 */
export function basesByName(bytes: Uint8Array, assembly: string, slots: number): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bases = new Set<number>();
  for (const name of occurrences(bytes, assembly)) {
    for (let at = 0; at + 12 <= bytes.length; at += 4) {
      const base = view.getUint32(at, true) - name;
      const methods = view.getUint32(at + 8, true) - base;
      if (base < 0 || base % 4 !== 0 || methods % 4 !== 0 || methods < 0 || methods + 4 > bytes.length) continue;
      const image = new FirmwareImage(bytes, base);
      if (image.handlers(methods + base, slots).some((handler) => handler !== 0)) bases.add(base);
    }
  }
  return [...bases].slice(0, MAXIMUM_TRIES);
}

/** The offsets of a name with a NUL behind it. */
function occurrences(bytes: Uint8Array, name: string): readonly number[] {
  const wanted = [...new TextEncoder().encode(name), 0];
  const found: number[] = [];
  for (let at = bytes.indexOf(wanted[0] ?? 0); at >= 0 && found.length < MAXIMUM_TRIES; at = bytes.indexOf(wanted[0] ?? 0, at + 1))
    if (wanted.every((byte, index) => bytes[at + index] === byte)) found.push(at);
  return found;
}
