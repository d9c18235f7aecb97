import type { ConstantValue } from '../constants/constant-value.ts';
import { fieldTypeOf } from '../instance-fields.ts';
import type { MarshallingDescriptor } from '../marshalling/marshalling-descriptor.ts';
import type { Metadata } from '../metadata.ts';
import { fieldFullName } from '../names/method-full-name.ts';
import type { TypeNode } from '../signatures/type-node.ts';
import { type FieldToken, type TypeDefToken, tokenRid } from '../tables/token.ts';
import { constantOf } from './constant.ts';
import { type CustomAttribute, customAttributes } from './custom-attribute.ts';
import { marshallingOf } from './marshalling.ts';

/** A row of Field (ECMA-335 II.22.15). Getters read when asked and throw `BadImageError`. */
export class FieldDefinition {
  readonly metadata: Metadata;
  readonly token: FieldToken;

  constructor(metadata: Metadata, token: FieldToken) {
    this.metadata = metadata;
    this.token = token;
  }

  get name(): string {
    return this.metadata.strings.get(this.metadata.tables.Field.get(tokenRid(this.token), 'Name'));
  }

  /** `Namespace.Type::Name`. */
  get fullName(): string {
    return fieldFullName(this.metadata, this.token);
  }

  /** `FieldAttributes`. */
  get flags(): number {
    return this.metadata.tables.Field.get(tokenRid(this.token), 'Flags');
  }

  get type(): TypeNode {
    return fieldTypeOf(this.metadata, tokenRid(this.token));
  }

  /** Nil where no type has it. */
  get declaringType(): TypeDefToken {
    return this.metadata.declaringType(this.token) as TypeDefToken;
  }

  get constant(): ConstantValue | undefined {
    return constantOf(this.metadata, this.token);
  }

  get marshalling(): MarshallingDescriptor | undefined {
    return marshallingOf(this.metadata, this.token);
  }

  /** Its place in a type of explicit layout, in bytes. */
  get offset(): number | undefined {
    const rid = this.metadata.findFieldLayout(this.token);
    return rid === undefined ? undefined : this.metadata.tables.FieldLayout.get(rid, 'Offset');
  }

  /** Where its initial data is; `FieldDataReader` reads it. */
  get rva(): number | undefined {
    const rid = this.metadata.findFieldRva(this.token);
    return rid === undefined ? undefined : this.metadata.tables.FieldRVA.get(rid, 'RVA');
  }

  get customAttributes(): CustomAttribute[] {
    return customAttributes(this.metadata, this.token);
  }
}
