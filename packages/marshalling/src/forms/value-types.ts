// ECMA-335 II.10.1.2, II.23.1.15; dotnet/runtime `src/coreclr/vm/fieldmarshaler.cpp` (IsFieldBlittable), `src/coreclr/vm/dllimport.cpp` (PInvoke::MarshalingRequired),
// `src/coreclr/vm/mlinfo.cpp` (IsValidForGenericMarshalling, GetDisabledMarshallerType); "Disabled runtime marshalling" of the .NET documentation.

import {
  fieldTypeOf,
  instanceFields,
  isEnumeration,
  isTokenOf,
  type Metadata,
  makeToken,
  marshallingOf,
  TableId,
  type Token,
  TypeAttributes,
  type TypeDefToken,
  tokenRid,
  typeFullName,
} from '@ijw/metadata';
import type { Resolver } from '@ijw/metadata/resolution';
import type { TypeNode } from '@ijw/metadata/signatures';
import { type CoreValueType, coreValueTypes, neverPassed } from './core-value-types.ts';
import { isInteger, keepsNumber } from './number-descriptors.ts';

/** The nature of a value type; `elsewhere` if the type or one of its fields is in an assembly that is missing. */
export type ValueTypeNature = 'enum' | 'blittable' | 'notBlittable' | 'elsewhere';

/** `unknown`: a part of the type is in another module. */
export type Blittability = 'blittable' | 'notBlittable' | 'unknown';

/** The reason why the runtime does not pass a value; the texts are the runtime's (`src/coreclr/dlls/mscorrc/mscorrc.rc`). */
export const marshallingProblems = {
  genericType: 'Non-blittable generic types cannot be marshaled.',
  autoLayout: 'Structures marked with [StructLayout(LayoutKind.Auto)] cannot be marshaled.',
  integer128: 'System.Int128 and System.UInt128 cannot be passed by value to unmanaged.',
  managedType: 'Cannot marshal managed types when the runtime marshalling system is disabled.',
} as const;

export type MarshallingProblem = keyof typeof marshallingProblems;

/** The properties of a structure, the worst first: its fields determine the runtime's decision. */
const FACTS = ['references', 'auto', 'integer128', 'marshalled', 'unknown', 'bits'] as const;
type Fact = (typeof FACTS)[number];
const worst = (one: Fact, other: Fact): Fact => (FACTS.indexOf(one) < FACTS.indexOf(other) ? one : other);

/** The limits of nesting and of steps: a type that exceeds them contains itself, or the file is hostile. */
const MAX_DEPTH = 64;
const MAX_STEPS = 20_000;

const CORE_FACTS: Readonly<Record<CoreValueType, Fact>> = {
  bits: 'bits',
  marshalled: 'marshalled',
  auto: 'auto',
  references: 'references',
  integer128: 'integer128',
  opaque: 'marshalled',
};

export interface ValueTypesInit {
  readonly metadata: Metadata;
  /** Looks up the types of other assemblies. */
  readonly resolver?: Resolver | undefined;
  /** DisableRuntimeMarshallingAttribute: `bool` and `char` cross as their bits. */
  readonly runtimeMarshallingDisabled?: boolean;
  /** The full name of a type, from a cache of names. */
  readonly typeName?: (token: Token) => string;
}

interface Definition {
  readonly types: ValueTypes;
  readonly token: TypeDefToken;
}

/** What the value types of one metadata hold, each worked out once: whether they are the same on both sides of a call, and what the runtime does not pass at all. */
export class ValueTypes {
  readonly #init: ValueTypesInit;
  readonly #metadata: Metadata;
  readonly #disabled: boolean;
  readonly #typeName: (token: Token) => string;
  readonly #known = new Map<Token, Fact>();
  readonly #natures = new Map<Token, ValueTypeNature>();
  /** Those of the other assemblies that a resolver has led to. */
  readonly #others: Map<Metadata, ValueTypes>;
  #steps = 0;

  constructor(init: ValueTypesInit, others = new Map<Metadata, ValueTypes>()) {
    const { metadata, runtimeMarshallingDisabled, typeName } = init;
    this.#init = init;
    this.#metadata = metadata;
    this.#disabled = runtimeMarshallingDisabled ?? false;
    this.#typeName = typeName ?? ((token) => (isTokenOf(token, 'TypeSpec') ? '' : typeFullName(metadata, token)));
    this.#others = others.set(metadata, this);
  }

  /** Of a value type by its token. @throws BadImageError */
  natureOf(token: Token): ValueTypeNature {
    const known = this.#natures.get(token);
    if (known !== undefined) return known;
    const nature = this.#natureOf(token);
    this.#natures.set(token, nature);
    return nature;
  }

  #natureOf(token: Token): ValueTypeNature {
    const definition = this.#definitionOf(token);
    if (definition && isEnumeration(definition.types.#metadata, definition.token)) return 'enum';
    const fact = this.#factOfType(token);
    return fact === 'bits' ? 'blittable' : fact === 'unknown' ? 'elsewhere' : 'notBlittable';
  }

  /** Of a parameter or result. @throws BadImageError */
  of(type: TypeNode): Blittability {
    const bare = strip(type);
    if (bare.kind === 'byReference' || this.#isNeverPassed(bare)) return 'notBlittable';
    if (bare.kind === 'named' && this.#typeName(bare.token) === 'System.Decimal') return 'blittable';
    const fact = this.#factOf(bare);
    return fact === 'bits' ? 'blittable' : fact === 'unknown' ? 'unknown' : 'notBlittable';
  }

  /** Why the runtime refuses a parameter or result of a P/Invoke, as far as its type decides. @throws BadImageError */
  problemOf(type: TypeNode): MarshallingProblem | undefined {
    const bare = strip(type);
    return this.#disabled ? this.#problemOfBits(bare) : this.#problemOfMarshalled(bare);
  }

  /**
   * The one integer or pointer that a structure consists of, if there is nothing else in it. On x86 the runtime takes such a structure for the integer
   * (`MethodTable::GetInternalCorElementType`).
   */
  isSingleInteger(token: TypeDefToken): boolean {
    const [first, ...others] = instanceFields(this.#metadata, token);
    if (first === undefined || others.length > 0) return false;
    const type = strip(fieldTypeOf(this.#metadata, first));
    return type.kind === 'pointer' || type.kind === 'functionPointer' || (type.kind === 'primitive' && isInteger(type.type));
  }

  /** The structure itself, or one that lies in it, has automatic layout; one with references in it is not looked at for that. @throws BadImageError */
  holdsAutoLayout(token: TypeDefToken): boolean {
    return this.#factOfType(token) === 'auto';
  }

  /** With runtime marshalling off the bits of values cross, and nothing else. */
  #problemOfBits(type: TypeNode): MarshallingProblem | undefined {
    if (type.kind === 'primitive' && type.type === 'void') return undefined;
    if (this.#isNeverPassed(type)) return 'genericType';
    const fact = type.kind === 'byReference' ? 'references' : this.#factOf(type);
    if (fact === 'references') return 'managedType';
    return fact === 'auto' ? 'autoLayout' : fact === 'integer128' ? 'integer128' : undefined;
  }

  #problemOfMarshalled(type: TypeNode, isReferred = false): MarshallingProblem | undefined {
    if (type.kind === 'byReference' || type.kind === 'szArray') return this.#problemOfMarshalled(strip(type.element), true);
    if (type.kind === 'genericInstance') {
      const isPassed = isValueType(type) && !this.#isNeverPassed(type) && ['bits', 'unknown'].includes(this.#factOf(type));
      return isPassed ? undefined : 'genericType';
    }
    if (type.kind !== 'named' || !type.valueType) return undefined;
    const name = this.#typeName(type.token);
    const fact = this.#factOf(type);
    if (fact === 'integer128') return isReferred ? undefined : 'integer128';
    return fact === 'auto' && name !== 'System.DateTime' && this.#isAuto(type.token, name) ? 'autoLayout' : undefined;
  }

  /** The structure itself, not a field of it, has automatic layout. */
  #isAuto(token: Token, name: string): boolean {
    const definition = this.#definitionOf(token);
    return definition === undefined ? coreValueTypes.get(name) === 'auto' : hasAutoLayout(definition.types.#metadata, definition.token);
  }

  #isNeverPassed(type: TypeNode): boolean {
    return type.kind === 'genericInstance' && type.generic.kind === 'named' && neverPassed.has(this.#typeName(type.generic.token));
  }

  #factOf(type: TypeNode): Fact {
    this.#steps = 0;
    return this.#node(type, [], 0);
  }

  #factOfType(token: Token): Fact {
    this.#steps = 0;
    return this.#valueType(token, [], 0);
  }

  #node(type: TypeNode, typeArguments: readonly TypeNode[], depth: number): Fact {
    if (depth > MAX_DEPTH || ++this.#steps > MAX_STEPS) return 'unknown';
    switch (type.kind) {
      case 'modified':
        return this.#node(type.unmodified, typeArguments, depth + 1);
      case 'primitive':
        if (['string', 'object', 'typedref'].includes(type.type)) return 'references';
        return !this.#disabled && (type.type === 'bool' || type.type === 'char') ? 'marshalled' : 'bits';
      case 'pointer':
      case 'functionPointer':
        return 'bits';
      case 'named':
        return type.valueType ? this.#valueType(type.token, [], depth) : 'references';
      case 'genericInstance':
        return this.#instance(type, typeArguments, depth);
      case 'genericTypeParameter': {
        const argument = typeArguments[type.index];
        return argument === undefined ? 'unknown' : this.#node(argument, [], depth + 1);
      }
      case 'genericMethodParameter':
        return 'unknown';
      default:
        return 'references';
    }
  }

  #instance(type: TypeNode & { readonly kind: 'genericInstance' }, typeArguments: readonly TypeNode[], depth: number): Fact {
    const { generic } = type;
    if (generic.kind !== 'named' || !generic.valueType) return 'references';
    const substituted = type.arguments.map((argument) => substitute(argument, typeArguments));
    return this.#valueType(generic.token, substituted, depth);
  }

  #valueType(token: Token, typeArguments: readonly TypeNode[], depth: number): Fact {
    const cached = typeArguments.length === 0 ? this.#known.get(token) : undefined;
    if (cached !== undefined) return cached;
    const fact = isTokenOf(token, 'TypeDef') ? this.#ownType(token, typeArguments, depth) : this.#foreign(token, typeArguments, depth);
    if (typeArguments.length === 0) this.#known.set(token, fact);
    return fact;
  }

  /** A type of the core library by its name, where its type arguments count as its fields do; any other by its definition. */
  #foreign(token: Token, typeArguments: readonly TypeNode[], depth: number): Fact {
    const core = coreValueTypes.get(this.#typeName(token));
    if (core !== undefined) {
      const own = this.#disabled && CORE_FACTS[core] === 'marshalled' ? 'bits' : CORE_FACTS[core];
      return typeArguments.reduce((fact, argument) => worst(fact, this.#node(argument, [], depth + 1)), own);
    }
    // Type arguments have no meaning in the metadata of another assembly.
    const definition = typeArguments.length === 0 ? this.#definitionOf(token) : undefined;
    return definition === undefined ? 'unknown' : definition.types.#valueType(definition.token, [], depth + 1);
  }

  /** Where a value type is defined, as far as that was given. */
  #definitionOf(token: Token): Definition | undefined {
    if (isTokenOf(token, 'TypeDef')) return { types: this, token };
    const { resolver } = this.#init;
    const type = resolver?.type(this.#metadata, token);
    if (type?.kind !== 'type') return undefined;
    const { metadata } = type;
    const types =
      this.#others.get(metadata) ?? new ValueTypes({ metadata, resolver, runtimeMarshallingDisabled: this.#disabled }, this.#others);
    return { types, token: type.token };
  }

  #ownType(token: TypeDefToken, typeArguments: readonly TypeNode[], depth: number): Fact {
    const metadata = this.#metadata;
    if (isEnumeration(metadata, token)) return 'bits';
    // The runtime does not load a type that contains itself; the search only has to end.
    if (typeArguments.length === 0) this.#known.set(token, 'references');
    let found: Fact = hasAutoLayout(metadata, token) ? 'auto' : 'bits';
    for (const field of instanceFields(metadata, token)) {
      const type = fieldTypeOf(metadata, field);
      found = worst(found, this.#node(type, typeArguments, depth + 1));
      if (!this.#disabled && found === 'bits' && !this.#keepsBits(field, type)) found = 'marshalled';
      if (found === 'references') break;
    }
    return found;
  }

  /** A descriptor may repeat the type of the field. */
  #keepsBits(field: number, type: TypeNode): boolean {
    const descriptor = marshallingOf(this.#metadata, makeToken(TableId.Field, field));
    if (descriptor === undefined) return true;
    const bare = strip(type);
    return bare.kind === 'primitive' && descriptor.kind === 'simple' && keepsNumber(bare.type, descriptor.nativeType);
  }
}

/** A type without the custom modifiers around it. */
export function strip(type: TypeNode): TypeNode {
  let inner = type;
  while (inner.kind === 'modified') inner = inner.unmodified;
  return inner;
}

/** LayoutKind.Auto: the runtime puts the fields where it likes. @throws BadImageError */
export const hasAutoLayout = ({ tables }: Metadata, type: TypeDefToken): boolean =>
  (tables.TypeDef.get(tokenRid(type), 'Flags') & TypeAttributes.LayoutMask) === TypeAttributes.AutoLayout;

const isValueType = ({ generic }: TypeNode & { readonly kind: 'genericInstance' }): boolean =>
  generic.kind === 'named' && generic.valueType === true;

const substitute = (type: TypeNode, typeArguments: readonly TypeNode[]): TypeNode =>
  type.kind === 'genericTypeParameter' ? (typeArguments[type.index] ?? type) : type;
