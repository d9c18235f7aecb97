import { hex } from '@ijw/binary';
import type { BlobHeap } from '../heaps/blob-heap.ts';
import { codedIndexDecoder } from '../tables/coded-index.ts';
import type { TypeDefOrRefToken } from '../tables/token.ts';
import { ElementType, primitiveNameOf } from './element-type.ts';
import { SignatureCursor, type SignatureSource } from './signature-cursor.ts';
import { CallingConvention, SignatureFlags, signatureKindOf } from './signature-header.ts';
import type { ArrayShape, MethodSignature, SignatureTypeProvider } from './signature-type-provider.ts';

/** Types nested deeper than this are refused: no compiler writes them, and each level is a call deeper. */
export const MAX_SIGNATURE_DEPTH = 500;

const typeDefOrRef = codedIndexDecoder('TypeDefOrRef');

/**
 * Decodes signature blobs (ECMA-335 II.23.2). One decoder serves any number of blobs: `open` one, then call the method for its kind. What a
 * signature's types become is up to the provider. Nothing is allocated but the lists of parameters and arguments and what the provider makes.
 */
export class SignatureDecoder<T> {
  readonly #provider: SignatureTypeProvider<T>;
  readonly #cursor = new SignatureCursor();
  #nesting = 0;
  /** Vararg signatures around the place of decoding in which no sentinel was met yet. */
  #openVarArgs = 0;

  constructor(provider: SignatureTypeProvider<T>) {
    this.#provider = provider;
  }

  /**
   * Goes to the start of a blob in a heap.
   * @param depth of the type in another signature that led here (a TypeSpec's), so that the bound is one for both
   * @throws BadImageError when the heap has no such blob
   */
  open(heap: BlobHeap, offset: number, reading = 'a signature', depth = 0): this {
    this.#nesting = depth;
    this.#openVarArgs = 0;
    this.#cursor.open(heap, offset, reading);
    return this;
  }

  /** Goes to the start of bytes, or to where a reader stands (which stays there). */
  openBytes(source: SignatureSource, reading = 'a signature'): this {
    this.#nesting = 0;
    this.#openVarArgs = 0;
    this.#cursor.openBytes(source, reading);
    return this;
  }

  /** The nesting depth of the type that is being decoded. */
  get depth(): number {
    return this.#nesting;
  }

  /** Bytes not decoded yet. */
  get remaining(): number {
    return this.#cursor.remaining;
  }

  /** The first byte of what comes, which tells the kind (`signatureKindOf`); `undefined` at the end. */
  get header(): number | undefined {
    return this.#cursor.peek();
  }

  /** A method's signature or a property's: a MethodDef, MemberRef, StandAloneSig or Property column, or a function pointer's. */
  method(): MethodSignature<T> {
    const header = this.#cursor.byte();
    const kind = signatureKindOf(header);
    if (kind !== 'method' && kind !== 'property')
      throw this.#cursor.error('BAD_SIGNATURE', `${hex(header)} is not the first byte of a method signature`);
    const genericParameterCount = header & SignatureFlags.Generic ? this.#cursor.compressed() : 0;
    const count = this.#cursor.compressed();
    const isVarArg = (header & 0xf) === CallingConvention.VarArg;
    if (isVarArg) this.#openVarArgs++;
    const returnType = this.type();
    const parameterTypes: T[] = [];
    // How many types precede the sentinel, if there is one.
    let sentinel: number | undefined;
    for (let index = 0; index < count; index++) {
      let code = this.#cursor.compressed();
      if (code === ElementType.Sentinel && sentinel === undefined) {
        sentinel = index;
        if (isVarArg) this.#openVarArgs--;
        code = this.#cursor.compressed();
      }
      parameterTypes.push(this.#typeOf(code));
    }
    if (isVarArg && sentinel === undefined) {
      this.#openVarArgs--;
      if (this.#takeLastSentinel()) sentinel = count;
    }
    const requiredParameterCount = sentinel ?? count;
    const signature = { header, genericParameterCount, requiredParameterCount, returnType, parameterTypes };
    return sentinel === count ? { ...signature, endsWithSentinel: true } : signature;
  }

  /** Behind the last parameter of a function pointer, a sentinel belongs to the vararg signature around it that has had none. */
  #takeLastSentinel(): boolean {
    if (this.#openVarArgs > 0 || this.#cursor.peek() !== ElementType.Sentinel) return false;
    this.#cursor.byte();
    return true;
  }

  /** A field's type, custom modifiers included: a Field or MemberRef column, or a StandAloneSig row of the kind. */
  field(): T {
    this.#expect(CallingConvention.Field, 'field');
    return this.type();
  }

  /** The types of the local variables (II.23.2.6), pinned and modified ones as the provider makes them. The CLR takes a signature of no variables. */
  locals(): readonly T[] {
    this.#expect(CallingConvention.LocalSig, 'local variable');
    return this.#types(0);
  }

  /** The generic arguments of a MethodSpec (II.23.2.15). */
  methodSpec(): readonly T[] {
    this.#expect(CallingConvention.GenericInst, 'method instantiation');
    return this.#types();
  }

  /** A type without anything before it: a TypeSpec (II.23.2.14). */
  type(): T {
    return this.#typeOf(this.#cursor.compressed());
  }

  #expect(convention: number, what: string): void {
    const header = this.#cursor.byte();
    if ((header & 0xf) !== convention)
      throw this.#cursor.error('BAD_SIGNATURE', `${hex(header)} is not the first byte of a ${what} signature`);
  }

  #types(minimum = 1): readonly T[] {
    const count = this.#cursor.compressed();
    if (count < minimum) throw this.#cursor.error('BAD_SIGNATURE', 'A list of types is empty');
    const types: T[] = [];
    for (let index = 0; index < count; index++) types.push(this.type());
    return types;
  }

  #typeOf(code: number): T {
    const primitive = primitiveNameOf(code);
    if (primitive !== undefined) return this.#provider.primitive(primitive);
    if (++this.#nesting > MAX_SIGNATURE_DEPTH)
      throw this.#cursor.error('SIGNATURE_TOO_DEEP', `Types are nested more than ${MAX_SIGNATURE_DEPTH} deep`);
    const type = this.#composite(code);
    this.#nesting--;
    return type;
  }

  #composite(code: number): T {
    const provider = this.#provider;
    switch (code) {
      case ElementType.Class:
        return provider.named(this.#typeToken(), false);
      case ElementType.ValueType:
        return provider.named(this.#typeToken(), true);
      case ElementType.Ptr:
        return provider.pointer(this.type());
      case ElementType.ByRef:
        return provider.byReference(this.type());
      case ElementType.SzArray:
        return provider.szArray(this.type());
      case ElementType.Pinned:
        return provider.pinned(this.type());
      case ElementType.Var:
        return provider.genericTypeParameter(this.#cursor.compressed());
      case ElementType.MVar:
        return provider.genericMethodParameter(this.#cursor.compressed());
      case ElementType.GenericInst: {
        const generic = this.type();
        return provider.genericInstance(generic, this.#types());
      }
      case ElementType.CModReqd:
      case ElementType.CModOpt: {
        const modifier = provider.named(this.#typeToken(), undefined);
        return provider.modified(modifier, this.type(), code === ElementType.CModReqd);
      }
      case ElementType.FnPtr:
        return provider.functionPointer(this.method());
      case ElementType.Array: {
        const element = this.type();
        return provider.array(element, this.#shape());
      }
      default:
        throw this.#cursor.error('BAD_SIGNATURE', `${hex(code)} is not an element type of a signature`);
    }
  }

  #shape(): ArrayShape {
    const rank = this.#cursor.compressed();
    const sizes: number[] = [];
    for (let left = this.#cursor.compressed(); left > 0; left--) sizes.push(this.#cursor.compressed());
    const lowerBounds: number[] = [];
    for (let left = this.#cursor.compressed(); left > 0; left--) lowerBounds.push(this.#cursor.compressedSigned());
    return { rank, sizes, lowerBounds };
  }

  #typeToken(): TypeDefOrRefToken {
    const raw = this.#cursor.compressed();
    const token = typeDefOrRef.decode(raw);
    if (token === -1 || token === 0) throw this.#cursor.error('BAD_CODED_INDEX', `${hex(raw)} is not a TypeDefOrRefOrSpecEncoded`);
    return token as TypeDefOrRefToken;
  }
}
