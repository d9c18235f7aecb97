import { BadImageError, hex, hexBytes, hexDigits } from '@ijw/binary';
import type { BlobHeap } from '../heaps/blob-heap.ts';
import type { PrimitiveName } from '../signatures/element-type.ts';
import { SignatureDecoder } from '../signatures/signature-decoder.ts';
import { CallingConvention } from '../signatures/signature-header.ts';
import type { MethodSignature, SignatureTypeProvider } from '../signatures/signature-type-provider.ts';
import { TableId } from '../tables/table-id.ts';
import { type Token, tokenTable } from '../tables/token.ts';
import { RecentTexts } from './recent-texts.ts';

const primitiveTexts: Readonly<Record<PrimitiveName, string>> = {
  void: 'void',
  bool: 'bool',
  char: 'char',
  int8: 'i1',
  uint8: 'u1',
  int16: 'i2',
  uint16: 'u2',
  int32: 'i4',
  uint32: 'u4',
  int64: 'i8',
  uint64: 'u8',
  float32: 'r4',
  float64: 'r8',
  string: 'string',
  typedref: 'typedref',
  'native int': 'i',
  'native uint': 'u',
  object: 'object',
};

const headerTexts: readonly string[] = Array.from({ length: 256 }, (_, header) => `${hexDigits(header, 2)}:`);

function methodText({
  header,
  genericParameterCount,
  requiredParameterCount,
  returnType,
  parameterTypes,
}: MethodSignature<string>): string {
  let text = `${headerTexts[header]}${genericParameterCount}(`;
  for (let index = 0; index < parameterTypes.length; index++) {
    if (index > 0) text += ',';
    if (index === requiredParameterCount) text += '...;';
    text += parameterTypes[index];
  }
  return `${text})${returnType}`;
}

/** The reference reader refuses a signature of no locals, which the CLR takes. */
function nonEmpty(locals: readonly string[]): readonly string[] {
  if (locals.length === 0) throw failure('BAD_SIGNATURE', 'The list of locals is empty');
  return locals;
}

const failure = (code: string, message: string) => new BadImageError({ code, offset: 0, reading: 'a signature', message });

/** A signature whose names add up to more characters than this is printed as bytes: TypeSpecs that name each other twice double with every step. */
const MAX_TEXT = 1 << 20;

/** How many of the latest texts are kept. */
const SIGNATURES = 1 << 13;

/** Signatures in the canonical format; what cannot be decoded is printed as bytes. */
export class SignatureText {
  readonly #blobs: BlobHeap;
  readonly #provider: SignatureTypeProvider<string>;
  /** The text of a token may need another signature (a TypeSpec's) before the first one is complete: each has its own decoder. */
  readonly #idle: SignatureDecoder<string>[] = [];
  readonly #recent = new RecentTexts(SIGNATURES, (blob) => this.#makeAny(blob));
  #written = 0;
  /** Bytes that the decoder has read and the reference reader leaves. */
  #unread = 0;
  #active: SignatureDecoder<string> | undefined;

  constructor(blobs: BlobHeap, tokenText: (token: Token) => string) {
    this.#blobs = blobs;
    this.#provider = this.#makeProvider(tokenText);
  }

  /** `SIG` of the grammar: the kind is told by the first byte. */
  any(blob: number): string {
    return this.#recent.get(blob);
  }

  #makeAny(blob: number): string {
    if (this.#blobs.length(blob) === 0) return '!empty';
    return this.#decoded(blob, (decoder) => {
      switch (decoder.header! & 0xf) {
        case CallingConvention.Field:
          return `f:${decoder.field()}`;
        case CallingConvention.LocalSig:
          return `l(${nonEmpty(decoder.locals()).join(',')})`;
        case CallingConvention.GenericInst:
          return `i{${decoder.methodSpec().join(',')}}`;
        default:
          return this.#method(decoder.method());
      }
    });
  }

  /** The reference reader leaves a sentinel that comes last unread. */
  #method(signature: MethodSignature<string>): string {
    this.#unread = signature.endsWithSentinel ? 1 : 0;
    return methodText(signature);
  }

  /** `TYPE` of the grammar: a TypeSpec. */
  type(blob: number): string {
    return this.#decoded(blob, (decoder) => decoder.type());
  }

  /** The arguments of a MethodSpec, without `i{}`. */
  instantiation(blob: number): string {
    return this.#decoded(blob, (decoder) => decoder.methodSpec().join(','));
  }

  /** Bytes left over are counted behind the text; a signature that ends in an error is printed as bytes. */
  #decoded(blob: number, read: (decoder: SignatureDecoder<string>) => string): string {
    const decoder = this.#idle.pop() ?? new SignatureDecoder(this.#provider);
    const written = this.#written;
    const active = this.#active;
    this.#written = 0;
    this.#active = decoder;
    try {
      const text = read(decoder.open(this.#blobs, blob, 'a signature', active?.depth));
      const left = decoder.remaining + this.#unread;
      this.#unread = 0;
      return left === 0 ? text : `${text}+${left}`;
    } catch (error) {
      if (!(error instanceof BadImageError)) throw error;
      return `!sig:${hexBytes(this.#blobs.get(blob))}`;
    } finally {
      this.#written = written;
      this.#active = active;
      this.#idle.push(decoder);
    }
  }

  #makeProvider(tokenText: (token: Token) => string): SignatureTypeProvider<string> {
    const named = (token: Token, prefix: string): string => {
      const text = prefix + tokenText(token);
      this.#written += text.length;
      if (this.#written > MAX_TEXT) throw failure('TEXT_TOO_LONG', `The text has more than ${MAX_TEXT} characters`);
      return text;
    };
    return {
      primitive: (type) => primitiveTexts[type],
      named(token, valueType) {
        if (valueType === undefined) return named(token, '');
        // The reference reader takes no TypeSpec where a class or value type is named (II.23.2.8 allows one); this text fails where it fails.
        if (tokenTable(token) === TableId.TypeSpec) throw failure('BAD_SIGNATURE', `${hex(token, 8)} is not a TypeDef or TypeRef`);
        return named(token, valueType ? 'vt;' : 'cl;');
      },
      pointer: (element) => `${element}*`,
      byReference: (element) => `${element}&`,
      pinned: (element) => `pinned(${element})`,
      szArray: (element) => `${element}[]`,
      array: (element, { rank, sizes, lowerBounds }) => `${element}[${rank};${sizes.join(',')};${lowerBounds.join(',')}]`,
      genericInstance: (generic, args) => `${generic}{${args.join(',')}}`,
      genericTypeParameter: (index) => `!${index}`,
      genericMethodParameter: (index) => `!!${index}`,
      functionPointer(signature) {
        if (signature.endsWithSentinel) throw failure('BAD_SIGNATURE', 'A sentinel follows the parameters of a function pointer');
        return `fn(${methodText(signature)})`;
      },
      modified: (modifier, unmodified, required) => `${required ? 'modreq' : 'modopt'}(${modifier};${unmodified})`,
    };
  }
}
