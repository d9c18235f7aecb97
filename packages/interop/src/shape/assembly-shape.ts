import { UnsupportedError } from '@ijw/binary';
import {
  type FieldToken,
  type Metadata,
  type MethodDefToken,
  MethodImplAttributes,
  type Token,
  type TypeDefToken,
  typeFullName,
} from '@ijw/metadata';
import type { TypeNode } from '@ijw/metadata/signatures';

export type ShapeKind = 'class' | 'struct' | 'enum' | 'interface' | 'delegate';

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
  readonly kind: ShapeKind;
  readonly genericArity: number;
  readonly enclosing: TypeShape | undefined;
  /** The base type when it is of this module. */
  readonly base: TypeShape | undefined;
  /** A base type that is not a TypeDef of this module; `undefined` without a base, or if it is a TypeDef. */
  readonly externalBase: Token | undefined;
  /** The interfaces that are of this module, in metadata order. */
  readonly interfaces: readonly TypeShape[];
  readonly fields: readonly FieldShape[];
  readonly methods: readonly MethodShape[];
}

/** The facts about an assembly for stub generators: its types with fields and methods, in metadata order, without `<Module>`. */
export interface AssemblyShape {
  readonly metadata: Metadata;
  readonly name: string;
  readonly types: readonly TypeShape[];
  readonly byToken: ReadonlyMap<number, TypeShape>;
}

/** Native code implements a method of a class or structure that has no body and is not abstract; with the InternalCall flag, one with a body too. */
export const isNativeMethod = ({ kind }: TypeShape, { hasBody, isAbstract, implFlags }: MethodShape): boolean =>
  (kind === 'class' || kind === 'struct') && !isAbstract && (!hasBody || (implFlags & MethodImplAttributes.InternalCall) !== 0);

/** Reads something of a method; an `UnsupportedError` then begins with the method's name. */
export function ofMethod<T>({ metadata }: AssemblyShape, type: TypeShape, method: MethodShape, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    throw new UnsupportedError(`${typeFullName(metadata, type.token)}::${method.name}: ${error.message}`);
  }
}

export const qualifiedName = (type: TypeShape): string => (type.namespace === '' ? type.name : `${type.namespace}.${type.name}`);
