import type { Metadata } from '../metadata.ts';
import { typeFullName } from '../names/type-full-name.ts';
import { decodeTypeSpec } from '../signatures/decode-signature.ts';
import { SignatureDecoder } from '../signatures/signature-decoder.ts';
import { signatureKindOf } from '../signatures/signature-header.ts';
import type { MethodSignature, SignatureTypeProvider } from '../signatures/signature-type-provider.ts';
import { TableId } from '../tables/table-id.ts';
import { type Token, type TypeDefOrRefToken, tokenRid, tokenTable } from '../tables/token.ts';
import type { TypeResolver } from './type-resolver.ts';

/** The texts of types grow with every level of generic bases; no real class hierarchy needs more than this. */
const MAXIMUM_TEXT = 0x10000;

/** A constructed type that members hang on: the generic type and its arguments, as identities. */
export interface GenericIdentity {
  readonly definition: Token;
  readonly arguments: readonly string[];
}

/**
 * Texts of signatures that are equal exactly where the signatures are, whichever modules they come from: types by their definitions, or by name where those
 * are not available.
 */
export class SignatureIdentity {
  readonly #types: TypeResolver;

  constructor(types: TypeResolver) {
    this.#types = types;
  }

  /** The identity of a field or method signature; `typeArguments` stand for `!0`, `!1` …, which are kept without arguments. */
  of(metadata: Metadata, blob: number, typeArguments?: readonly string[]): string {
    const decoder = new SignatureDecoder(this.#provider(metadata, typeArguments)).open(metadata.blobs, blob, 'the signature of a member');
    if (decoder.header !== undefined && signatureKindOf(decoder.header) === 'field') return `field ${decoder.field()}`;
    return methodIdentity(decoder.method());
  }

  /** What a TypeSpec stands for: a generic type with its arguments, an array, or something that has no members. */
  typeSpec(metadata: Metadata, token: Token, typeArguments?: readonly string[]): GenericIdentity | 'array' | undefined {
    const blob = metadata.tables.TypeSpec.get(tokenRid(token), 'Signature');
    let instance: GenericIdentity | undefined;
    let named: Token | undefined;
    const provider = this.#provider(metadata, typeArguments);
    const text = decodeTypeSpec(metadata.blobs.reader(blob, 'a TypeSpec'), {
      ...provider,
      named: (one, valueType) => {
        // The generic type comes before its arguments.
        named ??= one;
        return provider.named(one, valueType);
      },
      genericInstance: (generic, args) => {
        if (named !== undefined) instance = { definition: named, arguments: args };
        return provider.genericInstance(generic, args);
      },
    });
    if (text.endsWith(']')) return 'array';
    return text.endsWith('>') ? instance : undefined;
  }

  #provider(metadata: Metadata, typeArguments: readonly string[] | undefined): SignatureTypeProvider<string> {
    const named = (token: TypeDefOrRefToken): string => this.#named(metadata, token);
    return {
      primitive: (type) => type,
      named,
      pointer: (element) => bounded(`${element}*`),
      byReference: (element) => bounded(`${element}&`),
      pinned: (element) => bounded(`pinned ${element}`),
      szArray: (element) => bounded(`${element}[]`),
      array: (element, { rank, sizes, lowerBounds }) => bounded(`${element}[${rank};${sizes};${lowerBounds}]`),
      genericInstance: (generic, args) => bounded(`${generic}<${args.join(',')}>`),
      genericTypeParameter: (index) => typeArguments?.[index] ?? `!${index}`,
      genericMethodParameter: (index) => `!!${index}`,
      functionPointer: (signature) => bounded(`fn(${methodIdentity(signature)})`),
      modified: (modifier, unmodified, required) => bounded(`${required ? 'modreq' : 'modopt'}(${modifier};${unmodified})`),
    };
  }

  #named(metadata: Metadata, token: TypeDefOrRefToken): string {
    if (tokenTable(token) === TableId.TypeSpec) return `spec ${this.#types.serial(metadata)}:${token}`;
    const type = this.#types.resolve(metadata, token);
    return type.kind === 'type' ? `${this.#types.serial(type.metadata)}:${type.token}` : `'${typeFullName(metadata, token)}'`;
  }
}

/** A text that is too long is cut: two such types may compare as equal, which does not happen in real files. */
const bounded = (text: string): string => (text.length > MAXIMUM_TEXT ? text.slice(-MAXIMUM_TEXT) : text);

/** Parameters after the sentinel belong to the call, not to the method. */
function methodIdentity({
  header,
  genericParameterCount,
  requiredParameterCount,
  returnType,
  parameterTypes,
}: MethodSignature<string>): string {
  const parameters = parameterTypes.slice(0, requiredParameterCount).join(',');
  return bounded(`${header}:${genericParameterCount}(${parameters})${returnType}`);
}
