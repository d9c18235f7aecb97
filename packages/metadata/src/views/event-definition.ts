import type { Metadata } from '../metadata.ts';
import { typeFullName } from '../names/type-full-name.ts';
import { MethodSemanticsAttributes } from '../tables/metadata-flags.ts';
import { type EventToken, type MethodDefToken, type Token, type TypeDefToken, tokenRid } from '../tables/token.ts';
import { accessorsOf } from './accessors.ts';
import { type CustomAttribute, customAttributes } from './custom-attribute.ts';

/** A row of Event (ECMA-335 II.22.13). Getters read when asked and throw `BadImageError`. */
export class EventDefinition {
  readonly metadata: Metadata;
  readonly token: EventToken;

  constructor(metadata: Metadata, token: EventToken) {
    this.metadata = metadata;
    this.token = token;
  }

  get name(): string {
    return this.metadata.strings.get(this.metadata.tables.Event.get(tokenRid(this.token), 'Name'));
  }

  /** `Namespace.Type::Name`. */
  get fullName(): string {
    return `${typeFullName(this.metadata, this.declaringType)}::${this.name}`;
  }

  /** `EventAttributes`. */
  get flags(): number {
    return this.metadata.tables.Event.get(tokenRid(this.token), 'EventFlags');
  }

  /** The delegate: a TypeDef, TypeRef or TypeSpec. */
  get type(): Token {
    return this.metadata.tables.Event.column('EventType').token(tokenRid(this.token));
  }

  /** Nil where no type has it. */
  get declaringType(): TypeDefToken {
    return this.metadata.declaringType(this.token) as TypeDefToken;
  }

  get adder(): MethodDefToken | undefined {
    return accessorsOf(this.metadata, this.token, MethodSemanticsAttributes.AddOn)[0];
  }

  get remover(): MethodDefToken | undefined {
    return accessorsOf(this.metadata, this.token, MethodSemanticsAttributes.RemoveOn)[0];
  }

  get raiser(): MethodDefToken | undefined {
    return accessorsOf(this.metadata, this.token, MethodSemanticsAttributes.Fire)[0];
  }

  get otherMethods(): MethodDefToken[] {
    return accessorsOf(this.metadata, this.token, MethodSemanticsAttributes.Other);
  }

  get customAttributes(): CustomAttribute[] {
    return customAttributes(this.metadata, this.token);
  }
}
