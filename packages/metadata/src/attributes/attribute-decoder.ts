import { BadImageError, Lazy } from '@ijw/binary';
import type { EnumUnderlyingTypeName } from '../enumeration.ts';
import { enumUnderlyingType } from '../enumeration.ts';
import { BlobCursor } from '../heaps/blob-cursor.ts';
import type { BlobHeap } from '../heaps/blob-heap.ts';
import type { Metadata } from '../metadata.ts';
import { TypeIndex } from '../resolution/type-index.ts';
import type { Column } from '../tables/column.ts';
import { TableId } from '../tables/table-id.ts';
import { type TypeDefToken, tokenTable } from '../tables/token.ts';
import { attributeParameterTypes } from './attribute-parameter-types.ts';
import type { AttributeType, EnumReference } from './attribute-type.ts';
import { type CustomAttributeValue, EMPTY_ATTRIBUTE_VALUE } from './custom-attribute-value.ts';
import { type AttributeValueContext, readAttributeValue } from './read-attribute-value.ts';
import { assumedMagnitude, UnknownEnumWidths } from './unknown-enum-widths.ts';

export interface AttributeDecoderOptions {
  /**
   * Called once for each enumeration that this metadata does not define (a `Resolver` has such a method); `undefined` for an unknown one. It is called
   * while a value is being read, so it may not use this decoder.
   */
  readonly underlyingType?: (reference: EnumReference) => EnumUnderlyingTypeName | undefined;
  /** What to assume for an unknown enumeration: the type with which the value uses up its blob (the default), or always 4 bytes. */
  readonly unknownEnums?: 'infer' | 'i4';
  /**
   * Apply ECMA-335 II.23.3 strictly, as the reference reader does. The runtime also takes an empty blob for a constructor without parameters, and one that
   * ends before the count of named arguments (dotnet/runtime `vm/customattribute.cpp`); that is the default here.
   */
  readonly standardOnly?: boolean;
}

/**
 * Decodes the values of CustomAttribute rows (ECMA-335 II.22.10, II.23.3). One decoder serves one metadata; it keeps the facts about each constructor
 * and each enumeration.
 */
export class AttributeDecoder {
  readonly metadata: Metadata;
  readonly #options: AttributeDecoderOptions;
  readonly #heap: BlobHeap;
  readonly #blob: BlobCursor;
  readonly #type: Column;
  readonly #value: Column;
  readonly #parameters = new Map<number, readonly AttributeType[]>();
  readonly #underlying = new Map<string | number, EnumUnderlyingTypeName | undefined>();
  readonly #widths = new UnknownEnumWidths();
  /** The context of reading values; permission sets have named arguments of the same form. */
  readonly context: AttributeValueContext;
  readonly #types = new Lazy(() => new TypeIndex(this.metadata));

  constructor(metadata: Metadata, options: AttributeDecoderOptions = {}) {
    this.metadata = metadata;
    this.#options = options;
    this.#heap = metadata.blobs;
    this.context = {
      underlyingType: (reference) => this.underlyingType(reference),
      assumedUnderlyingType: (reference) => this.#widths.assume(reference),
      standardOnly: options.standardOnly ?? false,
    };
    this.#blob = new BlobCursor(metadata.blobs, 'the value of a custom attribute');
    this.#type = metadata.tables.CustomAttribute.column('Type');
    this.#value = metadata.tables.CustomAttribute.column('Value');
  }

  /** The value of a row of CustomAttribute. Throws `BadImageError`. */
  decode(rid: number): CustomAttributeValue {
    const parameters = this.#parametersOf(rid);
    const blob = this.#value.at(rid);
    if (parameters.length === 0 && this.#isEmpty(blob)) return EMPTY_ATTRIBUTE_VALUE;
    return this.read(blob, parameters);
  }

  /** The value in a blob of the heap, for a constructor with parameters of these types. Throws `BadImageError`. */
  read(blob: number, parameters: readonly AttributeType[]): CustomAttributeValue {
    if (parameters.length === 0 && !this.context.standardOnly && this.#heap.length(blob) === 0) return EMPTY_ATTRIBUTE_VALUE;
    const reader = this.#blob.open(blob);
    if (this.#options.unknownEnums === 'i4') return readAttributeValue(reader, parameters, this.context);
    this.#widths.restart();
    const first = this.#attempt(reader, parameters);
    if (!this.#widths.any || (!(first instanceof BadImageError) && reader.atEnd)) return unwrap(first);
    return this.#bestGuess(reader, parameters) ?? unwrap(first);
  }

  /** The value with other widths of the unknown enumerations; `undefined` where none uses the blob up. */
  #bestGuess(reader: BlobCursor, parameters: readonly AttributeType[]): CustomAttributeValue | undefined {
    let best: CustomAttributeValue | undefined;
    while (this.#widths.next()) {
      reader.position = 0;
      const value = this.#attempt(reader, parameters);
      if (value instanceof BadImageError || !reader.atEnd) continue;
      if (best === undefined || assumedMagnitude(value) < assumedMagnitude(best)) best = value;
    }
    return best;
  }

  /** The underlying type of an enumeration: from its definition here, or as the options say. */
  underlyingType(reference: EnumReference): EnumUnderlyingTypeName | undefined {
    const key = reference.kind === 'token' ? reference.token : reference.name;
    let type = this.#underlying.get(key);
    if (type === undefined && !this.#underlying.has(key)) {
      const own = this.#ownType(reference);
      type = (own && enumUnderlyingType(this.metadata, own)) ?? this.#options.underlyingType?.(reference);
      this.#underlying.set(key, type);
    }
    return type;
  }

  #attempt(reader: BlobCursor, parameters: readonly AttributeType[]): CustomAttributeValue | BadImageError {
    try {
      return readAttributeValue(reader, parameters, this.context);
    } catch (error) {
      if (error instanceof BadImageError) return error;
      throw error;
    }
  }

  /** Most attributes have no arguments: the prolog, and no named ones. */
  #isEmpty(blob: number): boolean {
    const { bytes } = this.#blob;
    return bytes[blob] === 4 && bytes[blob + 1] === 1 && bytes[blob + 2] === 0 && bytes[blob + 3] === 0 && bytes[blob + 4] === 0;
  }

  #parametersOf(rid: number): readonly AttributeType[] {
    const raw = this.#type.at(rid);
    let parameters = this.#parameters.get(raw);
    if (parameters === undefined) {
      parameters = attributeParameterTypes(this.metadata, this.#type.token(rid), (reference) => this.underlyingType(reference));
      this.#parameters.set(raw, parameters);
    }
    return parameters;
  }

  /** The definition in this metadata, when it is here. */
  #ownType(reference: EnumReference): TypeDefToken | undefined {
    if (reference.kind === 'token') return tokenTable(reference.token) === TableId.TypeDef ? (reference.token as TypeDefToken) : undefined;
    return this.#types.value.findSerialized(reference.name);
  }
}

function unwrap<T>(value: T | BadImageError | undefined): T {
  if (value instanceof BadImageError) throw value;
  return value as T;
}
