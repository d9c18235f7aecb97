import { hex } from '@ijw/binary';
import { demangle } from '@ijw/demangle';
import type { Stub } from '@ijw/vtfixup';

/** Where a stub leads, in the words of C++. */
export function stubTargetText({ target }: Stub): string {
  switch (target.kind) {
    case 'import': {
      const { module, name, ordinal } = target.function;
      return name === undefined ? `${module}!#${ordinal}` : `${module}!${demangle(name, { style: 'short' }).text}`;
    }
    case 'slot':
      return `slot ${hex(target.slotRva)}`;
    case 'pointer':
      return `[${hex(target.pointerRva)}]`;
    default:
      return `${target.kind} ${hex(target.rva)}`;
  }
}
