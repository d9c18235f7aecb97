import { type BadImageError, hex } from '@ijw/binary';
import { customAttributeValue } from '../attributes/find-custom-attribute.ts';
import { isEnumeration } from '../enumeration.ts';
import { instanceFields } from '../instance-fields.ts';
import type { Metadata } from '../metadata.ts';
import { typeFullName } from '../names/type-full-name.ts';
import type { Resolver } from '../resolution/resolver.ts';
import { SignatureDecoder } from '../signatures/signature-decoder.ts';
import { type TypeNode, typeNodes } from '../signatures/type-node.ts';
import { TableId } from '../tables/table-id.ts';
import { makeToken, type Token, type TypeDefToken, tokenRid, tokenTable } from '../tables/token.ts';
import { type Extent, type PlacedField, placeFields } from './field-placement.ts';
import { layoutRequestOf } from './layout-request.ts';
import { primitiveSizes } from './primitive-size.ts';

export interface TypeSizesOptions {
  /** Of the platform that the image is for. */
  readonly pointerSize: 4 | 8;
  /** Finds the types of other modules; without it they have no size. */
  readonly resolver?: Resolver;
}

/** Types that the runtime aligns more strictly than their fields ask for (src/coreclr/vm/methodtablebuilder.cpp, `CheckForSystemTypes`), on x64. */
const intrinsicAlignments: Readonly<Record<string, number>> = {
  'System.Int128': 16,
  'System.UInt128': 16,
  'System.Runtime.Intrinsics.Vector128`1': 16,
  'System.Runtime.Intrinsics.Vector256`1': 32,
  'System.Runtime.Intrinsics.Vector512`1': 64,
};

/** The greatest nesting of structures; the runtime's own limit is lower. */
const MAXIMUM_DEPTH = 100;
const MAXIMUM_STEPS = 1_000_000;
const MAXIMUM_SIZE = 0x7fffffff;

/** A module, and the types for its `!0`, `!1` …. */
interface Scope {
  readonly metadata: Metadata;
  readonly typeArguments: readonly (Extent | undefined)[];
}

/**
 * Sizes of types as .NET lays them out in memory. A size is `undefined` if the type or a part of it is in a module that is not available, or has no size
 * (`void`). Methods throw `BadImageError`, also for types that contain themselves.
 */
export class TypeSizes {
  readonly #metadata: Metadata;
  readonly #options: TypeSizesOptions;
  /** `null` while the size of a type is being found. */
  readonly #known = new Map<Metadata, Map<number, Extent | undefined | null>>();
  #steps = 0;

  constructor(metadata: Metadata, options: TypeSizesOptions) {
    this.#metadata = metadata;
    this.#options = options;
  }

  /** The size of a type in a signature of the module. */
  of(type: TypeNode): Extent | undefined {
    this.#steps = 0;
    return this.#node({ metadata: this.#metadata, typeArguments: [] }, type, 0);
  }

  /** The size of a value type that the module defines. */
  ofDefinition(token: TypeDefToken): Extent | undefined {
    this.#steps = 0;
    return this.#definition({ metadata: this.#metadata, typeArguments: [] }, token, 0);
  }

  #pointers(count: number, references = false): Extent {
    const { pointerSize } = this.#options;
    return { size: pointerSize * count, alignment: pointerSize, references };
  }

  #primitive(type: (TypeNode & { kind: 'primitive' })['type']): Extent | undefined {
    const size = primitiveSizes[type];
    if (size === 'pointer') return this.#pointers(1, type === 'string' || type === 'object');
    if (size === 'twoPointers') return this.#pointers(2);
    return size === undefined ? undefined : { size, alignment: size, references: false };
  }

  #node(scope: Scope, type: TypeNode, depth: number): Extent | undefined {
    this.#steps++;
    switch (type.kind) {
      case 'primitive':
        return this.#primitive(type.type);
      case 'named':
        return type.valueType ? this.#named(scope, type.token, [], depth) : this.#pointers(1, true);
      case 'genericInstance':
        return this.#instance(scope, type, depth);
      case 'genericTypeParameter':
        return scope.typeArguments[type.index];
      case 'genericMethodParameter':
        return undefined;
      case 'modified':
        return this.#node(scope, type.unmodified, depth);
      case 'pinned':
        return this.#node(scope, type.element, depth);
      default:
        return this.#pointers(1, type.kind === 'szArray' || type.kind === 'array');
    }
  }

  #instance(scope: Scope, type: TypeNode & { kind: 'genericInstance' }, depth: number): Extent | undefined {
    const { generic } = type;
    if (generic.kind !== 'named') return undefined;
    if (!generic.valueType) return this.#pointers(1, true);
    const typeArguments = type.arguments.map((argument) => this.#node(scope, argument, depth + 1));
    return this.#named(scope, generic.token, typeArguments, depth);
  }

  #named(scope: Scope, token: Token, typeArguments: Scope['typeArguments'], depth: number): Extent | undefined {
    if (tokenTable(token) === TableId.TypeDef)
      return this.#definition({ metadata: scope.metadata, typeArguments }, token as TypeDefToken, depth);
    const type = this.#options.resolver?.type(scope.metadata, token);
    return type?.kind === 'type' ? this.#definition({ metadata: type.metadata, typeArguments }, type.token, depth) : undefined;
  }

  /** Sizes of types that are not generic are kept; the others are bounded by the number of steps. */
  #definition(scope: Scope, token: TypeDefToken, depth: number): Extent | undefined {
    const { metadata } = scope;
    if (depth > MAXIMUM_DEPTH || this.#steps > MAXIMUM_STEPS)
      throw layoutError(metadata, 'LAYOUT_TOO_DEEP', token, 'is laid out too deeply');
    if (scope.typeArguments.length > 0) return this.#layOut(scope, token, depth);
    const known = this.#known.get(metadata) ?? new Map<number, Extent | undefined | null>();
    this.#known.set(metadata, known);
    if (known.has(token)) {
      const extent = known.get(token);
      if (extent === null) throw layoutError(metadata, 'TYPE_CONTAINS_ITSELF', token, 'contains itself');
      return extent;
    }
    known.set(token, null);
    const extent = this.#layOut(scope, token, depth);
    known.set(token, extent);
    return extent;
  }

  #layOut(scope: Scope, token: TypeDefToken, depth: number): Extent | undefined {
    const { metadata } = scope;
    const request = layoutRequestOf(metadata, token);
    const fields = this.#fields(scope, token, depth);
    if (!fields) return undefined;
    const { size, alignment, references } = placeFields(fields, request);
    const total = size * (inlineArrayLength(metadata, token) ?? 1);
    if (!(total <= MAXIMUM_SIZE)) throw layoutError(metadata, 'TYPE_TOO_LARGE', token, `is larger than ${MAXIMUM_SIZE} bytes`);
    return {
      size: total,
      alignment: intrinsicAlignments[typeFullName(metadata, token)] ?? alignment,
      references,
      enumeration: isEnumeration(metadata, token),
    };
  }

  #fields(scope: Scope, token: TypeDefToken, depth: number): PlacedField[] | undefined {
    const { metadata } = scope;
    const { Field, FieldLayout } = metadata.tables;
    const decoder = new SignatureDecoder(typeNodes);
    const fields: PlacedField[] = [];
    for (const rid of instanceFields(metadata, token)) {
      const type = decoder.open(metadata.blobs, Field.get(rid, 'Signature'), 'the signature of a field').field();
      const extent = this.#node(scope, type, depth + 1);
      if (!extent) return undefined;
      const layout = metadata.findFieldLayout(makeToken(TableId.Field, rid));
      const structure = isStructure(type) && !extent.enumeration;
      fields.push({ ...extent, structure, offset: layout === undefined ? undefined : FieldLayout.get(layout, 'Offset') });
    }
    return fields;
  }
}

/** Whether a field of the type is laid out as a whole, once enumerations are left aside. */
const isStructure = (type: TypeNode): boolean =>
  type.kind === 'genericInstance' ? isStructure(type.generic) : type.kind === 'named' && type.valueType === true;

/** .NET 8: a structure with this attribute is its one field, that many times over. */
function inlineArrayLength(metadata: Metadata, token: TypeDefToken): number | undefined {
  const attribute = customAttributeValue(metadata, token, 'System.Runtime.CompilerServices.InlineArrayAttribute');
  const length = attribute?.fixedArguments[0]?.value;
  return typeof length === 'number' && length > 0 ? length : undefined;
}

const layoutError = (metadata: Metadata, code: string, token: TypeDefToken, what: string): BadImageError =>
  metadata.tables.TypeDef.column('Flags').error(code, `The type ${hex(token)} ${what}`, tokenRid(token));
