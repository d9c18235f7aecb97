// dotnet/runtime `src/coreclr/vm/ilmarshalers.cpp`: what each marshaller does, as a step.

import type { Conversion, CrossingType, TextEncoding } from '../crossing-type.ts';

interface ConversionSteps {
  readonly toManaged: string;
  readonly toNative: string;
}

const ENCODINGS: Readonly<Record<TextEncoding, string>> = {
  ansi: 'ANSI',
  ansiBstr: 'ANSI',
  utf8: 'UTF-8',
  utf16: 'UTF-16',
  bstr: 'UTF-16',
};

const text = (encoding: string): ConversionSteps => ({
  toManaged: `make a string of the ${encoding} text at the address; null stays null`,
  toNative: `copy the string as ${encoding} text to native memory; null stays null`,
});

function stepsOf(conversion: Conversion): ConversionSteps | undefined {
  switch (conversion.kind) {
    case 'boolean':
      return { toManaged: 'not 0 is true', toNative: `true is ${conversion.trueValue}, false is 0` };
    case 'character':
      return conversion.encoding === 'ansi'
        ? { toManaged: 'decode the ANSI character', toNative: 'encode the character as ANSI' }
        : undefined;
    case 'text':
      return text(ENCODINGS[conversion.encoding]);
    case 'date':
      return { toManaged: 'make a DateTime of the days since 30 December 1899', toNative: 'count the days since 30 December 1899' };
    case 'addressOfValue':
      return { toManaged: 'take the address of the value where it is', toNative: 'put the value where the callee expects it' };
    default:
      return undefined;
  }
}

/** The conversion of a value as a step; `undefined` if its bits or an address are passed unchanged. */
export const conversionStep = ({ blittable, conversion }: CrossingType, way: keyof ConversionSteps): string | undefined =>
  blittable ? undefined : stepsOf(conversion)?.[way];
