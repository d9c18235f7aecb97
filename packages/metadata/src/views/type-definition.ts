import type { Metadata } from '../metadata.ts';
import { typeFullName } from '../names/type-full-name.ts';
import { TypeAttributes } from '../tables/metadata-flags.ts';
import { TableId } from '../tables/table-id.ts';
import { isNilToken, makeToken, type Token, type TypeDefToken, tokenRid } from '../tables/token.ts';
import { type CustomAttribute, customAttributes } from './custom-attribute.ts';
import { EventDefinition } from './event-definition.ts';
import { FieldDefinition } from './field-definition.ts';
import { type GenericParameter, genericParameters } from './generic-parameter.ts';
import { MethodDefinition } from './method-definition.ts';
import { PropertyDefinition } from './property-definition.ts';
import { type SecurityDeclaration, securityDeclarations } from './security-declaration.ts';

export type TypeKind = 'class' | 'interface' | 'valueType' | 'enum' | 'delegate';

/** A row of ClassLayout (ECMA-335 II.22.8); 0 says nothing. */
export interface ClassLayout {
  readonly packingSize: number;
  readonly classSize: number;
}

/** A row of MethodImpl (ECMA-335 II.22.27): MethodDef or MemberRef tokens. */
export interface MethodImplementation {
  readonly body: Token;
  readonly declaration: Token;
}

/** The kind of a type, by its base type (ECMA-335 II.10.1.3, II.13, II.14.3, II.14.6). */
const kindsByBase: Readonly<Record<string, TypeKind>> = {
  'System.ValueType': 'valueType',
  'System.Enum': 'enum',
  'System.MulticastDelegate': 'delegate',
};

/** A row of TypeDef (ECMA-335 II.22.37). Getters read when asked and throw `BadImageError`. */
export class TypeDefinition {
  readonly metadata: Metadata;
  readonly token: TypeDefToken;

  constructor(metadata: Metadata, token: TypeDefToken) {
    this.metadata = metadata;
    this.token = token;
  }

  get #rid(): number {
    return tokenRid(this.token);
  }

  get name(): string {
    return this.metadata.strings.get(this.metadata.tables.TypeDef.get(this.#rid, 'Name'));
  }

  get namespace(): string {
    return this.metadata.strings.get(this.metadata.tables.TypeDef.get(this.#rid, 'Namespace'));
  }

  /** `Namespace.Outer/Inner`. */
  get fullName(): string {
    return typeFullName(this.metadata, this.token);
  }

  /** `TypeAttributes`. */
  get flags(): number {
    return this.metadata.tables.TypeDef.get(this.#rid, 'Flags');
  }

  /** A TypeDef, TypeRef or TypeSpec; nil for interfaces, `System.Object` and `<Module>`. */
  get baseType(): Token {
    return this.metadata.tables.TypeDef.column('Extends').token(this.#rid);
  }

  get kind(): TypeKind {
    if (this.flags & TypeAttributes.Interface) return 'interface';
    // System.Enum is itself a class that extends System.ValueType.
    if (this.fullName === 'System.Enum') return 'class';
    return kindsByBase[typeFullName(this.metadata, this.baseType)] ?? 'class';
  }

  get enclosingType(): TypeDefinition | undefined {
    const token = this.metadata.enclosingType(this.token);
    return isNilToken(token) ? undefined : new TypeDefinition(this.metadata, token);
  }

  get nestedTypes(): TypeDefinition[] {
    const nested = this.metadata.tables.NestedClass.column('NestedClass');
    return Array.from(
      this.metadata.nestedTypesOf(this.#rid),
      (rid) => new TypeDefinition(this.metadata, nested.token(rid) as TypeDefToken),
    );
  }

  get fields(): FieldDefinition[] {
    return Array.from(this.metadata.fieldsOf(this.#rid), (rid) => new FieldDefinition(this.metadata, makeToken(TableId.Field, rid)));
  }

  get methods(): MethodDefinition[] {
    return Array.from(this.metadata.methodsOf(this.#rid), (rid) => new MethodDefinition(this.metadata, makeToken(TableId.MethodDef, rid)));
  }

  get properties(): PropertyDefinition[] {
    return Array.from(
      this.metadata.propertiesOf(this.#rid),
      (rid) => new PropertyDefinition(this.metadata, makeToken(TableId.Property, rid)),
    );
  }

  get events(): EventDefinition[] {
    return Array.from(this.metadata.eventsOf(this.#rid), (rid) => new EventDefinition(this.metadata, makeToken(TableId.Event, rid)));
  }

  /** TypeDef, TypeRef or TypeSpec tokens. */
  get interfaces(): Token[] {
    const column = this.metadata.tables.InterfaceImpl.column('Interface');
    return Array.from(this.metadata.interfaceImplsOf(this.#rid), (rid) => column.token(rid));
  }

  get methodImplementations(): MethodImplementation[] {
    const { MethodImpl } = this.metadata.tables;
    return Array.from(this.metadata.methodImplsOf(this.#rid), (rid) => ({
      body: MethodImpl.column('MethodBody').token(rid),
      declaration: MethodImpl.column('MethodDeclaration').token(rid),
    }));
  }

  get genericParameters(): GenericParameter[] {
    return genericParameters(this.metadata, this.token);
  }

  get layout(): ClassLayout | undefined {
    const rid = this.metadata.findClassLayout(this.token);
    if (rid === undefined) return undefined;
    const { ClassLayout } = this.metadata.tables;
    return { packingSize: ClassLayout.get(rid, 'PackingSize'), classSize: ClassLayout.get(rid, 'ClassSize') };
  }

  get customAttributes(): CustomAttribute[] {
    return customAttributes(this.metadata, this.token);
  }

  get securityDeclarations(): SecurityDeclaration[] {
    return securityDeclarations(this.metadata, this.token);
  }
}

/** Every type that a module defines, `<Module>` first, nested ones too. */
export function* typeDefinitions(metadata: Metadata): Generator<TypeDefinition> {
  for (let rid = 1; rid <= metadata.tables.TypeDef.rowCount; rid++) yield new TypeDefinition(metadata, makeToken(TableId.TypeDef, rid));
}
