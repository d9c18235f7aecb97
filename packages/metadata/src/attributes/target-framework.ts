import type { Metadata } from '../metadata.ts';
import { TableId } from '../tables/table-id.ts';
import { makeToken } from '../tables/token.ts';
import { AttributeDecoder } from './attribute-decoder.ts';
import { findCustomAttribute } from './find-custom-attribute.ts';

/**
 * What the assembly was built for, as `System.Runtime.Versioning.TargetFrameworkAttribute` says: `.NETCoreApp,Version=v8.0`; `undefined` where it says
 * nothing. Throws `BadImageError`.
 */
export function targetFramework(metadata: Metadata): string | undefined {
  if (metadata.tables.Assembly.rowCount === 0) return undefined;
  const rid = findCustomAttribute(metadata, makeToken(TableId.Assembly, 1), 'System.Runtime.Versioning.TargetFrameworkAttribute');
  if (rid === undefined) return undefined;
  const value = new AttributeDecoder(metadata).decode(rid).fixedArguments[0]?.value;
  return typeof value === 'string' ? value : undefined;
}
