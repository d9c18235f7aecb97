import { BadImageError, ByteReader, hex } from '@ijw/binary';
import type { BlobHeap } from '../heaps/blob-heap.ts';
import { codedIndexDecoder } from '../tables/coded-index.ts';
import type { TypeDefOrRefToken } from '../tables/token.ts';
import { ElementType, primitiveNameOf } from './element-type.ts';
import { CallingConvention, SignatureFlags, signatureKindOf } from './signature-header.ts';
import type { ArrayShape, MethodSignature, SignatureTypeProvider } from './signature-type-provider.ts';

/** Types nested deeper than this are refused: nobody writes them, and each level is a call deeper. */
export const MAX_SIGNATURE_DEPTH = 500;

const typeDefOrRef = codedIndexDecoder('TypeDefOrRef');

const NO_BYTES = new Uint8Array(0);

/**
 * Decodes signature blobs (ECMA-335 II.23.2). One decoder serves any number of blobs: `open` one, then call the method for its kind. What a
 * signature's types become is the provider's affair. Nothing is allocated but the lists of parameters and arguments and what the provider makes.
 */
export class SignatureDecoder<T> {
  private readonly provider: SignatureTypeProvider<T>;
  private bytes: Uint8Array = NO_BYTES;
  private position = 0;
  private end = 0;
  private base = 0;
  private rva: number | undefined;
  private reading = 'a signature';
  private depth = 0;

  constructor(provider: SignatureTypeProvider<T>) {
    this.provider = provider;
  }

  /** Goes to the start of a blob in a heap. @throws BadImageError when the heap has no such blob */
  open(heap: BlobHeap, offset: number, reading = 'a signature'): this {
    const length = heap.length(offset);
    this.position = heap.start(offset);
    this.end = this.position + length;
    this.bytes = heap.bytes;
    this.base = heap.place.base;
    this.rva = heap.place.rva;
    this.reading = reading;
    this.depth = 0;
    return this;
  }

  /** Goes to the start of bytes, or to where a reader stands (which stays there). */
  openBytes(source: Uint8Array | ByteReader, reading = 'a signature'): this {
    const isReader = source instanceof ByteReader;
    this.bytes = isReader ? source.bytes : source;
    this.position = isReader ? source.position : 0;
    this.end = this.bytes.length;
    this.base = isReader ? source.base : 0;
    this.rva = isReader ? source.rva : undefined;
    this.reading = isReader ? source.reading : reading;
    this.depth = 0;
    return this;
  }

  /** Bytes not decoded yet. */
  get remaining(): number {
    return this.end - this.position;
  }

  /** The first byte of what comes, which tells the kind (`signatureKindOf`); `undefined` at the end. */
  get header(): number | undefined {
    return this.position < this.end ? this.bytes[this.position] : undefined;
  }

  /** A method's signature or a property's: a MethodDef, MemberRef, StandAloneSig or Property column, or a function pointer's. */
  method(): MethodSignature<T> {
    const header = this.byte();
    const kind = signatureKindOf(header);
    if (kind !== 'method' && kind !== 'property') throw this.error('BAD_SIGNATURE', `${hex(header)} starts no method signature`);
    const genericParameterCount = header & SignatureFlags.Generic ? this.compressed() : 0;
    const count = this.compressed();
    const returnType = this.type();
    const parameterTypes: T[] = [];
    let requiredParameterCount = count;
    for (let index = 0; index < count; index++) {
      let code = this.compressed();
      if (code === ElementType.Sentinel && requiredParameterCount === count) {
        requiredParameterCount = index;
        code = this.compressed();
      }
      parameterTypes.push(this.typeOf(code));
    }
    return { header, genericParameterCount, requiredParameterCount, returnType, parameterTypes };
  }

  /** A field's type, custom modifiers included: a Field or MemberRef column, or a StandAloneSig row of the kind. */
  field(): T {
    this.expect(CallingConvention.Field, 'field');
    return this.type();
  }

  /** The types of the local variables (II.23.2.6), pinned and modified ones as the provider makes them. */
  locals(): readonly T[] {
    this.expect(CallingConvention.LocalSig, 'local variable');
    return this.types();
  }

  /** The generic arguments of a MethodSpec (II.23.2.15). */
  methodSpec(): readonly T[] {
    this.expect(CallingConvention.GenericInst, 'method instantiation');
    return this.types();
  }

  /** A type without anything before it: a TypeSpec (II.23.2.14). */
  type(): T {
    return this.typeOf(this.compressed());
  }

  private expect(convention: number, what: string): void {
    const header = this.byte();
    if ((header & 0xf) !== convention) throw this.error('BAD_SIGNATURE', `${hex(header)} starts no ${what} signature`);
  }

  private types(): readonly T[] {
    const count = this.compressed();
    if (count === 0) throw this.error('BAD_SIGNATURE', 'A list of types is empty');
    const types: T[] = [];
    for (let index = 0; index < count; index++) types.push(this.type());
    return types;
  }

  private typeOf(code: number): T {
    const primitive = primitiveNameOf(code);
    if (primitive !== undefined) return this.provider.primitive(primitive);
    if (++this.depth > MAX_SIGNATURE_DEPTH)
      throw this.error('SIGNATURE_TOO_DEEP', `Types are nested more than ${MAX_SIGNATURE_DEPTH} deep`);
    const type = this.composite(code);
    this.depth--;
    return type;
  }

  private composite(code: number): T {
    const { provider } = this;
    switch (code) {
      case ElementType.Class:
        return provider.named(this.typeToken(), false);
      case ElementType.ValueType:
        return provider.named(this.typeToken(), true);
      case ElementType.Ptr:
        return provider.pointer(this.type());
      case ElementType.ByRef:
        return provider.byReference(this.type());
      case ElementType.SzArray:
        return provider.szArray(this.type());
      case ElementType.Pinned:
        return provider.pinned(this.type());
      case ElementType.Var:
        return provider.genericTypeParameter(this.compressed());
      case ElementType.MVar:
        return provider.genericMethodParameter(this.compressed());
      case ElementType.GenericInst: {
        const generic = this.type();
        return provider.genericInstance(generic, this.types());
      }
      case ElementType.CModReqd:
      case ElementType.CModOpt: {
        const modifier = provider.named(this.typeToken(), undefined);
        return provider.modified(modifier, this.type(), code === ElementType.CModReqd);
      }
      case ElementType.FnPtr:
        return provider.functionPointer(this.method());
      case ElementType.Array: {
        const element = this.type();
        return provider.array(element, this.shape());
      }
      default:
        throw this.error('BAD_SIGNATURE', `${hex(code)} is no element type of a signature`);
    }
  }

  private shape(): ArrayShape {
    const rank = this.compressed();
    const sizes: number[] = [];
    for (let left = this.compressed(); left > 0; left--) sizes.push(this.compressed());
    const lowerBounds: number[] = [];
    for (let left = this.compressed(); left > 0; left--) lowerBounds.push(this.compressedSigned());
    return { rank, sizes, lowerBounds };
  }

  private typeToken(): TypeDefOrRefToken {
    const raw = this.compressed();
    const token = typeDefOrRef.decode(raw);
    if (token === -1 || token === 0) throw this.error('BAD_CODED_INDEX', `${hex(raw)} is no TypeDefOrRefOrSpecEncoded`);
    return token as TypeDefOrRefToken;
  }

  private byte(): number {
    if (this.position >= this.end) throw this.error('TRUNCATED', 'The signature ends too early');
    return this.bytes[this.position++]!;
  }

  /** II.23.2; the same rules as `ByteReader.compressedUnsigned`, on this decoder's position. */
  private compressed(): number {
    const { bytes, position, end } = this;
    if (position >= end) throw this.error('TRUNCATED', 'The signature ends too early');
    const first = bytes[position]!;
    if (first < 0x80) {
      this.position = position + 1;
      return first;
    }
    const length = first < 0xc0 ? 2 : 4;
    if (first >= 0xe0) throw this.error('BAD_COMPRESSED_INTEGER', `${hex(first)} starts no compressed integer`);
    if (position + length > end) throw this.error('TRUNCATED', 'The signature ends within an integer');
    this.position = position + length;
    if (length === 2) return ((first & 0x3f) << 8) | bytes[position + 1]!;
    return ((first & 0x1f) << 24) | (bytes[position + 1]! << 16) | (bytes[position + 2]! << 8) | bytes[position + 3]!;
  }

  private compressedSigned(): number {
    const start = this.position;
    const raw = this.compressed();
    const width = [7, 14, 14, 29][this.position - start - 1]!;
    return raw & 1 ? (raw >> 1) - 2 ** (width - 1) : raw >> 1;
  }

  private error(code: string, message: string): BadImageError {
    const { base, position, rva, reading } = this;
    return new BadImageError({ code, offset: base + position, ...(rva !== undefined && { rva: rva + position }), reading, message });
  }
}

/** What signatures are decoded from: a blob's bytes, or a reader that stands at its start. */
export type SignatureSource = Uint8Array | ByteReader;

const open = <T>(source: SignatureSource, provider: SignatureTypeProvider<T>) => new SignatureDecoder(provider).openBytes(source);

/** A MethodDef, MemberRef or StandAloneSig method signature. @throws BadImageError */
export const decodeMethodSignature = <T>(source: SignatureSource, provider: SignatureTypeProvider<T>): MethodSignature<T> =>
  open(source, provider).method();

/** A property's signature: a getter's parameters, its type as the return type. @throws BadImageError */
export const decodePropertySignature = decodeMethodSignature;

/** @throws BadImageError */
export const decodeFieldSignature = <T>(source: SignatureSource, provider: SignatureTypeProvider<T>): T => open(source, provider).field();

/** @throws BadImageError */
export const decodeLocalSignature = <T>(source: SignatureSource, provider: SignatureTypeProvider<T>): readonly T[] =>
  open(source, provider).locals();

/** The generic arguments of a MethodSpec. @throws BadImageError */
export const decodeMethodSpec = <T>(source: SignatureSource, provider: SignatureTypeProvider<T>): readonly T[] =>
  open(source, provider).methodSpec();

/** @throws BadImageError */
export const decodeTypeSpec = <T>(source: SignatureSource, provider: SignatureTypeProvider<T>): T => open(source, provider).type();
