import { isTokenOf } from '@ijw/metadata';
import type { AttributeValue, CustomAttributeValue } from '@ijw/metadata/attributes';
import { simpleName } from './convention-uses.ts';
import type { UnmanagedEntry } from './interop-inventory.ts';
import type { InteropModule } from './interop-module.ts';

const namedArgument = (value: CustomAttributeValue | undefined, name: string): AttributeValue | undefined =>
  value?.namedArguments.find((argument) => argument.name === name)?.value;

const typeName = (serialized: AttributeValue): readonly string[] =>
  typeof serialized === 'string' ? [(serialized.split(',', 1)[0] ?? '').trim()] : [];

/** Full names of the types in an attribute's `CallConvs`. */
export function callConvsOf(value: CustomAttributeValue | undefined): readonly string[] {
  const types = namedArgument(value, 'CallConvs');
  return Array.isArray(types) ? types.flatMap(typeName) : [];
}

/** Methods with UnmanagedCallersOnlyAttribute, in the order of the MethodDef table. */
export function readUnmanagedEntries(module: InteropModule): readonly UnmanagedEntry[] {
  const entries: UnmanagedEntry[] = [];
  for (const { rid, parent } of module.attributes.all('unmanagedCallersOnly')) {
    if (!isTokenOf(parent, 'MethodDef')) continue;
    const value = module.attributes.value(rid);
    const entryPoint = namedArgument(value, 'EntryPoint');
    entries.push({
      token: parent,
      method: module.methodName(parent),
      conventions: callConvsOf(value).map(simpleName),
      ...(typeof entryPoint === 'string' && { entryPoint }),
    });
  }
  return entries.sort((one, other) => one.token - other.token);
}
