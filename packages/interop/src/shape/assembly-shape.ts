import type { FieldToken, Metadata, MethodDefToken, TypeDefToken, TypeNode } from '@ijw/metadata';

export type TypeKind = 'class' | 'struct' | 'enum' | 'interface' | 'delegate';

export interface FieldShape {
  readonly token: FieldToken;
  readonly name: string;
  readonly type: TypeNode;
  readonly isStatic: boolean;
  /** A constant: it has no place in an object or among the statics. */
  readonly isLiteral: boolean;
}

export interface MethodShape {
  readonly token: MethodDefToken;
  readonly name: string;
  readonly isStatic: boolean;
  readonly isVirtual: boolean;
  readonly isAbstract: boolean;
  /** RVA ≠ 0: there is a body. */
  readonly hasBody: boolean;
  readonly implFlags: number;
  readonly genericArity: number;
  readonly returnType: TypeNode;
  readonly parameterTypes: readonly TypeNode[];
}

export interface TypeShape {
  readonly token: TypeDefToken;
  readonly namespace: string;
  readonly name: string;
  readonly kind: TypeKind;
  readonly genericArity: number;
  readonly enclosing: TypeShape | undefined;
  /** The base type when it is of this module. */
  readonly base: TypeShape | undefined;
  /** The full name of a base type of another module; `undefined` when there is no base or it is of this one. */
  readonly externalBase: string | undefined;
  /** The interfaces that are of this module, in metadata order. */
  readonly interfaces: readonly TypeShape[];
  readonly fields: readonly FieldShape[];
  readonly methods: readonly MethodShape[];
}

/** What stub generators need of an assembly: its types with fields and methods, in metadata order, without `<Module>`. */
export interface AssemblyShape {
  readonly metadata: Metadata;
  readonly name: string;
  readonly types: readonly TypeShape[];
  readonly byToken: ReadonlyMap<number, TypeShape>;
}

export const qualifiedName = (type: TypeShape): string => (type.namespace === '' ? type.name : `${type.namespace}.${type.name}`);
