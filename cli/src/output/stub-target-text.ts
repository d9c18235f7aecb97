import { hex } from '@ijw/binary';
import { demangle } from '@ijw/demangle';
import { importedFunctionText, type Stub } from '@ijw/vtfixup';

/** Where a stub leads, in the words of C++. */
export function stubTargetText({ target }: Stub): string {
  switch (target.kind) {
    case 'import': {
      const { module, name } = target.function;
      return name === undefined ? importedFunctionText(target.function) : `${module}!${demangle(name, { style: 'short' }).text}`;
    }
    case 'slot':
      return `slot ${hex(target.slotRva)}`;
    case 'pointer':
      return `[${hex(target.pointerRva)}]`;
    case 'body':
      return target.symbol === undefined
        ? `body ${hex(target.rva)}`
        : `${demangle(target.symbol, { style: 'short' }).text} ${hex(target.rva)}`;
    default:
      return `${target.kind} ${hex(target.rva)}`;
  }
}
