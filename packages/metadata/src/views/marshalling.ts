import { type MarshallingDescriptor, readMarshallingDescriptor } from '../marshalling/marshalling-descriptor.ts';
import type { Metadata } from '../metadata.ts';
import type { FieldToken, ParamToken } from '../tables/token.ts';

/** The marshalling of a field or parameter (ECMA-335 II.22.17); `undefined` without a descriptor. Throws `BadImageError`. */
export function marshallingOf(metadata: Metadata, parent: FieldToken | ParamToken): MarshallingDescriptor | undefined {
  const rid = metadata.findFieldMarshal(parent);
  if (rid === undefined) return undefined;
  const blob = metadata.tables.FieldMarshal.get(rid, 'NativeType');
  return readMarshallingDescriptor(metadata.blobs.reader(blob, 'a marshalling descriptor'));
}
