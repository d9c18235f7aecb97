// dotnet/runtime `src/coreclr/vm/ilmarshalers.cpp`: what each marshaller does, as a step.

import type { Conversion } from './native-form.ts';

interface ConversionSteps {
  readonly toManaged: string;
  readonly toNative: string;
}

const text = (encoding: string): ConversionSteps => ({
  toManaged: `make a string of the ${encoding} text at the address; null stays null`,
  toNative: `copy the string as ${encoding} text to native memory; null stays null`,
});

/** Conversions that do something; an address is handed over as it is. */
const STEPS: Readonly<Record<Exclude<Conversion, 'address' | 'wideChar'>, ConversionSteps>> = {
  boolean: { toManaged: 'not 0 is true', toNative: 'true is 1, false is 0' },
  variantBool: { toManaged: 'not 0 is true', toNative: 'true is -1, false is 0' },
  ansiChar: { toManaged: 'decode the ANSI character', toNative: 'encode the character as ANSI' },
  ansiString: text('ANSI'),
  utf8String: text('UTF-8'),
  wideString: text('UTF-16'),
  date: { toManaged: 'make a DateTime of the days since 30 December 1899', toNative: 'count the days since 30 December 1899' },
  addressOfValue: { toManaged: 'take the address of the value where it is', toNative: 'put the value where the callee expects it' },
};

/** What is done to a value on its way; `undefined` where its bits are handed over. */
export const conversionStep = (conversion: Conversion | undefined, way: keyof ConversionSteps): string | undefined =>
  conversion === undefined || conversion === 'address' || conversion === 'wideChar' ? undefined : STEPS[conversion][way];
