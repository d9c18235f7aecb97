import { type ConstantValue, readConstantValue } from '../constants/constant-value.ts';
import type { Metadata } from '../metadata.ts';
import type { FieldToken, ParamToken, PropertyToken } from '../tables/token.ts';

/** The constant of a field, parameter or property (ECMA-335 II.22.9); `undefined` where it has none. Throws `BadImageError`. */
export function constantOf(metadata: Metadata, parent: FieldToken | ParamToken | PropertyToken): ConstantValue | undefined {
  const rid = metadata.findConstant(parent);
  if (rid === undefined) return undefined;
  const { Constant } = metadata.tables;
  // The type is one byte and a padding byte.
  return readConstantValue(Constant.get(rid, 'Type') & 0xff, metadata.blobs.reader(Constant.get(rid, 'Value'), 'a constant'));
}
