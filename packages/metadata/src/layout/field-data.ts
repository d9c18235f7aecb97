import { BadImageError, hex } from '@ijw/binary';
import type { PEImage, SectionHeader } from '@ijw/pe';
import type { Metadata } from '../metadata.ts';
import type { Resolver } from '../resolution/resolver.ts';
import { SignatureDecoder } from '../signatures/signature-decoder.ts';
import { typeNodes } from '../signatures/type-node.ts';
import { type FieldToken, tokenRid } from '../tables/token.ts';
import { TypeSizes } from './type-sizes.ts';

/** The data that a field starts with (ECMA-335 II.22.18, II.16.3). */
export interface FieldData {
  readonly rva: number;
  /** By the field's type; `undefined` if the type is in a module that is not available. */
  readonly size: number | undefined;
  /** The bytes that the file has (a view): at most `size` of them; what is missing are zeroes (`.bss`). Empty where the size is not known. */
  readonly bytes: Uint8Array;
  /** The section that holds the data. */
  readonly section: SectionHeader | undefined;
}

/** Reads the initial data of the fields of one module. */
export class FieldDataReader {
  readonly #image: PEImage;
  readonly #metadata: Metadata;
  readonly #sizes: TypeSizes;

  constructor(image: PEImage, metadata: Metadata, resolver?: Resolver) {
    this.#image = image;
    this.#metadata = metadata;
    this.#sizes = new TypeSizes(metadata, { pointerSize: image.pointerSize, ...(resolver && { resolver }) });
  }

  /** The data of a field, `undefined` for a field that has none. Throws `BadImageError`, also where the data goes beyond its section. */
  read(field: FieldToken): FieldData | undefined {
    const row = this.#metadata.findFieldRva(field);
    if (row === undefined) return undefined;
    const rva = this.#metadata.tables.FieldRVA.get(row, 'RVA');
    const size = this.size(field);
    const section = this.#image.sectionAt(rva);
    if (size === undefined) return { rva, size, bytes: new Uint8Array(0), section };
    const bytes = this.#present(rva, size);
    this.#metadata.budget.spend(bytes.length, this.#metadata.place);
    return { rva, size, bytes, section };
  }

  /** The size of a field's type. Throws `BadImageError`. */
  size(field: FieldToken): number | undefined {
    const { blobs, tables } = this.#metadata;
    const signature = new SignatureDecoder(typeNodes).open(
      blobs,
      tables.Field.get(tokenRid(field), 'Signature'),
      'the signature of a field',
    );
    return this.#sizes.of(signature.field())?.size;
  }

  /** The part that the file has. Nothing is allocated for zeroes, of which a hostile file may claim any number. */
  #present(rva: number, size: number): Uint8Array {
    const segment = this.#image.segments.find((candidate) => rva >= candidate.rva && rva < candidate.end);
    if (!segment || size > segment.end - rva) throw this.#outside(rva, size, 'RVA_OUT_OF_RANGE', 'the image');
    const skipped = rva - segment.rva;
    const length = Math.max(0, Math.min(size, segment.rawSize - skipped));
    const start = segment.offset + skipped;
    if (length > 0 && start + length > this.#image.bytes.length) throw this.#outside(rva, size, 'TRUNCATED', 'the file');
    return this.#image.bytes.subarray(start, start + length);
  }

  #outside(rva: number, size: number, code: string, container: string): BadImageError {
    const message = `${size} bytes of data at RVA ${hex(rva)} are not in ${container}`;
    return new BadImageError({ code, offset: this.#image.rvaToOffset(rva) ?? 0, rva, reading: 'the data of a field', message });
  }
}
