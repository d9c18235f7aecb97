import type { ManagedCall, ManagedEntry, ManagedResult } from '@ijw/loader';
import { Metadata, TableId, tokenRid, tokenTable } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';

const THROW = 0x7a;
/** Distance from the end of `ldstr string; newobj constructor; throw` to the string's token. */
const TAIL = 10;

function metadataOf(image: PEImage): Metadata | undefined {
  try {
    return Metadata.of(image);
  } catch {
    return undefined;
  }
}

/**
 * Stands in for the images' managed code, as far as it decides what a caller sees: a method whose body ends in `throw` throws an
 * InvalidOperationException with the string that it loads, any other returns.
 */
export class ImageCode implements ManagedEntry {
  readonly calls: ManagedCall[] = [];
  readonly #image: PEImage;
  readonly #metadata: Metadata | undefined;

  constructor(bytes: Uint8Array) {
    this.#image = PEImage.parse(bytes);
    this.#metadata = metadataOf(this.#image);
  }

  call(call: ManagedCall): ManagedResult {
    this.calls.push(call);
    const code = this.#body(call.token);
    if (code?.at(-1) !== THROW) return { value: undefined };
    const message = this.#metadata!.userStrings.get(
      new DataView(code.buffer, code.byteOffset).getUint32(code.length - TAIL, true) & 0xffffff,
    );
    return { exception: { type: 'System.InvalidOperationException', hresult: 0x80131509, message } };
  }

  #body(token: number): Uint8Array | undefined {
    const metadata = this.#metadata;
    if (!metadata || tokenTable(token) !== TableId.MethodDef) return undefined;
    const rva = metadata.tables.MethodDef.get(tokenRid(token), 'RVA');
    if (rva === 0) return undefined;
    const first = this.#image.bytesAt(rva, 1)[0]!;
    const isTiny = (first & 3) === 2;
    const size = isTiny ? first >> 2 : new DataView(this.#image.bytesAt(rva, 12).slice().buffer).getUint32(4, true);
    return this.#image.bytesAt(rva + (isTiny ? 1 : 12), size).slice();
  }
}
