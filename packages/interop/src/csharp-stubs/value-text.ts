import type { CrossingType } from '@ijw/marshalling';
import { csType } from './cs-type.ts';

/** A value that C# converts in an expression. */
interface ValueText {
  readonly managed: string;
  readonly toNative: (value: string) => string;
  readonly fromNative: (value: string) => string;
}

/** `undefined` if the value stays native, or if its conversion takes statements. */
export function valueText({ native, conversion }: CrossingType): ValueText | undefined {
  const type = csType(native);
  switch (conversion.kind) {
    case 'boolean':
      return {
        managed: 'bool',
        toNative: (value) => `(${type})(${value} ? ${conversion.trueValue} : 0)`,
        fromNative: (value) => `${value} != 0`,
      };
    case 'character':
      return conversion.encoding === 'ansi'
        ? { managed: 'char', toNative: (value) => `ToAnsi(${value})`, fromNative: (value) => `FromAnsi(${value})` }
        : { managed: 'char', toNative: (value) => `(${type})${value}`, fromNative: (value) => `(char)${value}` };
    case 'date':
      return { managed: 'DateTime', toNative: (value) => `(${value}).ToOADate()`, fromNative: (value) => `DateTime.FromOADate(${value})` };
    case 'decimal':
      return { managed: 'decimal', toNative: (value) => `ToDecimal(${value})`, fromNative: (value) => `FromDecimal(${value})` };
    default:
      return undefined;
  }
}

/** A decimal lies in memory as a DECIMAL does (`src/libraries/System.Private.CoreLib/src/System/Decimal.cs`). */
export const DECIMAL_HELPERS = `
    private static IJW_DECIMAL ToDecimal(decimal value) => *(IJW_DECIMAL*)&value;

    private static decimal FromDecimal(IJW_DECIMAL value) => *(decimal*)&value;
`;
