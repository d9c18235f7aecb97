import { ifReadable } from '@ijw/binary';
import { typeText } from '@ijw/metadata';
import type { TypeNode } from '@ijw/metadata/signatures';
import type { InteropModule } from '../../inventory/interop-module.ts';
import type { InteropParameter } from '../../inventory/platform-invoke-method.ts';

/** `parameter 2 ("name")`, `the return value`. */
export function parameterText({ position, name }: InteropParameter): string {
  if (position === 0) return 'The return value';
  return name === '' ? `Parameter ${position}` : `Parameter "${name}"`;
}

export const typeTextOf = (module: InteropModule, type: TypeNode): string => ifReadable(() => typeText(module.metadata, type)) ?? '?';
