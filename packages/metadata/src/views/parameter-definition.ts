import type { ConstantValue } from '../constants/constant-value.ts';
import type { MarshallingDescriptor } from '../marshalling/marshalling-descriptor.ts';
import type { Metadata } from '../metadata.ts';
import { type MethodDefToken, type ParamToken, tokenRid } from '../tables/token.ts';
import { constantOf } from './constant.ts';
import { type CustomAttribute, customAttributes } from './custom-attribute.ts';
import { marshallingOf } from './marshalling.ts';

/** A row of Param (ECMA-335 II.22.33). Its type is in the method's signature. Getters read when asked and throw `BadImageError`. */
export class ParameterDefinition {
  readonly metadata: Metadata;
  readonly token: ParamToken;

  constructor(metadata: Metadata, token: ParamToken) {
    this.metadata = metadata;
    this.token = token;
  }

  get name(): string {
    return this.metadata.strings.get(this.metadata.tables.Param.get(tokenRid(this.token), 'Name'));
  }

  /** `ParamAttributes`. */
  get flags(): number {
    return this.metadata.tables.Param.get(tokenRid(this.token), 'Flags');
  }

  /** 0 is the return value, 1 the first parameter. */
  get sequence(): number {
    return this.metadata.tables.Param.get(tokenRid(this.token), 'Sequence');
  }

  get method(): MethodDefToken {
    return this.metadata.declaringMethod(this.token);
  }

  /** The default value. */
  get constant(): ConstantValue | undefined {
    return constantOf(this.metadata, this.token);
  }

  get marshalling(): MarshallingDescriptor | undefined {
    return marshallingOf(this.metadata, this.token);
  }

  get customAttributes(): CustomAttribute[] {
    return customAttributes(this.metadata, this.token);
  }
}
