import { ByteReader } from '@ijw/binary';
import type { Metadata } from '../metadata.ts';
import { TableId } from '../tables/table-id.ts';
import { makeToken } from '../tables/token.ts';
import { customAttributesOfType } from './attributes-of-type.ts';
import { readSerializedString } from './serialized-string.ts';

/** The two bytes before the arguments of an attribute (ECMA-335 II.23.3). */
const PROLOG_SIZE = 2;

/**
 * The target framework in `System.Runtime.Versioning.TargetFrameworkAttribute`: `.NETCoreApp,Version=v8.0`; `undefined` without
 * the attribute. A netmodule has it for the assembly that it becomes part of. Throws `BadImageError`.
 */
export function targetFramework(metadata: Metadata): string | undefined {
  const { CustomAttribute } = metadata.tables;
  const rids = customAttributesOfType(metadata, 'System.Runtime.Versioning.TargetFrameworkAttribute');
  const assembly = makeToken(TableId.Assembly, 1);
  const rid = rids.find((candidate) => CustomAttribute.column('Parent').tokenOrBad(candidate) === assembly) ?? rids[0];
  if (rid === undefined) return undefined;
  const value = metadata.blobs.get(CustomAttribute.get(rid, 'Value'));
  if (value.length <= PROLOG_SIZE) return undefined;
  const reader = new ByteReader(value, { reading: 'the TargetFrameworkAttribute' });
  reader.skip(PROLOG_SIZE);
  return readSerializedString(reader) ?? undefined;
}
