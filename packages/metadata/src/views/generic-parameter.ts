import type { Metadata } from '../metadata.ts';
import { TableId } from '../tables/table-id.ts';
import { type GenericParamToken, makeToken, type Token, tokenRid } from '../tables/token.ts';
import { type CustomAttribute, customAttributes } from './custom-attribute.ts';

/** A row of GenericParam (ECMA-335 II.22.20). Getters read when asked and throw `BadImageError`. */
export class GenericParameter {
  readonly metadata: Metadata;
  readonly token: GenericParamToken;

  constructor(metadata: Metadata, token: GenericParamToken) {
    this.metadata = metadata;
    this.token = token;
  }

  get name(): string {
    return this.metadata.strings.get(this.metadata.tables.GenericParam.get(tokenRid(this.token), 'Name'));
  }

  /** Its index among the parameters, from 0: the `n` of `!n` or `!!n`. */
  get number(): number {
    return this.metadata.tables.GenericParam.get(tokenRid(this.token), 'Number');
  }

  /** `GenericParamAttributes`. */
  get flags(): number {
    return this.metadata.tables.GenericParam.get(tokenRid(this.token), 'Flags');
  }

  /** A TypeDef or MethodDef. */
  get owner(): Token {
    return this.metadata.tables.GenericParam.column('Owner').token(tokenRid(this.token));
  }

  /** TypeDef, TypeRef or TypeSpec tokens. */
  get constraints(): Token[] {
    const constraint = this.metadata.tables.GenericParamConstraint.column('Constraint');
    return Array.from(this.metadata.constraintsOf(tokenRid(this.token)), (rid) => constraint.token(rid));
  }

  get customAttributes(): CustomAttribute[] {
    return customAttributes(this.metadata, this.token);
  }
}

/** The generic parameters of a type or method, by their number. */
export const genericParameters = (metadata: Metadata, owner: Token): GenericParameter[] =>
  Array.from(metadata.genericParamsOf(owner), (rid) => new GenericParameter(metadata, makeToken(TableId.GenericParam, rid))).sort(
    (a, b) => a.number - b.number,
  );
