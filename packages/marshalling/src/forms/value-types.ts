// ECMA-335 II.10.1.2, II.23.1.15; dotnet/runtime `src/coreclr/vm/fieldmarshaler.cpp`: what makes a value type blittable.

import {
  FieldAttributes,
  isEnumeration,
  isTokenOf,
  type Metadata,
  makeToken,
  type Token,
  TypeAttributes,
  type TypeDefToken,
  tokenRid,
  typeFullName,
} from '@ijw/metadata';
import type { Resolver } from '@ijw/metadata/resolution';
import { decodeFieldSignature, type TypeNode, typeNodes } from '@ijw/metadata/signatures';

/** What is known of a value type; `elsewhere` where it, or one of its fields, is in an assembly that was not given. */
export type ValueTypeNature = 'enum' | 'blittable' | 'notBlittable' | 'elsewhere';

/** Types nested deeper than this hold one another. */
const MAX_DEPTH = 64;

/** Value types of the core library that marshalling knows. */
const known: Readonly<Record<string, ValueTypeNature>> = {
  'System.Guid': 'blittable',
  'System.IntPtr': 'blittable',
  'System.UIntPtr': 'blittable',
  'System.DateTime': 'notBlittable',
  'System.Decimal': 'notBlittable',
};

const blittablePrimitives: ReadonlySet<string> = new Set([
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float32',
  'float64',
  'native int',
  'native uint',
]);

/** The natures of the value types of one metadata, each worked out once. With a resolver those of other assemblies are looked up too. */
export class ValueTypes {
  private readonly metadata: Metadata;
  private readonly resolver: Resolver | undefined;
  private readonly natures = new Map<number, ValueTypeNature>();
  private readonly byMetadata: Map<Metadata, ValueTypes>;

  constructor(metadata: Metadata, resolver?: Resolver, byMetadata = new Map<Metadata, ValueTypes>()) {
    this.metadata = metadata;
    this.resolver = resolver;
    this.byMetadata = byMetadata.set(metadata, this);
  }

  /** @throws BadImageError */
  natureOf(token: Token, depth = 0): ValueTypeNature {
    const cached = this.natures.get(token);
    if (cached !== undefined) return cached;
    const nature = isTokenOf(token, 'TypeDef') ? this.ownNature(token, depth) : this.foreignNature(token, depth);
    this.natures.set(token, nature);
    return nature;
  }

  /**
   * The one integer or pointer that a structure consists of, if there is nothing else in it. On x86 the runtime takes such a structure for the integer
   * (`MethodTable::GetInternalCorElementType`).
   */
  isSingleInteger(token: TypeDefToken): boolean {
    const fields = this.instanceFields(token);
    const type = fields.length === 1 ? strip(this.fieldType(fields[0]!)) : undefined;
    if (type?.kind === 'pointer' || type?.kind === 'functionPointer') return true;
    return type?.kind === 'primitive' && blittablePrimitives.has(type.type) && !type.type.startsWith('float');
  }

  private foreignNature(token: Token, depth: number): ValueTypeNature {
    const nature = isTokenOf(token, 'TypeSpec') ? undefined : known[typeFullName(this.metadata, token)];
    if (nature !== undefined) return nature;
    const type = this.resolver?.type(this.metadata, token);
    if (type?.kind !== 'type') return 'elsewhere';
    const there = this.byMetadata.get(type.metadata) ?? new ValueTypes(type.metadata, this.resolver, this.byMetadata);
    return there.natureOf(type.token, depth + 1);
  }

  private ownNature(token: TypeDefToken, depth: number): ValueTypeNature {
    const { TypeDef } = this.metadata.tables;
    const rid = tokenRid(token);
    if (isEnumeration(this.metadata, token)) return 'enum';
    if ((TypeDef.get(rid, 'Flags') & TypeAttributes.LayoutMask) === TypeAttributes.AutoLayout || depth > MAX_DEPTH) return 'notBlittable';
    // The runtime does not load a type that holds itself; the answer for it only has to end.
    this.natures.set(token, 'notBlittable');
    let nature: ValueTypeNature = 'blittable';
    for (const field of this.instanceFields(token)) {
      const of = this.fieldNature(field, depth);
      if (of === 'notBlittable') return of;
      if (of === 'elsewhere') nature = of;
    }
    return nature;
  }

  private fieldNature(fieldRid: number, depth: number): ValueTypeNature {
    if (this.metadata.findFieldMarshal(makeToken(0x04, fieldRid)) !== undefined) return 'notBlittable';
    const type = strip(this.fieldType(fieldRid));
    if (type.kind === 'primitive') return blittablePrimitives.has(type.type) ? 'blittable' : 'notBlittable';
    if (type.kind === 'pointer' || type.kind === 'functionPointer') return 'blittable';
    return type.kind === 'named' && type.valueType ? this.natureOf(type.token, depth + 1) : 'notBlittable';
  }

  private fieldType(fieldRid: number): TypeNode {
    const blob = this.metadata.tables.Field.get(fieldRid, 'Signature');
    return decodeFieldSignature(this.metadata.blobs.reader(blob, 'a field signature'), typeNodes);
  }

  private instanceFields(token: TypeDefToken): readonly number[] {
    const { Field } = this.metadata.tables;
    return [...this.metadata.fieldsOf(tokenRid(token))].filter((rid) => (Field.get(rid, 'Flags') & FieldAttributes.Static) === 0);
  }
}

/** A type without the custom modifiers around it. */
export function strip(type: TypeNode): TypeNode {
  let inner = type;
  while (inner.kind === 'modified') inner = inner.unmodified;
  return inner;
}
