// Structures of the Windows SDK (guiddef.h, wtypes.h, oaidl.h) that values of the core library become.

import type { NativeField, NativeStruct, NativeTree } from './native-tree.ts';
import { scalar } from './native-tree.ts';

const field = (name: string, type: NativeTree, offset?: number): NativeField => ({ name, type, offset });
const structure = (name: string, fields: readonly NativeField[], explicit = false): NativeTree => ({
  kind: 'struct',
  struct: { name, fullName: name, explicit, packing: 0, classSize: 0, fields },
});

export const GUID = structure('IJW_GUID', [
  field('Data1', scalar('uint32')),
  field('Data2', scalar('uint16')),
  field('Data3', scalar('uint16')),
  field('Data4', { kind: 'array', element: scalar('uint8'), length: 8 }),
]);

export const DECIMAL = structure('IJW_DECIMAL', [
  field('reserved', scalar('uint16')),
  field('scale', scalar('uint8')),
  field('sign', scalar('uint8')),
  field('high', scalar('uint32')),
  field('low', scalar('uint64')),
]);

/** CY: ten-thousandths. */
export const CURRENCY = structure('IJW_CURRENCY', [field('value', scalar('int64'))]);

const VARIANT_VALUE = structure(
  'IJW_VARIANT_VALUE',
  [field('number', scalar('int64'), 0), field('pointers', { kind: 'array', element: scalar('uintptr'), length: 2 }, 0)],
  true,
);

export const VARIANT = structure('IJW_VARIANT', [
  field('type', scalar('uint16')),
  field('reserved1', scalar('uint16')),
  field('reserved2', scalar('uint16')),
  field('reserved3', scalar('uint16')),
  field('value', VARIANT_VALUE),
]);

/** `System.TimeSpan`, which native code gets as it is: ticks of 100 nanoseconds. */
export const TIME_SPAN = structure('IJW_TIMESPAN', [field('ticks', scalar('int64'))]);

/** The names that no structure of a module may have. */
export const CORE_STRUCTURE_NAMES: readonly string[] = [GUID, DECIMAL, CURRENCY, VARIANT_VALUE, VARIANT, TIME_SPAN].map(
  (tree) => (tree as { readonly struct: NativeStruct }).struct.name,
);
