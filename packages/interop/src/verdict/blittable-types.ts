// dotnet/runtime `src/coreclr/vm/dllimport.cpp` (MarshalingRequired), `src/coreclr/vm/fieldmarshaler.cpp`; "Disabled runtime marshalling" of the .NET documentation.

import {
  isTokenOf,
  makeToken,
  SignatureDecoder,
  TableId,
  type Token,
  TypeAttributes,
  type TypeDefToken,
  type TypeNode,
  tokenRid,
  typeNodes,
} from '@ijw/metadata';
import type { InteropModule } from '../inventory/interop-module.ts';

/** `unknown`: a part of the type is in another module. */
export type Blittability = 'blittable' | 'notBlittable' | 'unknown';

const FIELD_STATIC = 0x10;
/** Types nested deeper than this hold one another, and a question that takes more steps is asked by a hostile file. */
const MAX_DEPTH = 64;
const MAX_STEPS = 20_000;

/** Value types of the core library, as the runtime marshals them; with runtime marshalling off all of them are taken as they are. */
const known: ReadonlyMap<string, Blittability> = new Map([
  ['System.Guid', 'blittable'],
  ['System.IntPtr', 'blittable'],
  ['System.UIntPtr', 'blittable'],
  ['System.DateTime', 'notBlittable'],
  ['System.DateTimeOffset', 'notBlittable'],
  ['System.Decimal', 'notBlittable'],
  ['System.Nullable`1', 'notBlittable'],
  ['System.Span`1', 'notBlittable'],
  ['System.ReadOnlySpan`1', 'notBlittable'],
]);
const NEVER: ReadonlySet<string> = new Set(['System.Span`1', 'System.ReadOnlySpan`1']);

/** A type without the custom modifiers around it. */
export function stripModifiers(type: TypeNode): TypeNode {
  let inner = type;
  while (inner.kind === 'modified') inner = inner.unmodified;
  return inner;
}

/** Whether types are the same on both sides of a call. With runtime marshalling disabled `bool` and `char` are. */
export class BlittableTypes {
  readonly #module: InteropModule;
  readonly #disabled: boolean;
  readonly #known = new Map<Token, Blittability>();
  readonly #decoder = new SignatureDecoder(typeNodes);
  #steps = 0;

  constructor(module: InteropModule, runtimeMarshallingDisabled: boolean) {
    this.#module = module;
    this.#disabled = runtimeMarshallingDisabled;
  }

  /** @throws BadImageError */
  of(type: TypeNode): Blittability {
    this.#steps = 0;
    return this.#node(type, [], 0);
  }

  #node(type: TypeNode, typeArguments: readonly TypeNode[], depth: number): Blittability {
    if (depth > MAX_DEPTH || ++this.#steps > MAX_STEPS) return 'unknown';
    switch (type.kind) {
      case 'modified':
        return this.#node(type.unmodified, typeArguments, depth + 1);
      case 'primitive':
        if (['string', 'object', 'typedref'].includes(type.type)) return 'notBlittable';
        return !this.#disabled && (type.type === 'bool' || type.type === 'char') ? 'notBlittable' : 'blittable';
      case 'pointer':
      case 'functionPointer':
        return 'blittable';
      case 'named':
        return type.valueType ? this.#valueType(type.token, [], depth) : 'notBlittable';
      case 'genericInstance':
        if (type.generic.kind !== 'named' || !type.generic.valueType) return 'notBlittable';
        return this.#valueType(
          type.generic.token,
          type.arguments.map((argument) => substitute(argument, typeArguments)),
          depth,
        );
      case 'genericTypeParameter': {
        const argument = typeArguments[type.index];
        return argument === undefined ? 'unknown' : this.#node(argument, [], depth + 1);
      }
      case 'genericMethodParameter':
        return 'unknown';
      default:
        return 'notBlittable';
    }
  }

  #valueType(token: Token, typeArguments: readonly TypeNode[], depth: number): Blittability {
    const cached = typeArguments.length === 0 ? this.#known.get(token) : undefined;
    if (cached !== undefined) return cached;
    const name = this.#module.typeName(token);
    const isOwn = isTokenOf(token, 'TypeDef');
    const fromTable = NEVER.has(name) ? 'notBlittable' : this.#disabled ? undefined : known.get(name);
    if (fromTable !== undefined || !isOwn) return fromTable ?? 'unknown';
    if (typeArguments.length === 0) this.#known.set(token, 'notBlittable');
    const found = this.#definition(token, typeArguments, depth);
    if (typeArguments.length === 0) this.#known.set(token, found);
    return found;
  }

  #definition(token: TypeDefToken, typeArguments: readonly TypeNode[], depth: number): Blittability {
    const { TypeDef, Field } = this.#module.metadata.tables;
    const rid = tokenRid(token);
    if (this.#module.baseNames(token)[0] === 'System.Enum') return 'blittable';
    if (!this.#disabled && (TypeDef.get(rid, 'Flags') & TypeAttributes.LayoutMask) === TypeAttributes.AutoLayout) return 'notBlittable';
    let found: Blittability = 'blittable';
    for (const field of this.#module.metadata.fieldsOf(rid)) {
      if (Field.get(field, 'Flags') & FIELD_STATIC) continue;
      const isMarshalled = this.#module.metadata.findFieldMarshal(makeToken(TableId.Field, field)) !== undefined;
      if (isMarshalled && !this.#disabled) return 'notBlittable';
      const type = this.#decoder.open(this.#module.metadata.blobs, Field.get(field, 'Signature'), 'a field signature').field();
      const of = this.#node(type, typeArguments, depth + 1);
      if (of === 'notBlittable') return of;
      if (of === 'unknown') found = of;
    }
    return found;
  }
}

const substitute = (type: TypeNode, typeArguments: readonly TypeNode[]): TypeNode =>
  type.kind === 'genericTypeParameter' ? (typeArguments[type.index] ?? type) : type;
